"""Ids that run through the company although it is made block by block, and the numbers people read."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhike.sample.draws import DayArray, IntArray, TextArray, texts
from zhike.sample.tables import Table

# table -> column -> the table whose ids the column holds. Customers, staff and products are global already.
_REFERENCES = {
    "contacts": {"contact_id": "contacts"},
    "orders": {"order_id": "orders", "returns_order_id": "orders"},
    "lines": {"line_id": "lines", "order_id": "orders"},
    "subscriptions": {"subscription_id": "subscriptions"},
    "bills": {"bill_id": "bills", "subscription_id": "subscriptions"},
    "payments": {"payment_id": "payments", "bill_id": "bills", "order_id": "orders"},
    "contracts": {"contract_id": "contracts", "renews_contract_id": "contracts"},
    "tickets": {"ticket_id": "tickets"},
    "complaints": {"complaint_id": "complaints"},
    "interactions": {"interaction_id": "interactions", "contact_id": "contacts"},
    "deals": {"deal_id": "deals"},
}


class Offsets:
    """How many ids each table has used up."""

    def __init__(self) -> None:
        self._used = dict.fromkeys(_REFERENCES, 0)

    def applied(self, tables: dict[str, Any], *, number: bool = True, advance: bool = True) -> dict[str, Any]:
        """``tables`` with ids moved past those used so far; 0 stays 0. ``number`` fills in document numbers."""
        moved = {name: self._moved(name, table) for name, table in tables.items()}
        if advance:
            for name, table in tables.items():
                if name in self._used and table is not None:
                    self._used[name] += len(table)
        if number:
            moved = {name: _numbered(name, table) for name, table in moved.items()}
        return moved

    def _moved(self, name: str, table: Any) -> Any:
        if not isinstance(table, Table):
            return table
        changes = {}
        for column, target in _REFERENCES.get(name, {}).items():
            ids = getattr(table, column)
            changes[column] = np.where(ids > 0, ids + self._used[target], 0)
        return table.changed(**changes) if changes else table


def _numbered(name: str, table: Any) -> Any:
    if name == "orders":
        return table.changed(number=_numbers("SO", table.ordered_on, table.order_id))
    if name == "contracts" and table is not None:
        return table.changed(number=_numbers("HT", table.signed_on, table.contract_id))
    return table


def _numbers(prefix: str, day: DayArray, ids: IntArray) -> TextArray:
    """Such as SO2605-0012345: prefix, year and month, running number."""
    month = day.astype("M8[M]").astype(np.int64)
    stamp = (70 + month // 12) % 100 * 100 + month % 12 + 1
    return texts([f"{prefix}{when:04d}-{which:07d}" for when, which in zip(stamp.tolist(), ids.tolist(), strict=True)])
