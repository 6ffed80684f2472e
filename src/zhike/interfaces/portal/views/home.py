"""The portal's first page: ask or search, and what is going on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.interfaces.portal.visitor import Visitor, at_home
from zhike.serve import public as serve


@at_home
def home(request: HttpRequest) -> HttpResponse:
    """Open requests with their promised time, and the way to ask."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    tickets = [t for t in serve.tickets_for_portal(visitor.customer_id) if t.is_open]
    complaints = [c for c in serve.complaints_for_portal(visitor.customer_id) if c.is_open]
    return render(
        request, "portal/home.html", {"visitor": visitor, "tickets": tickets[:5], "complaints": complaints[:5]}
    )
