"""What a database holds besides rows: tables, columns, constraints, indexes, triggers, functions; in no order."""

from __future__ import annotations

import re
from typing import Any

_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
_FUNCTIONS = (
    "SELECT proname, prosrc FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE n.nspname = 'public'"
)

# Django's own link of groups and permissions, which nobody here uses: its migrations number it with 64 bits, its
# models with 32.
_NOT_OURS = {"auth_group_permissions"}


def schema_of(connection: Any) -> dict[str, Any]:
    """By kind and name. Names that the database gave by itself are left out; what they stand for is not."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - _NOT_OURS:
            for column in connection.introspection.get_table_description(cursor, table):
                kept = (column.type_code, column.internal_size, column.precision, column.scale, column.null_ok)
                found["column", table, column.name] = (*kept, column.collation)
            for name, held in connection.introspection.get_constraints(cursor, table).items():
                rule = (held["primary_key"], held["unique"], held["check"], held["index"], held["foreign_key"])
                found["rule", table, tuple(held["columns"] or ()), *_given(name), rule] = held.get("orders")
        for kind, asked in (("trigger", _TRIGGERS), ("index", _INDEXES)):
            cursor.execute(asked[connection.vendor])
            found |= {(kind, name): _plain(text) for name, text in cursor.fetchall()}
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTIONS)
            found |= {("function", name): text for name, text in cursor.fetchall()}
    return found


def _given(name: str) -> tuple[str, ...]:
    return () if re.match(r"__|sqlite_|fk_\d+$|.*_[0-9a-f]{8}", name) else (name,)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
