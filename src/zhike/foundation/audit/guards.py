"""Triggers that refuse to change or remove what is written, and that queue each entry for the sealer.

They stop mistakes and the application's own account; somebody who may drop triggers is found by the chain.
"""

from __future__ import annotations

from typing import Any

_TABLES = ("audit_entry", "audit_batch_item", "audit_seal")


def install(connection: Any) -> None:
    """Create the triggers."""
    _run(connection, _POSTGRES_UP if connection.vendor == "postgresql" else _SQLITE_UP)


def remove(connection: Any) -> None:
    """Drop the triggers: for the reversal of the migration, and for the emptying of test databases."""
    _run(connection, _POSTGRES_DOWN if connection.vendor == "postgresql" else _SQLITE_DOWN)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_SQLITE_UP = [
    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in _TABLES
    for verb in ("update", "delete")
] + [
    "CREATE TRIGGER audit_entry_queue AFTER INSERT ON audit_entry "
    "BEGIN INSERT INTO audit_unsealed (entry_id) VALUES (new.id); END"
]
_SQLITE_DOWN = [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table in _TABLES for verb in ("update", "delete")] + [
    "DROP TRIGGER IF EXISTS audit_entry_queue"
]
_POSTGRES_UP = [
    """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE OR REPLACE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit_unsealed (entry_id) VALUES (NEW.id); RETURN NULL; END $$""",
    "CREATE TRIGGER audit_entry_queue AFTER INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_queue()",
] + [
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    for table in _TABLES
]
_POSTGRES_DOWN = [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in _TABLES] + [
    "DROP TRIGGER IF EXISTS audit_entry_queue ON audit_entry",
    "DROP FUNCTION IF EXISTS audit_queue()",
    "DROP FUNCTION IF EXISTS audit_refuse()",
]
