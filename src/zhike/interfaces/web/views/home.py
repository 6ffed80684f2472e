"""The home page: panels that rooms contribute, in order, as far as the posts allow."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation import obligations
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import signed_in
from zhike.foundation.ui import panels
from zhike.interfaces.web import duties


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """One true sentence, my duties, counters, then the panels of the rooms."""
    viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "counts": obligations.counts(viewer),
        "duties": duties.shown(viewer, obligations.duties_of(viewer)[:8]),
        "may_customers": viewer.may(Area.PROFILE, Level.BASIC),
        "panels": panels.shown("home", viewer, request),
    }
    return render(request, "web/home.html", context)
