"""The portal's first page: ask or search, and what is going on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.interfaces.portal.visitor import Visitor, at_home


@at_home
def home(request: HttpRequest) -> HttpResponse:
    """Open requests with their promised time, the project, and the way to ask."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    return render(request, "portal/home.html", {"visitor": visitor})
