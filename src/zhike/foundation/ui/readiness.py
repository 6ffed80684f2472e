"""Checks behind ``/readyz``: each returns "" when all is well, "ok: …" to add a word, else what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from zhike.foundation import jobs, search
from zhike.foundation.outbox import parking

LONGEST_WAIT = dt.timedelta(minutes=15)  # the outbox parks after so long; older than that nobody dispatches


_is_migrated = False


def migrations_waiting() -> int:
    """How many migrations of this version the database lacks; once none waits, none will in this process."""
    global _is_migrated
    if _is_migrated:
        return 0
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _is_migrated = not waiting
    return waiting


def _worker() -> str:
    return "" if jobs.is_worker_alive() else "no worker has given a sign of life; run zhike worker"


def _outbox() -> str:
    health = parking.health()
    return "" if health.oldest_wait <= LONGEST_WAIT else f"{health.waiting} deliveries wait too long"


def _search() -> str:
    """A rebuild goes on while the application runs, so it is told and does not make the server unready."""
    found = search.standing()
    if found.is_newer:
        return "the search index was written by a newer version; restart with that version"
    return "" if found.is_current else f"ok: the search index is being rebuilt, {found.share:.0%}"


_CHECKS: dict[str, Callable[[], str]] = {"worker": _worker, "outbox": _outbox, "search": _search}


def add(name: str, check: Callable[[], str]) -> None:
    """Have ``/readyz`` ask ``check`` too."""
    _CHECKS[name] = check


def checks() -> Mapping[str, Callable[[], str]]:
    """All checks by name."""
    return dict(_CHECKS)
