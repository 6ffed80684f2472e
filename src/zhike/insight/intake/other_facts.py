"""Contracts, tickets, complaints, usage, bills and interactions into the snapshot's rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from zhike.insight.intake.batch import Batch
from zhike.insight.intake.meanings import plain, values
from zhike.insight.intake.readers import Money
from zhike.insight.intake.spool import Spool

_CAUSES = ("price", "slow_response", "quality", "service")
_MARKS = (1.0, 5.0)  # satisfaction runs from 1 to 5 throughout

Row = tuple[Any, ...]


def _take(
    batch: Batch, spool: Spool, table: str, day_code: str, row_of: Callable[[int, int, dt.date], Row | None]
) -> None:
    """Refuse rows without customer or day, spool the rest as ``row_of(i, customer, day)`` makes them."""
    numbers, names = batch.texts("customer_id"), batch.texts("customer_name")
    days, rows = batch.values(day_code), []
    for i in range(len(batch)):
        day = days[i]
        if type(day) is not dt.date:
            batch.refuse_problem(i, day, day_code)
        elif not batch.is_late(i, day):
            customer = batch.customer(i, numbers, names)
            if customer == 0:
                batch.refuse(i, "row.no_customer")
            elif (row := row_of(i, customer, day)) is not None:
                rows.append((row, day))
    spool.add(table, [row for row, _ in rows])
    batch.journey.saw([day for _, day in rows])


def _known(batch: Batch, code: str) -> list[dt.date | None]:
    """Days that had come by the last day that can be true; a later one was not known yet."""
    return [day if day is not None and day <= batch.journey.latest else None for day in batch.lenient(code)]


def _minor(money: Money | None) -> int | None:
    return money.minor if money is not None else None


def marks_of(batch: Batch, code: str) -> list[float | None]:
    """Satisfaction; what lies outside 1 to 5 counts as empty and is reported."""
    found = batch.lenient(code)
    for i, value in enumerate(found):
        if value is not None and not _MARKS[0] <= value <= _MARKS[1]:
            batch.short(code, i, f"{value:g}")
            found[i] = None
    return found


def _contracts(batch: Batch, spool: Spool) -> None:
    starts, signed = batch.lenient("starts_on"), batch.lenient("signed_on")
    ends, worth = batch.lenient("ends_on"), batch.lenient("contract_value")
    first = "signed_on" if batch.has("signed_on") else "starts_on"
    _take(batch, spool, "contracts", first, lambda i, c, d: (c, signed[i], starts[i] or d, ends[i], _minor(worth[i])))


def _tickets(batch: Batch, spool: Spool) -> None:
    closed, marks = _known(batch, "closed_on"), marks_of(batch, "satisfaction")
    _take(batch, spool, "tickets", "opened_on", lambda i, c, d: (c, d, closed[i], marks[i]))


def _complaints(batch: Batch, spool: Spool) -> None:
    closed, causes = _known(batch, "closed_on"), batch.values("cause")
    _take(batch, spool, "complaints", "received_on", lambda i, c, d: (c, d, closed[i], _cause(causes[i])))


def _cause(text: str | None) -> str | None:
    if text is None:
        return None
    word = plain(text)
    return next((cause for cause in _CAUSES if word in values(cause)), "other")


def _usage(batch: Batch, spool: Spool) -> None:
    uses, logins = batch.lenient("feature_uses"), batch.lenient("logins")
    _take(
        batch,
        spool,
        "usage",
        "month",
        lambda i, c, d: (c, d.replace(day=1), _whole(uses[i]), _whole(logins[i])),
    )


def _whole(number: float | None) -> int | None:
    return round(number) if number is not None else None


def _bills(batch: Batch, spool: Spool) -> None:
    amounts, due, paid = batch.values("bill_amount"), batch.lenient("due_on"), _known(batch, "paid_on")

    def row(i: int, customer: int, day: dt.date) -> Row | None:
        if type(amounts[i]) is not Money:
            batch.refuse_problem(i, amounts[i], "bill_amount")
            return None
        return customer, day.replace(day=1), amounts[i].minor, due[i], paid[i]

    _take(batch, spool, "bills", "period", row)


def _interactions(batch: Batch, spool: Spool) -> None:
    kinds, directions = batch.values("contact_kind"), batch.values("direction")

    def row(i: int, customer: int, day: dt.date) -> Row:
        word = plain(directions[i]) if directions[i] else ""
        return customer, day, kinds[i] or "", "in" if word in values("inwards") else "out", None

    _take(batch, spool, "interactions", "contacted_on", row)


TAKERS: Mapping[str, Callable[[Batch, Spool], None]] = {
    "contracts": _contracts,
    "tickets": _tickets,
    "complaints": _complaints,
    "usage": _usage,
    "bills": _bills,
    "interactions": _interactions,
}
