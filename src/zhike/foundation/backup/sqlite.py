"""A SQLite base as one member: the file as the online backup leaves it, one moment of it, beside all writers."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from zhike.foundation.backup.container import PIECE_BYTES, Broken, Member, Writer

MEMBER = "database.sqlite3"


def base() -> Path:
    """The file of the base."""
    return Path(connection.settings_dict["NAME"])


def dump(writer: Writer, scratch: Path) -> dict[str, int]:
    """Write the base into ``writer``; returns rows by table. ``scratch`` is an unused file name on the same disk."""
    try:
        with closing(sqlite3.connect(base(), timeout=60)) as source, closing(sqlite3.connect(scratch)) as copy:
            source.backup(copy)  # all pages in one step: a writer beside it neither waits nor makes it begin anew
            copy.execute("PRAGMA journal_mode=DELETE")
            counts = row_counts(copy)
        writer.begin({"name": MEMBER, "kind": "database"})
        with scratch.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                writer.data(piece)
        writer.end(rows=sum(counts.values()))
    finally:
        for left in (scratch, *(scratch.with_name(scratch.name + end) for end in ("-wal", "-shm", "-journal"))):
            left.unlink(missing_ok=True)
    return counts


def row_counts(database: sqlite3.Connection) -> dict[str, int]:
    """Rows by table, without what the search engine keeps for itself."""
    tables = [
        name
        for _schema, name, kind, *_ in database.execute("PRAGMA table_list").fetchall()
        if kind == "table" and not name.startswith("sqlite_")
    ]
    return {t: database.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in sorted(tables)}  # noqa: S608 - names that SQLite told


def migrations_applied() -> list[tuple[str, str]]:
    """What the base knows of migrations; empty for one without tables."""
    with closing(sqlite3.connect(base())) as database:
        known = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone()
        return database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall() if known else []


def load(members: Iterator[Member], _plan: dict[str, Any]) -> Iterator[Member]:
    """Read the base beside the standing one; members that are not of the base go on to the caller.

    :func:`put_in_place` makes it the base once everything was read and found whole.
    """
    for member in members:
        if member.about.get("name") != MEMBER:
            yield member
            continue
        with os.fdopen(os.open(_arriving(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for data in member.data:
                file.write(data)
            file.flush()
            os.fsync(file.fileno())


def arrived() -> dict[str, int]:
    """Rows by table of what arrived. Raises Broken where SQLite itself finds it damaged."""
    with closing(sqlite3.connect(_arriving())) as database:
        if database.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise Broken("database")
        return row_counts(database)


def put_in_place(keep_as: str) -> None:
    """Make what arrived the base; the standing one is kept under ``keep_as``, if that is given."""
    for end in ("", "-wal", "-shm"):
        old = base().with_name(base().name + end)
        if old.exists() and keep_as:
            old.rename(base().with_name(keep_as + end))
        old.unlink(missing_ok=True)
    _arriving().replace(base())


def give_up() -> None:
    """Remove what arrived in part."""
    _arriving().unlink(missing_ok=True)


def _arriving() -> Path:
    return base().with_name(base().name + ".arriving")
