"""My tasks, and the clock in the top bar: the duty that is due next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation import messages, obligations
from zhike.foundation.access import deputies as access
from zhike.foundation.access.models import Department, Deputyship
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records import spans
from zhike.foundation.records.views import calendar
from zhike.interfaces.web import duties


@signed_in
def clock_face(request: HttpRequest) -> HttpResponse:
    """The nearest duty as a small clock; empty when nothing runs."""
    viewer = request.viewer  # type: ignore[attr-defined]
    duty = obligations.duties_of(viewer).first()
    unseen = obligations.notices_of(viewer, is_unseen=True).count()
    unseen += messages.notices_of(viewer, is_unseen=True).count()
    return render(request, "web/clock.html", {"duty": duty, "unseen": unseen})


SCOPES = ("mine", "team", "all", "overdue")
_MOST = 200


_READS: dict[str, Callable[[Viewer], QuerySet[Duty]]] = {
    "mine": obligations.duties_of,
    "team": partial(obligations.duties_of, scope="team"),
    "all": obligations.duties_open,
    "overdue": obligations.duties_overdue,
}


def _department(text: str) -> Department | None:
    """The department whose duties are asked for; what is none is passed over."""
    try:
        return Department.objects.filter(uid=UUID(text)).first()
    except ValueError:
        return None


@signed_in
def tasks(request: HttpRequest) -> HttpResponse:
    """Running duties: mine, those of the people who report to me, or all within reach that are overdue."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.GET.get("scope", "")
    if (stood_in := access.stood_in_for(viewer.person_id)) and asked == "deputy":
        return render(request, "web/tasks.html", _stood_in(viewer, stood_in))
    scope = asked if asked in SCOPES else "mine"
    department = _department(request.GET.get("department", "")) if scope in ("all", "overdue") else None
    found = _READS[scope](viewer)
    if department is not None:
        found = found.filter(person__department=department.pk)
    context: dict[str, object] = {
        "scope": scope,
        "department": department,
        "as": "list",
        "overdue": obligations.duties_overdue(viewer).count(),
        "stood_in": stood_in or None,
    }
    if request.GET.get("as") == "calendar":
        return render(request, "web/tasks.html", context | _calendar(request, found, scope, department))
    context |= {
        "duties": duties.shown(viewer, found[:_MOST]),
        "count": found.count(),
    }
    return render(request, "web/tasks.html", context)


def _stood_in(viewer: Viewer, deputyships: list[Deputyship]) -> dict[str, object]:
    """What is due of those who are away, each read on their behalf."""
    blocks = [
        {
            "one": one,
            "duties": duties.shown(access.viewer_for(one), obligations.duties_stood_in(one)[:_MOST]),
        }
        for one in deputyships
    ]
    return {
        "scope": "deputy", "as": "list", "overdue": obligations.duties_overdue(viewer).count(), "stood_in": blocks,
        "count": sum(len(block["duties"]) for block in blocks),  # type: ignore[arg-type, misc]
    }  # fmt: skip


def _calendar(
    request: HttpRequest, found: QuerySet[Duty], scope: str, department: Department | None
) -> dict[str, object]:
    """The duties that fall due in a month or week, each on its day."""
    span = spans.read(request.GET.get("cal", ""), clock.today())
    start = dt.datetime.combine(span.first, dt.time(), clock.ZONE)
    due = found.filter(due_at__gte=start, due_at__lt=start + dt.timedelta(days=len(span.days)))
    rows = list(due.order_by("due_at", "id")[: calendar.MOST + 1])
    entries: dict[dt.date, list[calendar.Entry]] = {}
    for one in duties.shown(request.viewer, rows[: calendar.MOST]):  # type: ignore[attr-defined]
        entries.setdefault(clock.local(one.duty.due_at).date(), []).append(duties.entry(one))

    def url(name: str) -> str:
        kept = {"scope": scope, "department": str(department.uid) if department else "", "as": "calendar", "cal": name}
        return "?" + urlencode({key: value for key, value in kept.items() if value})

    return {
        "as": "calendar",
        "days": calendar.days_of(span, dict(entries), url),
        "count": len(rows),
        "is_all": len(rows) <= calendar.MOST,
        "most": calendar.MOST,
        **calendar.frame(span, url),
    }
