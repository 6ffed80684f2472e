"""Many rows into one table at once: the form of every bulk write below the ORM.

An ``INSERT`` per row and Django's ``bulk_create`` both spend most of their time in Python. SQLite is fastest with one
prepared statement, PostgreSQL with ``COPY`` into a temporary table and one ``INSERT … SELECT``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import AutoField, Field, Model

CHUNK = 10_000
_FIT = {str, int, bytes, bool, type(None)}
_FAST = {
    "CharField",
    "TextField",
    "BigIntegerField",
    "BigAutoField",
    "IntegerField",
    "PositiveIntegerField",
    "BinaryField",
    "UUIDField",
    "SmallIntegerField",
}
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
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    key = [list(fields).index(name) for name in conflict]
    written, stream = 0, iter(rows)
    # Without a savepoint of its own: whoever wants to survive an IntegrityError puts one around the call.
    with transaction.atomic(savepoint=False):
        while chunk := list(islice(stream, CHUNK)):
            if key:
                chunk.sort(key=lambda row: [row[position] for position in key])
            _write(model, columns, chunk, _on_conflict(model, conflict, update))
            written += len(chunk)
    return written


def create(objects: Sequence[Model]) -> None:
    """Insert new ``objects`` of one model and give them their keys, as ``bulk_create`` does and in half its time.

    The model has a ``uid`` field, or its key is known beforehand. No signal is sent, as with ``bulk_create``.
    """
    if not objects:
        return
    model = type(objects[0])
    key = model._meta.pk
    numbered = isinstance(key, AutoField)
    fields = [field for field in model._meta.concrete_fields if not (numbered and field is key)]
    upsert(model, [field.name for field in fields], ([f.pre_save(one, True) for f in fields] for one in objects))
    if numbered:
        found = model._base_manager.filter(uid__in=[one.uid for one in objects])  # type: ignore[attr-defined]
        keys = dict(found.values_list("uid", "pk"))
    for one in objects:
        if numbered:
            one.pk = keys[one.uid]  # type: ignore[attr-defined]
        one._state.adding = False


def _on_conflict(model: type[Model], conflict: Sequence[str], update: Sequence[str]) -> str:
    if not conflict:
        return ""
    target = ", ".join(_column(model, name) for name in conflict)
    if not update:
        return f" ON CONFLICT ({target}) DO NOTHING"
    changes = ", ".join(f"{_column(model, name)} = excluded.{_column(model, name)}" for name in update)
    return f" ON CONFLICT ({target}) DO UPDATE SET {changes}"


def _column(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return _quoted(field.column)


def _quoted(name: object) -> str:
    return str(connection.ops.quote_name(str(name)))


def _write(model: type[Model], columns: Sequence[Field[Any, Any]], chunk: list[Any], ending: str) -> None:
    table = _quoted(model._meta.db_table)
    names = ", ".join(_quoted(field.column) for field in columns)
    prepare = [_converter(field) for field in columns]
    prepared = [[to_db(value) for to_db, value in zip(prepare, row, strict=True)] for row in chunk]
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


def _converter(field: Field[Any, Any]) -> Callable[[Any], Any]:
    """What makes a value fit for the driver. Text, numbers and bytes are so already, and they are nearly all."""
    # The connection itself and not Django's stand-in for it, which looks the thread's connection up at each touch.
    real = connections[DEFAULT_DB_ALIAS]
    thorough = field.get_db_prep_save

    def convert(value: Any) -> Any:
        kind = type(value)
        if kind is UUID:
            return value if real.features.has_native_uuid_field else value.hex
        return value if kind in _FIT else thorough(value, real)

    target: Any = getattr(field, "target_field", field)
    return convert if target.get_internal_type() in _FAST else lambda value: thorough(value, real)


def _copy(cursor: Any, table: str, names: str, rows: list[list[Any]], ending: str) -> None:
    """PostgreSQL: through a temporary table without constraints, because COPY knows no ON CONFLICT."""
    cursor.execute("DROP TABLE IF EXISTS zhike_bulk")
    cursor.execute(f"CREATE TEMP TABLE zhike_bulk ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
    with cursor.copy(f"COPY zhike_bulk ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM zhike_bulk{ending}")  # noqa: S608
    cursor.execute("DROP TABLE zhike_bulk")
