"""The snapshot of a day: each room's facts as Parquet, moved past the ORM."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection

from zhike.foundation.facts import Dialect, Fact, registered
from zhike.insight.services.reading import Reader, reader
from zhike.segment.rules.table import StrategyTable

_BATCH_ROWS = 100_000


def snapshot_write(
    *,
    as_of: dt.date,
    template: str,
    folder: Path,
    step: Callable[[str, float], None],
    strategies: StrategyTable | None = None,
) -> dict[str, Any]:
    """Write all facts as of a day into ``folder`` and return its meta data (rows by table, digest).

    ``strategies``: the table in force, which travels with the facts; the shipped one if not said.
    The folder is filled beside its place and moved there when whole: a killed night leaves no half snapshot.
    """
    building = folder.with_name(folder.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    rows: dict[str, int] = {}
    facts = registered()
    with reader() as database:
        for position, (table, fact) in enumerate(sorted(facts.items())):
            step(table, position / len(facts))
            count = _write(database, fact, Dialect(connection.vendor, as_of), building / f"{table}.parquet")
            if count:
                rows[table] = count
    meta = {
        "as_of": as_of.isoformat(),
        "template": template,
        "source": "database",
        "currency": "CNY",
        "tables": rows,
        "digest": _digest(building),
    }
    if strategies is not None:
        meta["strategies"] = strategies.to_json()
    (building / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(building, folder)
    return meta


def _write(database: Reader, fact: Fact, dialect: Dialect, path: Path) -> int:
    """Stream one fact into its file; a table without a row is absent: there is no such data."""
    count, writer, schema = 0, None, _schema(fact)
    for batch in database.batches(fact.query(dialect)):
        if not batch.num_rows:
            continue
        table = typed(pa.Table.from_batches([batch]), schema)
        writer = writer or pq.ParquetWriter(path, schema, compression="zstd")
        writer.write_table(table, row_group_size=_BATCH_ROWS)
        count += table.num_rows
    if writer is not None:
        writer.close()
    return count


def _schema(fact: Fact) -> pa.Schema:
    kinds = {
        "int64": pa.int64(),
        "float64": pa.float64(),
        "string": pa.string(),
        "bool": pa.bool_(),
        "date": pa.date32(),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in fact.columns.items()])


def typed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """SQLite has no dates and no booleans: text and integers become what the schema says."""
    columns = []
    for field in schema:
        column = table.column(field.name)
        if pa.types.is_date(field.type) and not pa.types.is_date(column.type):
            column = pc.cast(pc.utf8_slice_codeunits(pc.cast(column, pa.string()), 0, 10), pa.date32())
        elif pa.types.is_boolean(field.type) and not pa.types.is_boolean(column.type):
            column = pc.cast(pc.cast(column, pa.int64()), pa.bool_())
        columns.append(pc.cast(column, field.type) if column.type != field.type else column)
    return pa.table(columns, schema=schema)


def _digest(folder: Path) -> str:
    """SHA-256 over the tables' contents, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.parquet")):
        whole.update(path.name.encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()
