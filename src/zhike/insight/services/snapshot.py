"""The snapshot of a day: each room's facts as Parquet, moved by ADBC and not by the ORM."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection

from zhike.foundation.facts import Dialect, Fact, registered

_BATCH_ROWS = 100_000


def snapshot_write(
    *, as_of: dt.date, template: str, folder: Path, step: Callable[[str, float], None]
) -> dict[str, Any]:
    """Write all facts as of a day into ``folder`` and return its meta data (rows by table, digest).

    The folder is filled beside its place and moved there when whole: a killed night leaves no half snapshot.
    """
    building = folder.with_name(folder.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    rows: dict[str, int] = {}
    facts = registered()
    with _connect() as database:
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
    (building / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(building, folder)
    return meta


def _connect() -> Any:
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        import adbc_driver_postgresql.dbapi as postgresql

        database = postgresql.connect(_uri(settings))
        with database.cursor() as cursor:
            # All tables as of one moment, as SQLite gives them by itself: an order without its customer is no order.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return database
    import adbc_driver_sqlite.dbapi as sqlite

    return sqlite.connect(str(settings["NAME"]))


def _uri(settings: Mapping[str, Any]) -> str:
    parts = {"user": settings["USER"], "password": settings["PASSWORD"], "host": settings["HOST"]}
    parts["port"] = settings["PORT"]
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in parts.items() if value)
    return f"postgresql:///{quote(str(settings['NAME']), safe='')}?{query}"


def _write(database: Any, fact: Fact, dialect: Dialect, path: Path) -> int:
    """Stream one fact into its file; a table without a row is absent: there is no such data."""
    count, writer = 0, None
    with database.cursor() as cursor:
        cursor.execute(fact.query(dialect))
        for batch in cursor.fetch_record_batch():
            if not batch.num_rows:
                continue
            table = _typed(pa.Table.from_batches([batch]), fact.schema)
            writer = writer or pq.ParquetWriter(path, fact.schema, compression="zstd")
            writer.write_table(table, row_group_size=_BATCH_ROWS)
            count += table.num_rows
    if writer is not None:
        writer.close()
    return count


def _typed(table: pa.Table, schema: pa.Schema) -> pa.Table:
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
