"""What the customer has running, and how much of it was used this month and last month."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation.kit import clock
from zhike.interfaces.portal.visitor import Visitor, at_home
from zhike.ledger.public import packages_of, usage_of


@at_home
def packages(request: HttpRequest) -> HttpResponse:
    """Running packages with price and term, and use by month."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    today = clock.today()
    month = today.replace(day=1)
    before = month - dt.timedelta(days=1)
    context = {
        "packages": packages_of(visitor.customer_id),
        "now": usage_of(visitor.customer_id, month, today),
        "before": usage_of(visitor.customer_id, before.replace(day=1), before),
    }
    return render(request, "portal/packages.html", context)
