"""What a customer has running and how much of it was used: for the customer's own eyes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from zhike.foundation.kit import clock
from zhike.ledger.models import Subscription, UsageDay

_MOST = 50


@dataclass(frozen=True)
class Package:
    """A subscription that runs or is about to; ``product`` is empty where the file did not name one."""

    product: str
    starts_on: dt.date
    ends_on: dt.date | None
    monthly_minor: int
    currency: str


@dataclass(frozen=True)
class Usage:
    """Use from ``first`` to ``last``, both included; ``days`` are those with any use."""

    first: dt.date
    last: dt.date
    feature_uses: int
    logins: int
    days: int


def packages_of(customer_id: int) -> list[Package]:
    """Subscriptions that have not ended, the newest first. The caller knows who is asking."""
    today = clock.today()
    rows = Subscription.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), customer=customer_id, deleted_at=None)
    found = rows.order_by("-starts_on", "-id").values_list(
        "product__name", "starts_on", "ends_on", "monthly_minor", "currency"
    )
    return [Package(name or "", *rest) for name, *rest in found[:_MOST]]


def usage_of(customer_id: int, first: dt.date, last: dt.date) -> Usage:
    """How much was used in these days; noughts where nothing is known. The caller knows who is asking."""
    days = UsageDay.objects.filter(customer=customer_id, day__gte=first, day__lte=last)
    used = Count("pk", filter=Q(feature_uses__gt=0) | Q(logins__gt=0))
    sums = days.aggregate(uses=Sum("feature_uses"), entries=Sum("logins"), used=used)
    return Usage(first, last, sums["uses"] or 0, sums["entries"] or 0, sums["used"])
