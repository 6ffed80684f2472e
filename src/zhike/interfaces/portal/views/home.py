"""The portal's first page: ask or search, and what is going on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.interfaces.portal.visitor import Visitor, at_home
from zhike.onboard.public import plans_of
from zhike.serve import public as serve


@at_home
def home(request: HttpRequest) -> HttpResponse:
    """Open requests with their promised time, the way to ask, and the projects that are being delivered."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    tickets = [t for t in serve.tickets_for_portal(visitor.customer_id) if t.is_open]
    complaints = [c for c in serve.complaints_for_portal(visitor.customer_id) if c.is_open]
    plans = [plan for plan in plans_of(visitor.customer_id) if plan.state != "ended"]
    context = {"visitor": visitor, "tickets": tickets[:5], "complaints": complaints[:5], "plans": plans}
    return render(request, "portal/home.html", context)
