"""Which related lists of a record have anything to show, told by one statement for all of them.

A page with a dozen related lists, most of them empty, would otherwise ask each in full. What is told here says nothing
to the viewer by itself: a list with rows is still read within the viewer's reach.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from django.db import connection

from zhike.foundation.records.declare import RecordType, Related
from zhike.foundation.records.registry import find


def present(record_type: RecordType, related: Sequence[Related], pk: int) -> frozenset[str]:
    """Codes of those of ``related`` that have a row for the record ``pk``, deleted ones included.

    Also those of which this cannot be told: where the relation is not a column of their own table.
    """
    told = {one.code: column for one in related if (column := _column(record_type, one.code, one.by)) is not None}
    if not told:
        return frozenset(one.code for one in related)
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(told.items())), [pk] * len(told))
        found = {code for (code,) in cursor.fetchall()}
    return frozenset(one.code for one in related if one.code not in told or one.code in found)


@functools.lru_cache(maxsize=256)
def _statement(told: tuple[tuple[str, tuple[str, str]], ...]) -> str:
    quote = connection.ops.quote_name
    parts = (
        # Codes come from declarations, never from a request.
        f"SELECT '{code}' WHERE EXISTS (SELECT 1 FROM {quote(table)} WHERE {quote(column)} = %s)"  # noqa: S608
        for code, (table, column) in told
    )
    return " UNION ALL ".join(parts)


def _column(record_type: RecordType, code: str, by: str) -> tuple[str, str] | None:
    """Table and column in which a related record names this one, if it does so itself."""
    kind = find(code)
    field = kind.field(by) if kind else None
    if kind is None or field is None or "__" in field.path:
        return None
    link = kind.model._meta.get_field(field.path)
    if getattr(link, "related_model", None) is not record_type.model or not hasattr(link, "column"):
        return None
    return kind.model._meta.db_table, str(link.column)
