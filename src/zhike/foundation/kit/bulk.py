"""Many rows into one table at once: the form of every bulk write below the ORM.

An ``INSERT`` per row and Django's ``bulk_create`` both spend most of their time in Python. SQLite is fastest with one
prepared statement, PostgreSQL with ``COPY`` into a temporary table and one ``INSERT … SELECT``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model

CHUNK = 10_000
_SMALL = 100  # below this a temporary table costs more than it saves


def upsert(
    model: type[Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    conflict: Sequence[str] = (),
    update: Sequence[str] = (),
) -> int:
    """Insert ``rows`` (values in the order of ``fields``) and return how many were given.

    Where a row with the same ``conflict`` fields stands already, its ``update`` fields are overwritten; without
    ``update`` the row that stands is kept; without ``conflict`` an existing row is an IntegrityError. A key may occur
    once per call. Defaults of the model are not applied: name every column that needs a value. Rows are written in
    the order of their key, so that two writers of the same keys wait for each other instead of deadlocking.
    """
    columns = [model._meta.get_field(name) for name in fields]
    key = [list(fields).index(name) for name in conflict]
    written, stream = 0, iter(rows)
    with transaction.atomic():
        while chunk := list(islice(stream, CHUNK)):
            if key:
                chunk.sort(key=lambda row: [row[position] for position in key])
            _write(model, columns, chunk, _on_conflict(model, conflict, update))
            written += len(chunk)
    return written


def _on_conflict(model: type[Model], conflict: Sequence[str], update: Sequence[str]) -> str:
    if not conflict:
        return ""
    target = ", ".join(_column(model, name) for name in conflict)
    if not update:
        return f" ON CONFLICT ({target}) DO NOTHING"
    changes = ", ".join(f"{_column(model, name)} = excluded.{_column(model, name)}" for name in update)
    return f" ON CONFLICT ({target}) DO UPDATE SET {changes}"


def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(model._meta.get_field(name).column)  # type: ignore[no-any-return]


def _write(model: type[Model], columns: Sequence[Field[Any, Any]], chunk: list[Any], ending: str) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(field.column) for field in columns)
    prepare = [field.get_db_prep_save for field in columns]
    prepared = [[to_db(value, connection) for to_db, value in zip(prepare, row, strict=True)] for row in chunk]
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES {marks}{ending}", prepared)  # noqa: S608
        elif len(chunk) <= _SMALL:
            values = ", ".join([marks] * len(prepared))
            flat = [value for row in prepared for value in row]
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES {values}{ending}", flat)  # noqa: S608
        else:
            _copy(cursor, table, names, prepared, ending)


def _copy(cursor: Any, table: str, names: str, rows: list[list[Any]], ending: str) -> None:
    """PostgreSQL: through a temporary table without constraints, because COPY knows no ON CONFLICT."""
    cursor.execute("DROP TABLE IF EXISTS zhike_bulk")
    cursor.execute(f"CREATE TEMP TABLE zhike_bulk ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
    with cursor.copy(f"COPY zhike_bulk ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM zhike_bulk{ending}")  # noqa: S608
    cursor.execute("DROP TABLE zhike_bulk")
