"""One after the other: transactions that meet on the same key wait for each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

# Keys of one space share this many locks: a batch of any size stays far below PostgreSQL's table of locks (6,400 by
# default). Two keys in one lock wait for each other without need, and nothing worse.
_SLOTS = 1024
_SOON_MS = 100


def hold(space: int, keys: Iterable[str]) -> None:
    """Hold each of ``keys`` until the transaction ends. Who asks for one meanwhile waits, then sees the outcome.

    ``space`` tells one use from another. SQLite needs no lock: it has one writer at a time, from the start of the
    transaction. Take all keys in one call: two calls of two transactions could wait for each other for ever.
    """
    if connection.vendor != "postgresql":
        return
    slots = sorted(set(map(_slot, keys)))
    if not slots:
        return
    with connection.cursor() as cursor:
        # unnest keeps the order, so two transactions with the same keys take them in the same order.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, slot) FROM unnest(%s::int[]) AS slot", [space, slots])


def share(space: int, key: str) -> None:
    """Keep :func:`hold` of ``key`` waiting until the transaction ends, but not others who share it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [space, _slot(key)])


@contextmanager
def hardly_waiting() -> Iterator[None]:
    """A write in here that finds the one writer of SQLite busy fails soon, not after the usual wait of many seconds.

    For what may be left undone. PostgreSQL has no such queue.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.connection.execute(f"PRAGMA busy_timeout = {_SOON_MS}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {usual}")


def _slot(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()) % _SLOTS
