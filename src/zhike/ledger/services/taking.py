"""Orders, bills and use of packages from files: taken in, changed, taken back. Each order has a timeline line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.customers.public import Line, timeline_add, timeline_forget
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.store import fact_update, facts_insert, facts_remove
from zhike.foundation.kit import clock
from zhike.ledger.models import Bill, Order, PackageUse


@transaction.atomic
def orders_take(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], origin: str) -> list[int]:
    """Load orders (values by column); returns their numbers in the base, in order. Raises: Forbidden."""
    taken = facts_insert(viewer=viewer, model=Order, area=Area.ORDERS, rows=rows, origin=origin)
    numbers = [pk for pk, _uid in taken]
    _tell(numbers)
    return numbers


@transaction.atomic
def order_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Order:
    """Correct an order; its line is told anew. Raises: NotFound, Forbidden, Stale."""
    row: Order = fact_update(viewer=viewer, model=Order, area=Area.ORDERS, uid=uid, version=version, changes=changes)
    timeline_forget([row.customer_id], [row.uid])
    _tell([row.pk])
    return row


@transaction.atomic
def orders_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    """Take loaded orders back, with their lines. Raises: Forbidden."""
    facts_remove(viewer=viewer, model=Order, area=Area.ORDERS, pks=pks)
    rows = list(Order._base_manager.filter(pk__in=list(pks)).values_list("customer_id", "uid"))
    timeline_forget([customer for customer, _uid in rows], [uid for _customer, uid in rows])


def _tell(numbers: Sequence[int]) -> None:
    rows = Order._base_manager.filter(pk__in=list(numbers)).order_by("pk")
    timeline_add(
        [
            Line(
                row.customer_id, clock.start_of(row.ordered_on) + dt.timedelta(hours=12), "orders",
                f"order.{row.status}",
                {"number": row.number, "amount_minor": row.amount_minor, "currency": row.currency},
                subject_kind="orders", subject_uid=row.uid,
            )
            for row in rows
        ]
    )  # fmt: skip


@transaction.atomic
def bills_take(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], origin: str) -> list[int]:
    """Load bills (values by column); returns their numbers in the base, in order. Raises: Forbidden."""
    return [pk for pk, _ in facts_insert(viewer=viewer, model=Bill, area=Area.ORDERS, rows=rows, origin=origin)]


def bill_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Bill:
    """Correct a bill. Raises: NotFound, Forbidden, Stale."""
    row: Bill = fact_update(viewer=viewer, model=Bill, area=Area.ORDERS, uid=uid, version=version, changes=changes)
    return row


def bills_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    """Take loaded bills back. Raises: Forbidden."""
    facts_remove(viewer=viewer, model=Bill, area=Area.ORDERS, pks=pks)


@transaction.atomic
def package_uses_take(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], origin: str) -> list[int]:
    """Load how much of packages was used; returns the numbers in the base, in order. Raises: Forbidden."""
    taken = facts_insert(viewer=viewer, model=PackageUse, area=Area.ORDERS, rows=rows, origin=origin)
    return [pk for pk, _ in taken]


def package_use_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> PackageUse:
    """Take the newer figure of a package. Raises: NotFound, Forbidden, Stale."""
    row: PackageUse = fact_update(
        viewer=viewer, model=PackageUse, area=Area.ORDERS, uid=uid, version=version, changes=changes
    )
    return row


def package_uses_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    """Take loaded figures back. Raises: Forbidden."""
    facts_remove(viewer=viewer, model=PackageUse, area=Area.ORDERS, pks=pks)
