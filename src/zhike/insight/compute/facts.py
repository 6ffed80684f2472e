"""All that is known of every customer, side by side: one wide table, read as numpy columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhike.insight.compute import datasets
from zhike.insight.compute.engine import Snapshot, day
from zhike.insight.compute.windows import Windows
from zhike.segment.rules.arrays import Bools, Days, Floats

_BUILDERS = {
    "bills": datasets.bill_rows,
    "usage": datasets.usage_rows,
    "contracts": datasets.contract_rows,
    "tickets": datasets.ticket_rows,
    "complaints": datasets.complaint_rows,
    "interactions": datasets.interaction_rows,
    "deals": datasets.deal_rows,
}
_CUSTOMER_COLUMNS = (
    "kind",
    "industry",
    "region",
    "owner_id",
    "cooperation_since",
    "tenure_months",
    "monthly_bill_minor",
    "annual_spend_minor",
    "is_signed",
    "churned",
    "prefers_custom",
)


@dataclass(frozen=True)
class Facts:
    """One row per customer in rising ``ids``. A column nobody delivered reads as all unknown."""

    ids: npt.NDArray[np.int64]
    table: pa.Table
    present: frozenset[str]  # tables of the snapshot

    def __len__(self) -> int:
        return len(self.ids)

    def floats(self, name: str) -> Floats:
        """A number column as float64 (n,), NaN where unknown."""
        if name not in self.table.column_names:
            return np.full(len(self), np.nan)
        column = self.table.column(name).combine_chunks()
        return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False))

    def counts(self, name: str, *, from_table: str) -> Floats:
        """A count column: 0 for a customer without a row, NaN where the source lacks the table."""
        if from_table not in self.present:
            return np.full(len(self), np.nan)
        return np.nan_to_num(self.floats(name), nan=0.0)

    def days(self, name: str) -> Days:
        """A date column as datetime64[D] (n,), NaT where unknown."""
        if name not in self.table.column_names:
            return np.full(len(self), np.datetime64("NaT", "D"))
        column = self.table.column(name).combine_chunks()
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype("datetime64[D]")

    def true(self, name: str) -> Bools:
        """A yes/no column as bool (n,), unknown as no."""
        return np.nan_to_num(self.floats(name), nan=0.0) > 0

    def words(self, name: str) -> pa.Array:
        """A text column, null where unknown."""
        if name not in self.table.column_names:
            return pa.nulls(len(self), pa.string())
        return self.table.column(name).combine_chunks().cast(pa.string())


def gather(snapshot: Snapshot, orders: ir.Table | None, w: Windows) -> Facts:
    """Join every dataset to the customers; those who only appear in orders or deals are customers too."""
    everyone = _everyone(snapshot, orders)
    wide = everyone
    if snapshot.has("customers"):
        wide = _joined(wide, _customer_rows(snapshot.tables["customers"]))
    if orders is not None:
        wide = _joined(wide, datasets.order_rows(orders, w))
    for name, build in _BUILDERS.items():
        if snapshot.has(name):
            wide = _joined(wide, build(snapshot.tables[name], w))
    if orders is not None:
        wide = wide.mutate(days_since_order=day(w.as_of).delta(wide.last_order, unit="day"))
    table = wide.order_by("customer_id").to_pyarrow()
    present = frozenset(snapshot.tables) | ({"orders"} if orders is not None else frozenset())
    return Facts(np.asarray(table["customer_id"].to_numpy()), table, frozenset(present))


def _everyone(snapshot: Snapshot, orders: ir.Table | None) -> ir.Table:
    sources = [snapshot.tables[name] for name in ("customers", "deals") if snapshot.has(name)]
    sources += [orders] if orders is not None else []
    ids = [s.filter(s.customer_id.notnull()).select("customer_id") for s in sources]
    return ibis.union(*ids, distinct=True) if len(ids) > 1 else ids[0].distinct()


def _customer_rows(customers: ir.Table) -> ir.Table:
    kept: dict[str, Any] = {name: customers[name] for name in _CUSTOMER_COLUMNS if name in customers.columns}
    renamed = {"contract_end": "stated_contract_end", "satisfaction": "stated_satisfaction"}
    kept |= {new: customers[old] for old, new in renamed.items() if old in customers.columns}
    return customers.select("customer_id", **kept)


def _joined(left: ir.Table, right: ir.Table) -> ir.Table:
    return left.left_join(right, "customer_id").drop("customer_id_right")
