"""The audit page: who did what, when, from where; and whether the chain is whole."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, typed

PAGE = 50


@require_GET
@route(area=Area.CONSENT, level=Level.FULL)
def log(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first, narrowed by person, action, kind and period."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.GET
    filters = audit.Filters(
        person_id=_number(asked.get("person", "")),
        action=asked.get("action", "").strip()[:80],
        kind=asked.get("kind", "").strip()[:40],
        since=_start(asked.get("since", "")),
        until=_end(asked.get("until", "")),
    )
    lines = audit.entries(viewer, filters, before=_number(asked.get("before", "")), limit=PAGE + 1)
    context = {
        "lines": [_shown(line) for line in lines[:PAGE]],
        "older": lines[PAGE - 1].id if len(lines) > PAGE else None,
        "asked": asked,
        "people": Person.objects.order_by("name").values_list("id", "name"),
        "count": audit.count(viewer, filters),
    }
    return render(request, "web/audit.html", context)


@require_GET
@route(area=Area.CONSENT, level=Level.FULL)
def chain(request: HttpRequest) -> HttpResponse:
    """Verify the chain now and say how it stands: a fragment of the page above."""
    return render(request, "web/chain.html", {"report": audit.verify()})


def _shown(line: Any) -> dict[str, Any]:
    changed = [
        {"field": field, "before": line.before.get(field, ""), "after": line.after.get(field, "")}
        for field in dict.fromkeys([*line.before, *line.after])
    ]
    hidden = sorted({name for values in line.personal.values() if values for name in values})
    return {"line": line, "changed": changed[:12], "hidden": hidden}


def _number(text: str) -> int | None:
    return typed.whole_or_none(text, most=typed.LARGEST_ID)


def _start(text: str) -> dt.datetime | None:
    try:
        return clock.start_of(typed.day(text)) if text else None
    except ValueError:
        return None


def _end(text: str) -> dt.datetime | None:
    start = _start(text)
    return start + dt.timedelta(days=1) if start else None
