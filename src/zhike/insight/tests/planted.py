"""A small company in which every customer is well but for what is planted: the truth behind the full-data tests.

As of 15 July 2026. A customer who is well orders on the 10th of every month, uses the product 50 times a month,
is in contact twice a month, has a contract for another year and never complains.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from zhike.insight.tests import snapshots

AS_OF = dt.date(2026, 7, 15)
EACH = 5


@dataclass(frozen=True)
class Planted:
    """How one customer differs; the defaults are a customer who is well."""

    name: str
    monthly_yuan: int = 20_000
    first_order: dt.date = dt.date(2024, 8, 10)
    last_order: dt.date | None = AS_OF
    uses_june: int = 50
    logins_june: int = 20
    bill_july: int = 20_000
    contract_end: dt.date = dt.date(2027, 6, 30)
    complaints: int = 0
    last_contact: dt.date = AS_OF
    mention: str | None = None
    satisfaction: float = 5.0
    old_tickets: int = 0
    inquiries: int = 0


WELL = Planted("well")
CAUSES = (
    WELL,
    replace(WELL, name="high value", monthly_yuan=50_000),
    replace(WELL, name="low value", monthly_yuan=5_000),
    replace(WELL, name="new", first_order=dt.date(2026, 6, 10)),
    replace(WELL, name="stopped", last_order=dt.date(2026, 1, 15)),
    replace(WELL, name="stopped a day later", last_order=dt.date(2026, 1, 16)),
    replace(WELL, name="stopped and dissatisfied", last_order=dt.date(2026, 1, 15), satisfaction=3.0),
    replace(WELL, name="lost", last_order=dt.date(2025, 7, 15)),
    replace(WELL, name="use 50 to 40", uses_june=40),
    replace(WELL, name="use 50 to 41", uses_june=41),
    replace(WELL, name="one complaint", complaints=1),
    replace(WELL, name="two complaints", complaints=2),
    replace(WELL, name="bill falls", bill_july=14_000),
    replace(WELL, name="names the price", mention="price"),
    replace(WELL, name="names a competitor", mention="competitor"),
    replace(WELL, name="contract ends", contract_end=dt.date(2026, 8, 14)),
    replace(WELL, name="contract ends and logins fall", contract_end=dt.date(2026, 8, 14), logins_june=10),
    replace(WELL, name="silent", last_contact=dt.date(2026, 1, 20)),
    replace(WELL, name="silent and dissatisfied", last_contact=dt.date(2026, 1, 20), satisfaction=3.0),
    replace(WELL, name="old tickets", old_tickets=1),
    replace(WELL, name="asks often", last_order=None, inquiries=3),
    replace(WELL, name="asked twice", last_order=None, inquiries=2),
)


def company() -> dict[int, Planted]:
    """Customer number → what is planted in it; :data:`EACH` customers of each kind."""
    return {i * 100 + k: cause for i, cause in enumerate(CAUSES, start=1) for k in range(EACH)}


def write(folder: Path) -> Path:
    """The company as a snapshot of a database."""
    return snapshots.write(folder, AS_OF, source="database", **tables(company()))


def tables(customers: dict[int, Planted]) -> dict[str, pa.Table]:
    """All tables of the snapshot; a prospect has no orders, bills, use or contract."""
    clients = {i: c for i, c in customers.items() if c.last_order}
    return {
        "customers": pa.table(
            {
                "customer_id": list(customers),
                "kind": ["firm"] * len(customers),
                "industry": ["制造业" if i % 2 else "零售" for i in customers],
                "owner_id": [i % 3 for i in customers],
                "is_signed": [i in clients for i in customers],
            }
        ),
        "orders": snapshots.orders(*((i, str(day), c.monthly_yuan) for i, c in clients.items() for day in _orders(c))),
        "bills": _columns(
            ("customer_id", "period", "amount_minor"),
            (
                (i, month, (c.bill_july if month == dt.date(2026, 7, 1) else 20_000) * 100)
                for i, c in clients.items()
                for month in _months(dt.date(2025, 7, 1), dt.date(2026, 7, 1))
            ),
        ),
        "usage": _columns(
            ("customer_id", "month", "feature_uses", "logins"),
            (
                (i, month, *((c.uses_june, c.logins_june) if month == dt.date(2026, 6, 1) else (50, 20)))
                for i, c in clients.items()
                for month in _months(dt.date(2025, 7, 1), dt.date(2026, 6, 1))
            ),
        ),
        "contracts": _columns(
            ("customer_id", "contract_id", "signed_on", "starts_on", "ends_on", "value_minor"),
            ((i, i, c.first_order, c.first_order, c.contract_end, 100) for i, c in clients.items()),
        ),
        "tickets": _columns(
            ("customer_id", "ticket_id", "opened_on", "closed_on", "satisfaction"),
            (
                (i, i * 10 + k, day, closed, c.satisfaction)
                for i, c in clients.items()
                for k, (day, closed) in enumerate(_tickets(c))
            ),
        ),
        "complaints": _columns(
            ("customer_id", "complaint_id", "received_on", "closed_on"),
            (
                (i, i * 10 + k, dt.date(2026, 6, 1 + k), dt.date(2026, 6, 5 + k))
                for i, c in clients.items()
                for k in range(c.complaints)
            ),
        ),
        "interactions": _columns(
            ("customer_id", "on", "kind", "direction", "mentions"),
            ((i, *contact) for i, c in customers.items() for contact in _contacts(c)),
        ),
    }


def _columns(names: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> pa.Table:
    return pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    months = (last.year - first.year) * 12 + last.month - first.month
    return [
        dt.date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(months + 1)
    ]


def _orders(c: Planted) -> list[dt.date]:
    last = c.last_order or AS_OF
    regular = [m.replace(day=10) for m in _months(c.first_order.replace(day=1), last.replace(day=1))]
    kept = [day for day in regular if day <= last]
    return kept if last == AS_OF else [*kept[:-1], last]


def _tickets(c: Planted) -> list[tuple[dt.date, dt.date | None]]:
    done = [(dt.date(2026, 5, 4), dt.date(2026, 5, 5))]
    return done + [(dt.date(2026, 7, 1), None)] * c.old_tickets


def _contacts(c: Planted) -> Iterator[tuple[Any, ...]]:
    if c.last_order is None:
        for k in range(c.inquiries):
            yield dt.date(2026, 5 + k % 2, 2 + k), "phone", "in", None
        return
    for month in _months(dt.date(2025, 7, 1), dt.date(2026, 7, 1)):
        for day in (3, 13):
            if month.replace(day=day) <= c.last_contact:
                yield month.replace(day=day), "phone", "out", None
    if c.mention:
        yield dt.date(2026, 7, 1), "phone", "in", c.mention
