"""What other rooms remind of: bills in arrears, and packages nearly used up. For jobs, not for viewers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from zhike.foundation.access.models import Origin
from zhike.ledger.models import Bill, PackageUse, Payment

_PIECE = 1_000


@dataclass(frozen=True)
class OwedBill:
    """A bill that is not paid; ``open_minor`` is what part payments leave."""

    pk: int
    uid: UUID
    customer_id: int
    period: dt.date
    due_on: dt.date
    open_minor: int
    currency: str


@dataclass(frozen=True)
class NearLimit:
    """How far a package is used in the month of ``period``."""

    pk: int
    uid: UUID
    customer_id: int
    package: str
    unit: str
    period: dt.date
    allowance: int
    used: int


def bills_owed(first_due: dt.date, last_due: dt.date) -> Iterator[OwedBill]:
    """Unpaid bills due from ``first_due`` to ``last_due``, in their order. Those of the sample company owe nothing."""
    rows = _owed().filter(due_on__gte=first_due, due_on__lte=last_due).exclude(origin=Origin.SAMPLE)
    for values in rows.order_by("due_on", "pk").values_list(*_BILL).iterator(_PIECE):
        yield OwedBill(*values)


def bill_owed(uid: UUID, *, is_held: bool = False) -> OwedBill | None:
    """The bill as it stands now; None once it is paid or gone. ``is_held`` keeps it from changing meanwhile."""
    if is_held and not Bill.objects.select_for_update(of=("self",), no_key=True).filter(uid=uid).exists():
        return None
    values = _owed().filter(uid=uid).values_list(*_BILL).first()
    return OwedBill(*values) if values is not None else None


def uses_near_limit(percent: int, month: dt.date) -> Iterator[NearLimit]:
    """Packages of which ``percent`` of the month is used, or more. Those of the sample company remind nobody."""
    rows = _uses().filter(period=month, allowance__gt=0, used__gte=F("allowance") * percent / 100)
    for values in rows.exclude(origin=Origin.SAMPLE).order_by("pk").values_list(*_USE).iterator(_PIECE):
        yield NearLimit(*values)


def use_near_limit(uid: UUID, *, is_held: bool = False) -> NearLimit | None:
    """One of them as it stands now; None once it is gone. ``is_held`` keeps it from changing meanwhile."""
    if is_held and not PackageUse.objects.select_for_update(of=("self",), no_key=True).filter(uid=uid).exists():
        return None
    values = _uses().filter(uid=uid).values_list(*_USE).first()
    return NearLimit(*values) if values is not None else None


_BILL = ("pk", "uid", "customer_id", "period", "due_on", "open_minor", "currency")
_USE = ("pk", "uid", "customer_id", "package", "unit", "period", "allowance", "used")


def _owed() -> QuerySet[Bill]:
    paid = Payment.objects.filter(bill=OuterRef("pk"), currency=OuterRef("currency"), deleted_at=None)
    total = paid.order_by().values("bill").annotate(total=Sum("amount_minor")).values("total")
    rows = Bill.objects.filter(paid_on=None, deleted_at=None, customer__deleted_at=None).exclude(due_on=None)
    rows = rows.annotate(open_minor=F("amount_minor") - Coalesce(Subquery(total), 0))
    return rows.filter(open_minor__gt=0)


def _uses() -> QuerySet[PackageUse]:
    return PackageUse.objects.filter(deleted_at=None, customer__deleted_at=None)
