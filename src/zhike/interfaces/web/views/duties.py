"""My tasks, and the clock in the top bar: the duty that is due next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation import messages, obligations
from zhike.foundation.access.routes import signed_in
from zhike.interfaces.web import duties


@signed_in
def clock_face(request: HttpRequest) -> HttpResponse:
    """The nearest duty as a small clock; empty when nothing runs."""
    viewer = request.viewer  # type: ignore[attr-defined]
    duty = obligations.duties_of(viewer).first()
    unseen = obligations.notices_of(viewer, is_unseen=True).count()
    unseen += messages.notices_of(viewer, is_unseen=True).count()
    return render(request, "web/clock.html", {"duty": duty, "unseen": unseen})


SCOPES = ("mine", "team", "overdue")
_MOST = 200


@signed_in
def tasks(request: HttpRequest) -> HttpResponse:
    """Running duties: mine, those of the people who report to me, or all within reach that are overdue."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.GET.get("scope", "")
    scope = asked if asked in SCOPES else "mine"
    found = obligations.duties_overdue(viewer) if scope == "overdue" else obligations.duties_of(viewer, scope)
    context = {
        "scope": scope,
        "duties": duties.shown(viewer, found[:_MOST]),
        "count": found.count(),
        "overdue": obligations.duties_overdue(viewer).count(),
    }
    return render(request, "web/tasks.html", context)
