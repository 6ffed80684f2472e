"""DuckDB behind Ibis, locked in: it reads the snapshot's folder, spills beside it, and reaches nothing else."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from zhike.insight.compute.result import SnapshotFault

TABLES = (
    "customers",
    "customer_attributes",
    "orders",
    "bills",
    "usage",
    "contracts",
    "tickets",
    "complaints",
    "interactions",
    "deals",
    "losses",
)
_REQUIRED = {
    "customers": ("customer_id",),
    "customer_attributes": ("customer_id",),
    "orders": ("customer_id", "ordered_on", "amount_minor"),
    "bills": ("customer_id", "period", "amount_minor"),
    "usage": ("customer_id", "month"),
    "contracts": ("customer_id", "ends_on"),
    "tickets": ("customer_id", "opened_on"),
    "complaints": ("customer_id", "received_on"),
    "interactions": ("customer_id", "on"),
    "deals": ("customer_id", "opened_on"),
    "losses": ("customer_id", "lost_on"),
}

_INTS = (
    "customer_id", "order_id", "amount_minor", "monthly_bill_minor", "annual_spend_minor", "value_minor",
    "owner_id", "department_id", "feature_uses", "logins",
)  # fmt: skip
_DATES = (
    "ordered_on", "cooperation_since", "contract_end", "period", "due_on", "paid_on", "month", "signed_on",
    "starts_on", "ends_on", "opened_on", "closed_on", "received_on", "on", "lost_on",
)  # fmt: skip
_FLOATS = ("tenure_months", "satisfaction")
_FLAGS = ("is_signed", "churned", "prefers_custom")
_TEXTS = ("kind", "industry", "region", "currency", "status", "direction", "mentions", "cause", "stage", "outcome")
_TYPES = {
    name: kind
    for names, kind in (
        (_INTS, "int64"), (_DATES, "date"), (_FLOATS, "float64"), (_FLAGS, "boolean"), (_TEXTS, "string"),
    )
    for name in names
}  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """The tables of one snapshot as Ibis expressions, and its meta data."""

    meta: dict[str, Any]
    tables: dict[str, ir.Table]

    def has(self, name: str) -> bool:
        return name in self.tables

    def known(self, table: str, column: str) -> bool:
        """Whether ``table`` is there and has ``column``."""
        return table in self.tables and column in self.tables[table].columns

    @property
    def currency(self) -> str:
        return str(self.meta.get("currency") or "CNY")

    @property
    def rates(self) -> dict[str, float]:
        """One unit of a foreign currency in the main one, major to major."""
        return {str(k): float(v) for k, v in (self.meta.get("rates") or {}).items()}


@contextmanager
def opened(folder: Path, *, memory: str, threads: int) -> Iterator[Snapshot]:
    """The snapshot in ``folder``, read by a DuckDB of its own that is closed at the end.

    ``memory`` such as "1GB"; what does not fit is spilled to a temporary folder that is removed.
    Raises SnapshotFault ``no_snapshot``, ``no_tables`` or ``missing_columns``.
    """
    meta = read_meta(folder)
    paths = {name: folder / f"{name}.parquet" for name in TABLES}
    there = {name: path for name, path in paths.items() if path.is_file()}
    if not {"customers", "orders", "deals"} & set(there):
        raise SnapshotFault("no_tables", folder=folder.name)
    with tempfile.TemporaryDirectory(prefix="zhike-spill-") as spill:
        backend = ibis.duckdb.connect(
            ":memory:",
            threads=threads,
            memory_limit=memory,
            temp_directory=spill,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
            preserve_insertion_order=False,
        )
        try:
            _lock(backend, folder)
            yield Snapshot(meta, {name: _read(backend, name, path) for name, path in there.items()})
        finally:
            backend.disconnect()


def read_meta(folder: Path) -> dict[str, Any]:
    """The snapshot's ``meta.json``; SnapshotFault ``no_snapshot`` where there is none."""
    try:
        meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise SnapshotFault("no_snapshot", folder=folder.name) from broken
    return meta


def day(value: dt.date) -> ir.DateScalar:
    """A date as an Ibis literal."""
    return ibis.literal(value, type="date")


def _lock(backend: Any, folder: Path) -> None:
    quoted = str(folder.resolve()).replace("'", "''")
    for statement in (
        f"SET allowed_directories = ['{quoted}/']",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        backend.raw_sql(statement).fetchall()


def _read(backend: Any, name: str, path: Path) -> ir.Table:
    table: ir.Table = backend.read_parquet(path.resolve(), table_name=name)
    if missing := [column for column in _REQUIRED[name] if column not in table.columns]:
        raise SnapshotFault("missing_columns", table=name, columns=missing)
    return table if name == "customer_attributes" else _typed(table)


def _typed(table: ir.Table) -> ir.Table:
    """Columns as the snapshot promises them: one that is empty throughout may come without a type."""
    schema = table.schema()
    casts = {name: table[name].cast(_TYPES[name]) for name in table.columns if name in _TYPES}
    return table.mutate(**{name: cast for name, cast in casts.items() if schema[name] != cast.type()})
