"""At most one night at a time, also when the last one was killed: the lock dies with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_noop as _
from psycopg.errors import LockNotAvailable

from zhike.foundation.kit.refusals import Refusal

_ADVISORY_KEY = 7_126_531_904  # any number nobody else uses in this database
# A server notices a moment late that a client was killed, and later when it has a statement to end: so long the next
# night waits for the lock of a dead one before it says that another is running.
_PATIENCE_S = 10


class NightBusy(Refusal):
    """Another process is doing a night."""

    code = "night_busy"
    sentence = _("A night is already running. Wait until it has finished, then start again.")


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of the machine and, on PostgreSQL, of the database. Raises NightBusy."""
    path = settings.HOME / "night.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NightBusy from None
        if not _database_lock():
            raise NightBusy
        try:
            yield
        finally:
            _database_unlock()


def _database_lock() -> bool:
    if connection.vendor != "postgresql":
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'")
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_KEY])
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


def _database_unlock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_KEY])
