"""My tasks, and the clock in the top bar: the duty that is due next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation import obligations
from zhike.foundation.access.routes import signed_in
from zhike.interfaces.web import duties


@signed_in
def clock_face(request: HttpRequest) -> HttpResponse:
    """The nearest duty as a small clock; empty when nothing runs."""
    viewer = request.viewer  # type: ignore[attr-defined]
    duty = obligations.duties_of(viewer).first()
    unseen = obligations.notices_of(viewer, is_unseen=True).count()
    return render(request, "web/clock.html", {"duty": duty, "unseen": unseen, "amber_from": duties.AMBER_FROM})


@signed_in
def tasks(request: HttpRequest) -> HttpResponse:
    """All running duties: mine, or those of the people who report to me."""
    viewer = request.viewer  # type: ignore[attr-defined]
    scope = "team" if request.GET.get("scope") == "team" else "mine"
    shown = duties.shown(viewer, obligations.duties_of(viewer, scope)[:200])
    context = {
        "scope": scope,
        "duties": shown,
        "counts": obligations.counts(viewer, scope),
        "amber_from": duties.AMBER_FROM,
    }
    return render(request, "web/tasks.html", context)
