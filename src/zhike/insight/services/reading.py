"""Reading tables of the database as Arrow, as of one moment, past the ORM.

PostgreSQL is read by ADBC. SQLite is read by Python's own module, never by another copy of the SQLite library in the
same process: two copies do not know of each other's locks, and when the second one closes the file, it takes away the
write-ahead log into which Django's connection goes on writing (sqlite.org/howtocorrupt.html, section 2.2.1).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import quote

import pyarrow as pa
from django.db import connection

_ROWS = 100_000


class Reader(Protocol):
    """Answers queries, all as of the moment of the first."""

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of ``query`` in pieces."""
        ...


@contextmanager
def reader() -> Iterator[Reader]:
    """A connection of its own to the database that Django uses."""
    if connection.vendor == "postgresql":
        import adbc_driver_postgresql.dbapi as postgresql

        with postgresql.connect(_uri(connection.settings_dict)) as database:
            yield _Postgresql(database)
        return
    database = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    try:
        database.execute("PRAGMA query_only = ON")
        database.execute("BEGIN")
        yield _Sqlite(database)
    finally:
        database.close()


class _Postgresql:
    def __init__(self, database: Any) -> None:
        self._database = database
        with database.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        with self._database.cursor() as cursor:
            cursor.execute(query)
            yield from cursor.fetch_record_batch()


class _Sqlite:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        cursor = self._database.execute(query)
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(_ROWS):
            columns = [pa.array(values) for values in zip(*rows, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, names=names)


def _uri(settings: Mapping[str, Any]) -> str:
    parts = {"user": settings["USER"], "password": settings["PASSWORD"], "host": settings["HOST"]}
    parts["port"] = settings["PORT"]
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in parts.items() if value)
    return f"postgresql:///{quote(str(settings['NAME']), safe='')}?{query}"
