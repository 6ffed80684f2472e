"""Customers that reproduce the limits of requirements.md, section D4, to the fen and to the day.

They stand at the head of the company (ids 1 to 11) with ordinary files and contacts; everything else about them
is written here by hand, so that nothing random can blur the case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhike.foundation.kit.clock import months_before
from zhike.sample.catalogue import BY_CODE
from zhike.sample.draws import texts
from zhike.sample.organisation import ids_of
from zhike.sample.tables import (
    Bills,
    Complaints,
    Contacts,
    Contracts,
    Customers,
    Interactions,
    OrderLines,
    Orders,
    Payments,
    Subscriptions,
    UsageMonths,
)
from zhike.sample.window import Window
from zhike.sample.wording.cases import complaints
from zhike.sample.wording.notes import notes

_STEADY_USES = 50
_FEE_PRODUCT = "SB-CARE"


@dataclass(frozen=True)
class Edge:
    """One case: spend of the last twelve months in minor units, and what is special about it."""

    code: str
    spend_minor: int
    tier: str
    lifecycle: str = "active"
    silent_months: int = 0
    complaints: int = 0
    uses: tuple[int, int] = (_STEADY_USES, _STEADY_USES)
    prefers_custom: bool = False
    satisfaction: float = 4.2
    signals: tuple[str, ...] = ()


EDGES = (
    Edge("D4-1 500,000.00", 50_000_000, "high"),
    Edge("D4-1 499,999.99", 49_999_999, "core"),
    Edge("D4-1 100,000.00", 10_000_000, "core"),
    Edge("D4-1 99,999.99", 9_999_999, "low"),
    Edge("D4-3 50 to 40", 18_000_000, "core", uses=(50, 40), signals=("feature_use_drop",)),
    Edge("D4-3 50 to 41", 18_000_000, "core", uses=(50, 41)),
    Edge("D4-12", 9_000_000, "low", lifecycle="at_risk", silent_months=6, signals=("no_order",)),
    Edge("D4-13 one complaint", 15_000_000, "core", complaints=1),
    Edge("D4-13 two complaints", 15_000_000, "core", complaints=2, signals=("complaints",)),
    Edge("D4-21 4.5", 60_000_000, "high", prefers_custom=True, satisfaction=4.5),
    Edge("D4-21 4.4", 60_000_000, "high", prefers_custom=True, satisfaction=4.4),
)


@dataclass(frozen=True, eq=False)
class EdgeTables:
    """What happened with the edge customers; ids count from 1 within each table."""

    orders: Orders
    lines: OrderLines
    subscriptions: Subscriptions
    bills: Bills
    payments: Payments
    contracts: Contracts
    usage: UsageMonths
    complaints: Complaints
    interactions: Interactions


def filed(customers: Customers) -> Customers:
    """The block's files with the edge customers' preferences and satisfaction as their cases want them."""
    custom, satisfaction = customers.prefers_custom.copy(), customers.satisfaction.copy()
    for place, edge in enumerate(EDGES):
        custom[place], satisfaction[place] = edge.prefers_custom, edge.satisfaction
    return customers.changed(prefers_custom=custom, satisfaction=satisfaction)


class _Rows:
    """Collects rows by column name and turns them into a table."""

    def __init__(self, key: str | None = None) -> None:
        self._columns: dict[str, list[Any]] = {}
        self._key, self.count = key, 0

    def add(self, **values: Any) -> int:
        self.count += 1
        for name, value in values.items():
            self._columns.setdefault(name, []).append(value)
        return self.count

    def table(self, kind: type[Any]) -> Any:
        columns = {name: _column(values) for name, values in self._columns.items()}
        if self._key:
            columns[self._key] = np.arange(1, self.count + 1)
        return kind(**columns)


def _column(values: list[Any]) -> Any:
    if all(value is None or isinstance(value, dt.date) for value in values) and any(values):
        return np.array(values, "M8[D]")
    if all(isinstance(value, bool) for value in values):
        return np.array(values, bool)
    if all(isinstance(value, int) for value in values):
        return np.array(values, np.int64)
    return texts(values)


def told(window: Window, customers: Customers, contacts: Contacts | None, size: int) -> EdgeTables:
    """Everything that happened with the edge customers; ``size`` is the number of customers of the company."""
    orders, lines = _Rows("order_id"), _Rows("line_id")
    payments, contracts = _Rows("payment_id"), _Rows("contract_id")
    heard, talks = _Rows("complaint_id"), _Rows("interaction_id")
    service = ids_of(size, "service_representative").tolist()
    for place, edge in enumerate(EDGES):
        who, owner = int(customers.customer_id[place]), int(customers.owner_id[place])
        _buy(window, edge, who, orders, lines, payments)
        contracts.add(
            customer_id=who, number=None, title="年度框架合同", signed_on=months_before(window.as_of, 7),
            starts_on=months_before(window.as_of, 6), ends_on=months_before(window.as_of, -6),
            value_minor=edge.spend_minor, renews_contract_id=0, is_auto_renewed=False,
        )  # fmt: skip
        for turn in range(edge.complaints):
            day = window.as_of - dt.timedelta(days=20 + 12 * turn)
            heard.add(
                customer_id=who, received_on=day, received_minute=600 + turn, cause="quality", form="spoken",
                closed_on=day + dt.timedelta(days=4), text=complaints("quality", False)[3 * turn + place],
                handler_id=service[place % len(service)],
            )  # fmt: skip
        _talk(window, who, owner, _primary(contacts, who), talks)
    subscriptions, bills, usage = _monthly(window, customers, payments)
    return EdgeTables(
        orders=orders.table(Orders),
        lines=lines.table(OrderLines),
        subscriptions=subscriptions,
        bills=bills,
        payments=payments.table(Payments),
        contracts=contracts.table(Contracts),
        usage=usage,
        complaints=heard.table(Complaints),
        interactions=talks.table(Interactions),
    )


def _buy(window: Window, edge: Edge, who: int, orders: _Rows, lines: _Rows, payments: _Rows) -> None:
    """An order a month of nearly one amount; the last twelve months come to the case's spend exactly."""
    first = edge.silent_months or 1
    recent = [months_before(window.as_of, ago) for ago in range(11, first - 1, -1)]
    # Well inside the two years, and none on the border of the last twelve months.
    earlier = [months_before(window.as_of, ago) - dt.timedelta(days=4) for ago in range(22, 12, -1)]
    even = edge.spend_minor // len(recent)
    amounts = [even] * (len(recent) - 1) + [edge.spend_minor - even * (len(recent) - 1)]
    for day, amount in [*((day, even) for day in earlier), *zip(recent, amounts, strict=True)]:
        order = orders.add(
            customer_id=who, number=None, ordered_on=day, amount_minor=amount, status="done", returns_order_id=0
        )
        lines.add(
            order_id=order, line_no=1, product_id=BY_CODE["SV-CUST"].product_id, quantity=1,
            unit_price_minor=amount, discount_bp=0, amount_minor=amount,
        )  # fmt: skip
        paid_on = day + dt.timedelta(days=20)
        if paid_on <= window.last:
            payments.add(
                customer_id=who, bill_id=0, order_id=order, paid_on=paid_on, amount_minor=amount,
                method="bank_transfer",
            )  # fmt: skip


