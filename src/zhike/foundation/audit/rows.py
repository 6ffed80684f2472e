"""Entries as the chain sees them, read in large pieces.

Below the ORM: a full verification reads every row there is, and Django's conversions would take three quarters of it.
What comes out is the same on both databases: moments as UTC text to the microsecond, identifiers as
text, truth as truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from zhike.foundation.audit.canonical import AT, COLUMNS, IS_SYSTEM, OBJECT_UID


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal with its entry; ``row`` is None where the entry is gone. ``mac`` and ``sealed_at`` as they stand."""

    seq: int
    entry_id: int
    sealed_at: str
    mac: bytes
    row: list[Any] | None


def sealed(after: int, last: int, piece: int) -> Iterator[list[Sealed]]:
    """All seals with ``after < seq <= last`` and their entries in the order of the chain, ``piece`` at a time."""
    sql = (
        f"SELECT s.seq, s.entry_id, {_as_text('s', 'sealed_at')}, s.mac, {_columns()} FROM audit_seal s"  # noqa: S608
        " LEFT JOIN audit_entry e ON e.id = s.entry_id WHERE s.seq > %s AND s.seq <= %s ORDER BY s.seq LIMIT %s"
    )
    while True:
        found = [
            Sealed(row[0], row[1], _moment(row[2]), bytes(row[3]), None if row[4] is None else _canonical(row[4:]))
            for row in _fetched(sql, [after, last, piece])
        ]
        if not found:
            return
        yield found
        after = found[-1].seq


def waiting(after: int, limit: int) -> list[list[Any]]:
    """Entries in the sealer's queue above ``after``, lowest number first; a number whose entry is gone is left out."""
    sql = (
        f"SELECT {_columns()} FROM audit_unsealed u JOIN audit_entry e ON e.id = u.entry_id"  # noqa: S608
        " WHERE u.entry_id > %s ORDER BY u.entry_id LIMIT %s"
    )
    return [_canonical(row) for row in _fetched(sql, [after, limit])]


def _fetched(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()  # type: ignore[no-any-return]


def _columns() -> str:
    return ", ".join(_as_text("e", name) if name in ("at", "object_uid") else f"e.{name}" for name in COLUMNS)


def _as_text(table: str, column: str) -> str:
    """The column as text made by the database, without the conversions of the driver."""
    if connection.vendor != "postgresql":
        return f"{table}.{column} || ''"
    if column == "object_uid":
        return f"{table}.{column}::text"
    return f"to_char({table}.{column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"


def _canonical(row: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    values[AT] = _moment(values[AT])
    values[IS_SYSTEM] = bool(values[IS_SYSTEM])
    uid = values[OBJECT_UID]
    if uid is not None and len(uid) == 32:  # SQLite keeps 32 hexadecimal digits
        values[OBJECT_UID] = f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"
    return values


def _moment(stored: str) -> str:
    """SQLite keeps ``2026-11-21 08:30:00.000001`` in UTC, and leaves the fraction out when it is zero."""
    if stored[10] == "T":
        return stored
    return f"{stored[:10]}T{stored[11:] if len(stored) == 26 else stored[11:19] + '.000000'}+00:00"
