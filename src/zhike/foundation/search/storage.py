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
    """After a large write: bring the index into the form in which it is read fastest, and tell the planner."""
    if connection.vendor == "postgresql":
        _run(connection, ["SELECT gin_clean_pending_list('search_document_grams')", "ANALYZE search_document"])
    else:
        _run(connection, ["INSERT INTO search_fts (search_fts, rank) VALUES ('merge', 500)"])


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_POSTGRES_UP = [
    # The planner has to know how common a token is: it decides between index and scan.
    "ALTER TABLE search_document ALTER COLUMN grams SET STATISTICS 500",
    "CREATE INDEX search_document_grams ON search_document USING gin (grams) WITH (fastupdate = on)",
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
