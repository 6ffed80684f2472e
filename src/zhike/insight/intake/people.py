"""Tables of customers into the snapshot: what is known of each, and further columns to learn churn from."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from zhike.foundation.tables.numerals import is_blank, read_numeral
from zhike.insight.intake.batch import Batch
from zhike.insight.intake.meanings import plain, values
from zhike.insight.intake.other_facts import marks_of
from zhike.insight.intake.spool import Spool
from zhike.insight.intake.understanding import Column, Understanding

_WORDS_AT_MOST = 50  # a column with more different words describes persons one by one
_MOSTLY_NUMBERS = 0.98
_LONG_NUMBER = 8  # telephone and identity numbers have more digits
_RELATION = ("tenure_months", "monthly_bill", "annual_spend", "contract_end", "churned")


class CustomerIntake:
    """One table of customers. The first row of a customer stands, a later one is refused."""

    def __init__(self, spool: Spool, source: int, u: Understanding) -> None:
        self._spool = spool
        self._features = features_of(u)
        self._table = f"attributes_{source}"
        self._schema = pa.schema(
            [("customer_id", pa.int64())]
            + [(column.name, pa.float64() if is_number else pa.string()) for column, is_number in self._features]
        )

    def take(self, batch: Batch) -> None:
        """Accept or refuse every row of ``batch``."""
        ids = self._register(batch)
        signed_by_nature = any(batch.has(code) for code in _RELATION)
        told = batch.lenient("is_signed")
        kinds, since = batch.values("kind"), batch.values("cooperation_since")
        bill, spend = batch.lenient("monthly_bill"), batch.lenient("annual_spend")
        columns = {
            code: batch.lenient(code) for code in ("tenure_months", "contract_end", "churned", "prefers_custom")
        } | {"satisfaction": marks_of(batch, "satisfaction")}
        rows = [
            (
                customer,
                _kind(kinds[i]),
                since[i],
                columns["tenure_months"][i],
                columns["contract_end"][i],
                bill[i].minor if bill[i] else None,
                spend[i].minor if spend[i] else None,
                told[i] if told[i] is not None else (True if signed_by_nature else None),
                columns["churned"][i],
                columns["prefers_custom"][i],
                columns["satisfaction"][i],
            )
            for i, customer in ids
        ]
        self._spool.add("customers", rows)
        self._add_features(batch, ids)

    def _register(self, batch: Batch) -> list[tuple[int, int]]:
        """(row, customer) of the rows that are accepted."""
        numbers, names = batch.texts("customer_id"), batch.texts("customer_name")
        registry, since = batch.journey.registry, batch.values("cooperation_since")
        notes = [(what, texts) for what in ("owner", "industry", "region") if (texts := batch.texts(what))]
        found = []
        for i in range(len(batch)):
            begun = since[i]
            if begun is not None and not hasattr(begun, "year"):
                batch.short("cooperation_since", i, begun.text)
                since[i] = begun = None
            if begun is not None and batch.is_late(i, begun):
                continue
            customer = batch.customer(i, numbers, names)
            if customer == 0:
                batch.refuse(i, "row.no_customer")
            elif customer in registry.described:
                name = (numbers or names or [""] * len(batch))[i].strip()
                batch.refuse(i, "row.same_customer", customer=name)
            else:
                registry.described.add(customer)
                found.append((i, customer))
                for what, texts in notes:
                    registry.note(what, customer, texts[i].strip())
        return found

    def _add_features(self, batch: Batch, ids: list[tuple[int, int]]) -> None:
        if not self._features:
            return
        rows = []
        for i, customer in ids:
            cells = batch.chunk.rows[i]
            rows.append((customer, *(_feature(cells[c.index], is_number) for c, is_number in self._features)))
        self._spool.add(self._table, rows, self._schema)


def _kind(text: str | None) -> str | None:
    word = plain(text) if text else ""
    return "firm" if word in values("firm") else "person" if word in values("person") else None


def _feature(text: str, is_number: bool) -> Any:
    if is_blank(text):
        return None
    if not is_number:
        return text.strip()
    found = read_numeral(text)
    return float(found.value) if found else None


def features_of(u: Understanding) -> list[tuple[Column, bool]]:
    """Columns without a meaning of their own that may foretell churn, and whether they are numbers.

    Left out: what numbers or describes persons one by one, and what tells the outcome itself.
    """
    found = []
    for column in u.columns:
        profile, name = column.profile, plain(column.name)
        if column.meaning or column.evidence == "by_map" or profile.distinct < 2 or tells_outcome(name):
            continue
        long = any(len(text) >= _LONG_NUMBER and text.isdigit() for text in profile.judged)
        numbers_rows = profile.unique > 0.95 and profile.whole > 0.9 and profile.rows > 50
        if profile.numbers >= _MOSTLY_NUMBERS and not (long or numbers_rows or profile.padded):
            found.append((column, True))
        elif profile.distinct <= _WORDS_AT_MOST and profile.days < 0.5 and not long:
            found.append((column, False))
    return found


def tells_outcome(name: str) -> bool:
    """Whether a column of this (plain) name speaks of churn itself."""
    return any(word in name for word in values("leaks"))
