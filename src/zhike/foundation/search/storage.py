"""The index structures that Django does not know: GIN on PostgreSQL, FTS5 on SQLite.

SQLite 3.40 has no contentless FTS5 table that can delete, so the FTS5 table takes its content from ``search_document``,
and triggers keep it in step. A migration that rebuilds ``search_document`` on SQLite drops the triggers: call
:func:`install` again in it.
"""

from __future__ import annotations

from typing import Any


def install(connection: Any) -> None:
    """Create index and triggers over an existing table."""
    _run(connection, _POSTGRES_UP if connection.vendor == "postgresql" else _SQLITE_UP)


def remove(connection: Any) -> None:
    """Drop what :func:`install` made."""
    _run(connection, _POSTGRES_DOWN if connection.vendor == "postgresql" else _SQLITE_DOWN)


def settle(connection: Any) -> None:
    """After a large write: bring the index into the form in which it is read fastest, and tell PostgreSQL's planner how
    common tokens are once the table has grown by half; smaller growth is left to autovacuum."""
    if connection.vendor != "postgresql":
        return  # FTS5 merges as it goes
    _run(connection, ["SELECT gin_clean_pending_list('search_document_grams')"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(oid) > 1.5 * greatest(relpages, 1) * current_setting('block_size')::int"
            " FROM pg_class WHERE oid = 'search_document'::regclass"
        )
        if cursor.fetchone()[0]:
            cursor.execute("ANALYZE search_document")


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_POSTGRES_UP = [
    # The planner has to know how common a token is: it decides between index and scan.
    "ALTER TABLE search_document ALTER COLUMN grams SET STATISTICS 500",
    # New documents wait in a list that every search reads through: short enough not to be felt, and emptied in one go.
    "CREATE INDEX search_document_grams ON search_document USING gin (grams)"
    " WITH (fastupdate = on, gin_pending_list_limit = 1024)",
]
_POSTGRES_DOWN = ["DROP INDEX search_document_grams"]
_OLD = "INSERT INTO search_fts (search_fts, rowid, grams) VALUES ('delete', old.id, old.grams);"
_NEW = "INSERT INTO search_fts (rowid, grams) VALUES (new.id, new.grams);"
_SQLITE_UP = [
    "CREATE VIRTUAL TABLE search_fts USING fts5(grams, content='search_document', content_rowid='id',"
    " detail=none, columnsize=0, tokenize=\"ascii tokenchars '^#$'\")",
    f"CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN {_NEW} END",
    f"CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN {_OLD} END",
    f"CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN {_OLD} {_NEW} END",
]
_SQLITE_DOWN = [
    "DROP TRIGGER search_document_added",
    "DROP TRIGGER search_document_removed",
    "DROP TRIGGER search_document_changed",
    "DROP TABLE search_fts",
]
