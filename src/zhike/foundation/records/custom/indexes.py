"""Indexes on custom fields: built and taken away by a worker, while everybody goes on working.

What is asked for and what stands in the database are compared each time, so that a kill, a restored backup or a table
that a migration has made anew is mended by the next run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import connection

from zhike.foundation.kit import clock
from zhike.foundation.records.custom import services, words
from zhike.foundation.records.custom.column import COLUMN, expression
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.registry import find

_NAME = re.compile(r"custom_value_(\d+)")


def name_of(row: CustomField) -> str:
    """What the index of a field is called."""
    return f"custom_value_{row.pk}"


def wanted() -> list[CustomField]:
    """The fields in use that somebody wants an index for, oldest first."""
    rows = CustomField.objects.filter(is_index_wanted=True, is_retired=False).order_by("pk")
    return [row for row in rows if find(row.code) is not None]


def settle(steps: Iterable[CustomField] | None = None) -> dict[str, int]:
    """Build what is missing, take away what nobody wants any more. Returns how many of each."""
    asked = list(wanted() if steps is None else steps)
    standing = found_in_database()
    kept = {name_of(row) for row in wanted()}
    gone = [name for name in standing if name not in kept]
    for name in gone:
        _run(f'DROP INDEX {_concurrently()}IF EXISTS "{name}"')
    built = 0
    for row in asked:
        if standing.get(name_of(row)):
            _note(row)
            continue
        if row.indexed_at is not None:
            row.indexed_at = None
            services.marked(row)
        _build(row)
        _note(row)
        built += 1
    return {"built": built, "removed": len(gone)}


def found_in_database() -> dict[str, bool]:
    """Indexes on custom fields that stand there, and whether they are whole: one that was killed halfway is not."""
    if connection.vendor == "postgresql":
        sql = (
            "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relname LIKE 'custom_value_%' AND pg_table_is_visible(c.oid)"
        )
    else:
        sql = "SELECT name, 1 FROM sqlite_master WHERE type = 'index' AND name LIKE 'custom_value_%'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name: bool(whole) for name, whole in cursor.fetchall() if _NAME.fullmatch(name)}


def _build(row: CustomField) -> None:
    kind = find(row.code)
    if kind is None:
        return
    table = connection.ops.quote_name(kind.model._meta.db_table)
    letter = "b" if row.is_sensitive else words.letter_of(Kind(row.kind), row.digits)
    value = expression(connection.vendor, connection.ops.quote_name(COLUMN), letter, row.pk)
    last = " NULLS LAST" if connection.vendor == "postgresql" else ""
    _run(f'DROP INDEX {_concurrently()}IF EXISTS "{name_of(row)}"')
    _run(f'CREATE INDEX {_concurrently()}"{name_of(row)}" ON {table} ({value} DESC{last}, id DESC)')
    _run(f"ANALYZE {table}")  # without figures of its own the planner does not know what the index is worth


def _concurrently() -> str:
    """Without holding up those who write, where the database can do that."""
    return "CONCURRENTLY " if connection.vendor == "postgresql" and not connection.in_atomic_block else ""


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _note(row: CustomField) -> None:
    if row.indexed_at is None:
        row.indexed_at = clock.now()
        services.marked(row)
