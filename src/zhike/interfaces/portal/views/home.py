"""The portal's first page: ask or search, and what is going on."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.customers.public import own_values
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.interfaces.portal.policy import PortalPolicy
from zhike.interfaces.portal.visitor import Visitor, at_home
from zhike.onboard.public import plans_of
from zhike.serve import public as serve


def _since() -> dt.datetime:
    """How far back a solved request still asks for a mark."""
    return clock.now() - dt.timedelta(days=current().get(PortalPolicy).mark_days)


@at_home
def home(request: HttpRequest) -> HttpResponse:
    """Open requests with their promised time, the way to ask, what waits for a mark, and the projects."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    all_tickets = serve.tickets_for_portal(visitor.customer_id)
    all_complaints = serve.complaints_for_portal(visitor.customer_id)
    tickets, complaints = [t for t in all_tickets if t.is_open], [c for c in all_complaints if c.is_open]
    plans = [plan for plan in plans_of(visitor.customer_id) if plan.state != "ended"]
    asked = [
        t for t in all_tickets if not t.is_open and t.satisfaction is None and t.closed_at and t.closed_at >= _since()
    ]
    marks = [c for c in all_complaints if c.asks_mark]
    context = {
        "asked": asked[:3],
        "marks": marks[:3],
        "visitor": visitor,
        "name": own_values(visitor.subject).get("name") or visitor.name,
        "tickets": tickets[:5],
        "complaints": complaints[:5],
        "plans": plans,
    }
    return render(request, "portal/home.html", context)
