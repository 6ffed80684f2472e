"""What a customer owes: bills that are past their due day and not paid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Sum

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.ledger.models import Bill


@dataclass(frozen=True)
class Arrears:
    """Overdue bills of one currency: how many, how much in minor units, and since when the oldest is due."""

    bills: int
    amount_minor: int
    currency: str
    since: dt.date


def arrears_of(viewer: Viewer, customer_id: int) -> list[Arrears]:
    """Arrears of a customer already seen, by currency; nothing where the posts do not read orders in full."""
    if not viewer.may(Area.ORDERS, Level.FULL):
        return []
    overdue = Bill.objects.filter(customer_id=customer_id, paid_on=None, due_on__lt=clock.today(), deleted_at=None)
    sums = overdue.values("currency").annotate(n=Count("pk"), amount=Sum("amount_minor"), since=Min("due_on"))
    return [Arrears(row["n"], row["amount"], row["currency"], row["since"]) for row in sums.order_by("currency")]