def _primary(contacts: Contacts | None, who: int) -> int:
    """The primary contact, 0 in a lean company."""
    if contacts is None:
        return 0
    return int(contacts.contact_id[np.searchsorted(contacts.customer_id, who)])


def _talk(window: Window, who: int, owner: int, contact: int, talks: _Rows) -> None:
    """Two calls a month, nothing in them."""
    pool = notes("call", False)
    for turn in range(48):
        day = window.as_of - dt.timedelta(days=7 + 15 * turn)
        if day < window.first:
            break
        talks.add(
            customer_id=who, contact_id=contact, staff_id=owner, on=day, minute=600 + 7 * (turn % 9), kind="call",
            direction="out", note=pool[(turn * 11 + who) % len(pool)], mentions=None,
        )  # fmt: skip


def _monthly(window: Window, customers: Customers, payments: _Rows) -> tuple[Subscriptions, Bills, UsageMonths]:
    """One subscription each; bills paid on time; even use but for the last two complete months of D4-3."""
    product = BY_CODE[_FEE_PRODUCT]
    plans, bills, usage = _Rows("subscription_id"), _Rows("bill_id"), _Rows()
    complete = np.nonzero(window.is_complete)[0]
    for place, edge in enumerate(EDGES):
        who = int(customers.customer_id[place])
        since = customers.cooperation_since[place].astype(dt.date)
        plan = plans.add(
            customer_id=who, product_id=product.product_id, quantity=1, monthly_fee_minor=product.price_minor,
            starts_on=since, ends_on=None,
        )  # fmt: skip
        for number, month in enumerate(window.months):
            uses = edge.uses[1] if number >= complete[-1] else edge.uses[0]
            uses = round(uses * float(window.coverage[number]))
            usage.add(customer_id=who, month=month.astype(dt.date), feature_uses=uses, logins=uses // 5)
            if number in complete:
                due = (month.astype("M8[M]") + 1).astype("M8[D]") + 14
                paid_on = (due - 3).astype(dt.date) if due - 3 <= window.final else None
                bill = bills.add(
                    customer_id=who, subscription_id=plan, period=month.astype(dt.date),
                    amount_minor=product.price_minor, due_on=due.astype(dt.date), paid_on=paid_on,
                )  # fmt: skip
                if paid_on:
                    payments.add(
                        customer_id=who, bill_id=bill, order_id=0, paid_on=paid_on,
                        amount_minor=product.price_minor, method="bank_transfer",
                    )  # fmt: skip
    never = np.full(plans.count, np.datetime64("NaT", "D"))
    subscriptions: Subscriptions = plans.table(Subscriptions)
    return subscriptions.changed(ends_on=never), bills.table(Bills), usage.table(UsageMonths)
