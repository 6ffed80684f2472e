"""Rows on disk until all files are read: memory stays flat whatever arrives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMAS = {
    "orders": pa.schema(
        [
            ("source", pa.int16()),
            ("order_key", pa.string()),
            ("customer_id", pa.int64()),
            ("ordered_on", pa.date32()),
            ("amount_minor", pa.int64()),
            ("currency", pa.string()),
            ("status", pa.string()),
        ]
    ),
    "deals": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("opened_on", pa.date32()),
            ("closed_on", pa.date32()),
            ("stage", pa.string()),
            ("outcome", pa.string()),
            ("value_minor", pa.int64()),
        ]
    ),
    "contracts": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("signed_on", pa.date32()),
            ("starts_on", pa.date32()),
            ("ends_on", pa.date32()),
            ("value_minor", pa.int64()),
        ]
    ),
    "tickets": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("opened_on", pa.date32()),
            ("closed_on", pa.date32()),
            ("satisfaction", pa.float64()),
        ]
    ),
    "complaints": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("received_on", pa.date32()),
            ("closed_on", pa.date32()),
            ("cause", pa.string()),
        ]
    ),
    "usage": pa.schema(
        [("customer_id", pa.int64()), ("month", pa.date32()), ("feature_uses", pa.int64()), ("logins", pa.int64())]
    ),
    "bills": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("period", pa.date32()),
            ("amount_minor", pa.int64()),
            ("due_on", pa.date32()),
            ("paid_on", pa.date32()),
        ]
    ),
    "interactions": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("on", pa.date32()),
            ("kind", pa.string()),
            ("direction", pa.string()),
            ("mentions", pa.string()),
        ]
    ),
    "customers": pa.schema(
        [
            ("customer_id", pa.int64()),
            ("kind", pa.string()),
            ("cooperation_since", pa.date32()),
            ("tenure_months", pa.float64()),
            ("contract_end", pa.date32()),
            ("monthly_bill_minor", pa.int64()),
            ("annual_spend_minor", pa.int64()),
            ("is_signed", pa.bool_()),
            ("churned", pa.bool_()),
            ("prefers_custom", pa.bool_()),
            ("satisfaction", pa.float64()),
        ]
    ),
}


class Spool:
    """One Parquet file per table in ``folder``, written a chunk at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def add(self, table: str, rows: Sequence[Sequence[Any]], schema: pa.Schema | None = None) -> None:
        """Append rows in the order of the table's schema; nothing happens for no rows."""
        if not rows:
            return
        wanted = schema or SCHEMAS[table]
        columns = [
            pa.array(cells, type=field.type) for cells, field in zip(zip(*rows, strict=True), wanted, strict=True)
        ]
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(self.path(table), wanted)
        self._writers[table].write_table(pa.Table.from_arrays(columns, schema=wanted))
        self.rows[table] = self.rows.get(table, 0) + len(rows)

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
