"""At most one night at a time, also when the last one was killed: the lock dies with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal

_ADVISORY_KEY = 7_126_531_904  # any number nobody else uses in this database


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
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_KEY])
        return bool(cursor.fetchone()[0])


def _database_unlock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_KEY])
