"""A PostgreSQL base as a member a table: COPY in one snapshot, and back into the schema that our migrations make.

No client tools are needed, and the server may be of another version than the one that was backed up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import Connection, sql

from zhike.foundation.backup.container import Member, Writer

_TABLES = """SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c
 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"


def dump(writer: Writer) -> tuple[dict[str, int], dict[str, int]]:
    """Write all tables as one moment saw them; returns rows by table, and the sequences."""
    counts: dict[str, int] = {}
    with _own_connection() as server:
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = server.execute(_TABLES).fetchall()
        for table, columns in tables:
            writer.begin({"name": f"table/{table}", "kind": "table", "table": table, "columns": columns})
            command = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _names(columns))
            with server.cursor() as cursor:
                with cursor.copy(command) as copy:
                    for data in copy:
                        writer.data(bytes(data))
                counts[table] = cursor.rowcount
            writer.end(rows=counts[table])
        sequences = {name: value for name, value in server.execute(_SEQUENCES).fetchall() if value is not None}
    return counts, sequences


def migrations_applied() -> list[tuple[str, str]]:
    """What the base knows of migrations; empty for one without tables."""
    with _own_connection() as server:
        if server.execute("SELECT to_regclass('django_migrations')").fetchall() == [(None,)]:
            return []
        return server.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()


def build_schema(plan: dict[str, Any]) -> None:
    """Bring the empty base to the schema that the backup had."""
    executor = MigrationExecutor(connection)
    recorded = {(app, name) for app, name in plan["migrations"]}
    known = [key for key in recorded if key in executor.loader.graph.nodes]
    nodes = executor.loader.graph.node_map
    followed = {p.key for key in known for p in nodes[key].parents if p.key[0] == key[0]}
    executor.migrate(sorted(set(known) - followed))


def has_foreign_tables() -> bool:
    """Whether there are tables, and none that says that they are ours."""
    with _own_connection() as server:
        has_tables = bool(server.execute(_TABLES).fetchall())
    return has_tables and not any(app == "access" for app, _ in migrations_applied())


def empty() -> None:
    """Drop every table; what stood there was kept before."""
    with _own_connection() as server:
        tables = [table for table, _ in server.execute(_TABLES).fetchall()]
        if tables:
            server.execute(sql.SQL("DROP TABLE {} CASCADE").format(_names(tables)))


@contextmanager
def loading() -> Iterator[Connection[Any]]:
    """One transaction in which tables are filled: emptied first, without triggers, references checked at the end."""
    with _own_connection() as server:
        tables = [table for table, _ in server.execute(_TABLES).fetchall()]
        for table in tables:
            server.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        server.execute(sql.SQL("TRUNCATE {}").format(_names(tables)))
        yield server
        server.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            server.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def load(server: Connection[Any], members: Iterator[Member], counts: dict[str, int]) -> Iterator[Member]:
    """Fill the tables and note their rows in ``counts``; members that are no tables go on to the caller."""
    for member in members:
        if member.about.get("kind") != "table":
            yield member
            continue
        table, columns = member.about["table"], member.about["columns"]
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
        with server.cursor() as cursor:
            with cursor.copy(command) as copy:
                for data in member.data:
                    copy.write(data)
            counts[table] = cursor.rowcount


def set_sequences(server: Connection[Any], sequences: dict[str, int]) -> None:
    """Let numbers go on where they were."""
    for name, value in sequences.items():
        server.execute("SELECT setval(quote_ident(%s)::regclass, %s)", [name, value])


def _names(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


@contextmanager
def _own_connection() -> Iterator[Connection[Any]]:
    """A connection beside Django's, in one transaction: what somebody else has open must not leak into it."""
    wanted = connection.get_connection_params()
    wanted.pop("cursor_factory", None)
    wanted.pop("context", None)
    with Connection.connect(**wanted) as server:
        yield server
