"""Makes the sample company: the same for the same size, seed and day, on every machine."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from zhike.sample import billing, course, draws, edges, people, profile, service, talks, trade, usage
from zhike.sample.catalogue import PRODUCTS, Product
from zhike.sample.organisation import (
    COMPANY_NAME,
    COMPANY_SHORT_NAME,
    DEPARTMENTS,
    Department,
    StaffMember,
    staff,
)
from zhike.sample.renumber import Offsets
from zhike.sample.tables import (
    Bills,
    Complaints,
    Contacts,
    Contracts,
    Customers,
    Deals,
    Interactions,
    OrderLines,
    Orders,
    Payments,
    Subscriptions,
    Table,
    Tickets,
    Truth,
    UsageDays,
    UsageMonths,
)
from zhike.sample.truth import truth_of
from zhike.sample.window import Window

BLOCK = 10_000
SMALLEST = 50


@dataclass(frozen=True, eq=False)
class Company:
    """All tables. A lean company has None for what it leaves out."""

    as_of: dt.date
    seed: int
    size: int
    departments: tuple[Department, ...]
    staff: tuple[StaffMember, ...]
    products: tuple[Product, ...]
    customers: Customers
    contacts: Contacts | None
    orders: Orders
    lines: OrderLines
    subscriptions: Subscriptions | None
    bills: Bills | None
    payments: Payments | None
    contracts: Contracts | None
    usage: UsageMonths | None
    usage_days: UsageDays | None
    tickets: Tickets | None
    complaints: Complaints | None
    interactions: Interactions | None
    deals: Deals | None
    truth: Truth
    name: str = COMPANY_NAME
    short_name: str = COMPANY_SHORT_NAME

    def tables(self) -> dict[str, Table]:
        """Table by name, without those left out; the truth is the last of them."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if isinstance(getattr(self, field.name), Table)
        }

    def digest(self) -> str:
        """SHA-256 over every column of every table, in declared order: equal companies, equal digests."""
        seal = hashlib.sha256(repr((self.as_of, self.seed, self.staff, self.products)).encode())
        for name, table in self.tables().items():
            for column, values in table.columns().items():
                seal.update(f"{name}.{column}:{len(values)}".encode())
                seal.update(_bytes(values))
        return seal.hexdigest()


def _bytes(values: Any) -> bytes:
    if values.dtype == object:
        return repr(values.tolist()).encode()
    if values.dtype.kind == "M":
        values = values.astype("M8[D]").astype("<i8")
    return bytes(np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"))).tobytes())


def generate(customers: int = 2_000, seed: int = 7, *, as_of: dt.date) -> Company:
    """The whole company; ``as_of`` is the day after the last day of its history.

    Raises ValueError below 50 customers, where not every story would occur.
    """
    return _joined(list(stream(customers, seed, as_of=as_of)))


def generate_lean(customers: int, seed: int = 7, *, as_of: dt.date) -> Company:
    """Customers, orders and lines only, the very same ones as in the whole company."""
    return _joined(list(stream(customers, seed, as_of=as_of, lean=True)))


def stream(customers: int, seed: int = 7, *, as_of: dt.date, lean: bool = False) -> Iterator[Company]:
    """The company in pieces of 10,000 customers, for sizes that do not fit in memory; ids run through."""
    if customers < SMALLEST:
        raise ValueError(f"customers: at least {SMALLEST}, so that every story occurs")
    window, offsets = Window(as_of), Offsets()
    for block, start in enumerate(range(0, customers, BLOCK)):
        tables = _block(window, seed, customers, block, start + 1, min(BLOCK, customers - start), lean)
        yield Company(
            as_of=as_of,
            seed=seed,
            size=customers,
            departments=DEPARTMENTS,
            staff=staff(customers),
            products=PRODUCTS,
            **offsets.applied(tables),
        )


def _joined(parts: list[Company]) -> Company:
    if len(parts) == 1:
        return parts[0]
    values = {field.name: getattr(parts[0], field.name) for field in fields(Company)}
    for name, table in parts[0].tables().items():
        values[name] = type(table).joined([getattr(part, name) for part in parts])
    return Company(**values)


def _block(window: Window, seed: int, size: int, block: int, first_id: int, count: int, lean: bool) -> dict[str, Any]:
    rngs = {name: draws.stream(seed, name, block) for name in draws.STREAMS}
    by_hand = len(edges.EDGES) if block == 0 else 0
    story = course.draw(rngs["course"], window, count, by_hand)
    buyers = profile.draw(rngs["customers"], story, size)
    customers = people.customers_of(rngs, window, first_id, buyers, story)
    if by_hand:
        customers = edges.filed(customers)
    orders, lines = trade.orders_of(rngs, window, buyers, story, first_id)
    tables: dict[str, Any] = dict.fromkeys(
        ("contacts", "subscriptions", "bills", "payments", "contracts", "usage", "usage_days", "tickets",
         "complaints", "interactions", "deals")
    )  # fmt: skip
    tables |= {"customers": customers, "orders": orders, "lines": lines}
    if not lean:
        tables |= _dealings(rngs, window, size, buyers, story, tables, first_id)
    if by_hand:
        tables = _with_edges(tables, edges.told(window, customers, tables["contacts"], size))
    if not lean:
        tables["usage_days"] = usage.days_of(window, story, tables["usage"], first_id, rngs["usage_days"])
    tables["truth"] = truth_of(window, buyers, story, tables["orders"], customers.customer_id, by_hand)
    return tables


def _dealings(
    rngs: dict[str, draws.Rng],
    window: Window,
    size: int,
    buyers: profile.Profile,
    story: course.Course,
    tables: dict[str, Any],
    first_id: int,
) -> dict[str, Any]:
    """Everything besides files and orders."""
    customers = tables["customers"]
    contacts = people.contacts_of(rngs["contacts"], customers, buyers)
    plans = billing.subscriptions_of(rngs["subscriptions"], window, buyers, story, first_id)
    bills = billing.bills_of(rngs["bills"], window, buyers, story, plans, first_id)
    return {
        "contacts": contacts,
        "subscriptions": plans,
        "bills": bills,
        "payments": billing.payments_of(rngs["payments"], window, buyers, bills, tables["orders"], first_id),
        "contracts": billing.contracts_of(rngs["contracts"], window, buyers, story, first_id),
        "usage": usage.months_of(rngs["usage"], window, buyers, story, plans, first_id),
        "tickets": service.tickets_of(rngs["tickets"], window, buyers, story, first_id, size),
        "complaints": service.complaints_of(rngs["complaints"], window, buyers, story, first_id, size),
        "interactions": talks.interactions_of(rngs["interactions"], window, buyers, story, customers, contacts, size),
        "deals": talks.deals_of(rngs["deals"], window, buyers, story, customers),
    }


def _with_edges(tables: dict[str, Any], told: edges.EdgeTables) -> dict[str, Any]:
    """The hand-made rows before the drawn ones; their ids, and references to them, do not collide."""
    by_hand = Offsets()
    mine = by_hand.applied({field.name: getattr(told, field.name) for field in fields(told)}, number=False)
    known = {name: table for name, table in tables.items() if table is not None}
    drawn = by_hand.applied(known, number=False, advance=False)
    joined = {name: type(table).joined([mine[name], drawn[name]]) for name, table in drawn.items() if name in mine}
    return tables | drawn | joined
