"""Orders and deals into the snapshot's rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from zhike.foundation.kit.money import exponent
from zhike.foundation.tables.numerals import minor_of
from zhike.insight.intake.batch import Batch
from zhike.insight.intake.meanings import plain, values
from zhike.insight.intake.readers import Money, Problem
from zhike.insight.intake.spool import Spool
from zhike.insight.intake.understanding import status_of

_DUPLICATES_WATCHED = 3_000_000
_SAID_OF_CUSTOMERS = ("owner", "industry", "region")


class OrderIntake:
    """One source of orders; remembers rows with an order number, to find those that stand twice."""

    def __init__(self, spool: Spool, source: int) -> None:
        self._spool, self._source = spool, source
        self._seen: set[int] = set()
        self._statuses: dict[str, str] = {}

    def take(self, batch: Batch) -> None:
        """Accept or refuse every row of ``batch``."""
        numbers, names = batch.texts("customer_id"), batch.texts("customer_name")
        days, amounts = batch.values("ordered_on"), _amounts(batch)
        ids, statuses = batch.texts("order_id"), batch.texts("status")
        currencies = batch.values("currency")
        watch = ids is not None and not batch.has("product") and not batch.has("quantity")
        rows: list[tuple[Any, ...]] = []
        notes = _Notes(batch)
        for i in range(len(batch)):
            day, amount, currency = days[i], amounts[i], currencies[i]
            if type(day) is not dt.date:
                batch.refuse_problem(i, day, "ordered_on")
            elif batch.is_late(i, day):
                continue
            elif type(currency) is Problem:
                batch.refuse_problem(i, currency, "currency")
            else:
                said = self._status(statuses[i]) if statuses is not None else "done"
                if ids is not None and batch.u.cancelled_ids and ids[i].lstrip()[:1] in "Cc" and ids[i].strip():
                    said = "cancelled"
                if amount is None and said == "cancelled":
                    amount = Money(Decimal(0), None, 0)
                if type(amount) is not Money:
                    batch.refuse_problem(i, amount, "amount" if batch.has("amount") else "quantity")
                elif watch and self._is_repeated(batch.chunk.texts[i]):
                    batch.refuse(i, "row.repeated", order=ids[i].strip() if ids else "")
                elif (customer := batch.customer(i, numbers, names)) == 0:
                    batch.refuse(i, "row.no_customer")
                else:
                    minor, code = _in_currency(amount, currency, batch.u.currency)
                    status = "returned" if minor < 0 else said
                    rows.append((self._source, ids[i].strip() if ids else None, customer, day, minor, code, status))
                    notes.say(i, customer)
        self._spool.add("orders", rows)
        batch.journey.saw([row[3] for row in rows])
        batch.journey.count("returns", sum(1 for row in rows if row[6] == "returned"))
        batch.journey.count("cancelled", sum(1 for row in rows if row[6] == "cancelled"))

    def _status(self, text: str) -> str:
        if text not in self._statuses:
            self._statuses[text] = status_of(text)
        return self._statuses[text]

    def _is_repeated(self, text: str) -> bool:
        """Whether the very same row, order number included, has been seen in this file."""
        if len(self._seen) >= _DUPLICATES_WATCHED:
            return False
        key, before = hash(text.rstrip("\r\n")), len(self._seen)
        self._seen.add(key)
        return len(self._seen) == before


class _Notes:
    """What a row of orders or deals says about its customer besides."""

    def __init__(self, batch: Batch) -> None:
        self._columns = [(what, batch.texts(what)) for what in _SAID_OF_CUSTOMERS if batch.has(what)]
        self._note = batch.journey.registry.note

    def say(self, i: int, customer: int) -> None:
        for what, texts in self._columns:
            if texts is not None:
                self._note(what, customer, texts[i].strip())


def _amounts(batch: Batch) -> list[Any]:
    """What each row comes to: its amount, else quantity times unit price; negative where goods came back."""
    quantities = batch.values("quantity")
    if batch.has("amount"):
        amounts = batch.values("amount")
        if not batch.has("quantity"):
            return amounts
        return [
            Money(-a.value, a.currency, -a.minor) if type(a) is Money and type(q) is float and q < 0 < a.minor else a
            for a, q in zip(amounts, quantities, strict=True)
        ]
    prices = batch.values("unit_price")
    return [_product(q, p, batch.u.currency) for q, p in zip(quantities, prices, strict=True)]


def _product(quantity: Any, price: Any, currency: str) -> Any:
    if type(quantity) is float and type(price) is Money:
        value = Decimal(str(quantity)) * price.value
        return Money(value, price.currency, minor_of(value, price.currency or currency))
    return quantity if type(quantity) is Problem or quantity is None else price


def _in_currency(amount: Money, told: str | None, default: str) -> tuple[int, str]:
    """Minor units and currency: the row's own currency column first, then the sign in the amount."""
    code = told or amount.currency or default
    known = amount.currency or default
    same = code == known or exponent(code) == exponent(known)
    return (amount.minor if same else minor_of(amount.value, code)), code


def take_deals(batch: Batch, spool: Spool, source: int) -> None:
    """Deals as they stand; a won one is an order on its closing day."""
    numbers, names = batch.texts("customer_id"), batch.texts("customer_name")
    opened, closed = batch.values("opened_on"), batch.lenient("closed_on")
    stages, outcomes = batch.texts("stage", "outcome"), batch.texts("outcome", "stage")
    worth, currencies = batch.lenient("deal_value"), batch.lenient("currency")
    deals, orders, notes = [], [], _Notes(batch)
    for i in range(len(batch)):
        begun = opened[i]
        if type(begun) is Problem:
            batch.refuse_problem(i, begun, "opened_on")
            continue
        if begun is not None and batch.is_late(i, begun):
            continue
        stage = stages[i].strip() if stages is not None else ""
        outcome = _outcome(stage, outcomes[i].strip() if outcomes is not None else "")
        ended = closed[i]
        if outcome and ended is None and begun is None:
            batch.refuse_problem(i, None, "closed_on" if batch.has("closed_on") else "opened_on")
            continue
        if ended is not None and ended > batch.journey.latest:
            # Its end was not known on the day: to the report the deal is open.
            ended = outcome = None
        customer = batch.customer(i, numbers, names)
        if customer == 0:
            batch.refuse(i, "row.no_customer")
            continue
        ended = (ended or begun) if outcome else None
        minor, code = _in_currency(worth[i], currencies[i], batch.u.currency) if worth[i] else (None, batch.u.currency)
        deals.append((customer, begun, ended, stage, outcome, minor))
        notes.say(i, customer)
        if outcome == "won" and ended is not None and minor is not None:
            orders.append((source, None, customer, ended, minor, code, "done" if minor >= 0 else "returned"))
    spool.add("deals", deals)
    spool.add("orders", orders)
    batch.journey.saw([day for deal in deals for day in deal[1:3] if day])
    batch.journey.count("deals_won", len(orders))


def _outcome(stage: str, outcome: str) -> str | None:
    for text in (outcome, stage):
        word = plain(text)
        if word in values("won") or (word in values("yes") and text is outcome and outcome != stage):
            return "won"
        if word in values("lost") or (word in values("no") and text is outcome and outcome != stage):
            return "lost"
    return None
