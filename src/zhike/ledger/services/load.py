"""Bulk loading of what customers bought, use and owe: the columns of a table, and one function per table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from zhike.customers.public import Line, timeline_add
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load, ids_by_external
from zhike.foundation.kit import bulk, clock
from zhike.ledger.models import Bill, Order, OrderLine, PackageUse, Payment, Product, Subscription, UsageDay


class ProductRow(NamedTuple):
    """A product; the price in minor units."""

    external_id: str
    code: str
    name: str
    category: str
    price_minor: int


class OrderRow(NamedTuple):
    """An order; ``customer_id`` is the database id, the amount negative for a return."""

    external_id: str
    customer_id: int
    number: str
    ordered_on: dt.date
    amount_minor: int
    currency: str
    status: str


class LineRow(NamedTuple):
    """A line of an order, both named by database id."""

    order_id: int
    product_id: int | None
    quantity: float
    amount_minor: int


class BillRow(NamedTuple):
    """A month's bill."""

    external_id: str
    customer_id: int
    period: dt.date
    amount_minor: int
    due_on: dt.date | None
    paid_on: dt.date | None


class PaymentRow(NamedTuple):
    """A payment, for a bill if it names one (database id)."""

    external_id: str
    customer_id: int
    bill_id: int | None
    paid_on: dt.date
    amount_minor: int


class SubscriptionRow(NamedTuple):
    """A running package."""

    external_id: str
    customer_id: int
    product_id: int | None
    starts_on: dt.date
    ends_on: dt.date | None
    monthly_minor: int


class UsageRow(NamedTuple):
    """Use on one day."""

    customer_id: int
    day: dt.date
    feature_uses: int
    logins: int


class PackageUseRow(NamedTuple):
    """How much of a package was used in the month that begins on ``period``."""

    external_id: str
    customer_id: int
    package: str
    unit: str
    period: dt.date
    allowance: int
    used: int


def products_load(*, viewer: Viewer, rows: Iterable[ProductRow], origin: str) -> dict[str, int]:
    """Load the catalogue; returns database ids by external id."""
    facts_load(viewer=viewer, model=Product, area=Area.ORDERS, fields=ProductRow._fields, rows=rows, origin=origin)
    return ids_by_external(Product, origin)


def orders_load(*, viewer: Viewer, rows: Sequence[OrderRow], origin: str) -> dict[str, int]:
    """Load orders with a line each on the timeline; returns database ids by external id."""
    facts_load(viewer=viewer, model=Order, area=Area.ORDERS, fields=_related(OrderRow), rows=rows, origin=origin)
    timeline_add(
        [
            Line(
                row.customer_id,
                clock.start_of(row.ordered_on) + dt.timedelta(hours=12),
                "orders",
                f"order.{row.status}",
                {"number": row.number, "amount_minor": row.amount_minor, "currency": row.currency},
            )
            for row in rows
        ]
    )
    return ids_by_external(Order, origin)


def lines_load(*, viewer: Viewer, rows: Iterable[LineRow]) -> int:
    """Load order lines of orders just loaded."""
    viewer.require(Area.ORDERS, Level.EDIT)
    return bulk.upsert(OrderLine, _related(LineRow), rows)


def bills_load(*, viewer: Viewer, rows: Iterable[BillRow], origin: str) -> dict[str, int]:
    """Load bills; returns database ids by external id."""
    facts_load(viewer=viewer, model=Bill, area=Area.ORDERS, fields=_related(BillRow), rows=rows,
               origin=origin)  # fmt: skip
    return ids_by_external(Bill, origin)


def payments_load(*, viewer: Viewer, rows: Iterable[PaymentRow], origin: str) -> int:
    """Load payments."""
    return facts_load(viewer=viewer, model=Payment, area=Area.ORDERS, fields=_related(PaymentRow),
                      rows=rows, origin=origin)  # fmt: skip


def subscriptions_load(*, viewer: Viewer, rows: Iterable[SubscriptionRow], origin: str) -> int:
    """Load subscriptions."""
    return facts_load(viewer=viewer, model=Subscription, area=Area.ORDERS, fields=_related(SubscriptionRow),
                      rows=rows, origin=origin)  # fmt: skip


def usage_load(*, viewer: Viewer, rows: Iterable[UsageRow]) -> int:
    """Load days of use; the same customer and day again replaces the numbers."""
    viewer.require(Area.ORDERS, Level.EDIT)
    return bulk.upsert(
        UsageDay, _related(UsageRow), rows, conflict=("customer", "day"), update=("feature_uses", "logins")
    )


def package_uses_load(*, viewer: Viewer, rows: Iterable[PackageUseRow], origin: str) -> int:
    """Load how much of packages was used."""
    return facts_load(viewer=viewer, model=PackageUse, area=Area.ORDERS, fields=_related(PackageUseRow),
                      rows=rows, origin=origin)  # fmt: skip


def _related(row: type[tuple[object, ...]]) -> tuple[str, ...]:
    """The model's fields for a row's columns: ``customer_id`` is the field ``customer``."""
    related = {"customer_id", "order_id", "product_id", "bill_id"}
    names: tuple[str, ...] = row._fields  # type: ignore[attr-defined]
    return tuple(name.removesuffix("_id") if name in related else name for name in names)
