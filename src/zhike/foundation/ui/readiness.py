"""Checks behind ``/readyz``: each returns "" when all is well, or what is wrong in a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from zhike.foundation import jobs
from zhike.foundation.outbox import parking

_LONGEST_WAIT = dt.timedelta(minutes=15)  # the outbox parks after so long; older than that nobody dispatches


def _worker() -> str:
    return "" if jobs.is_worker_alive() else "no worker has given a sign of life; run zhike worker"


def _outbox() -> str:
    health = parking.health()
    return "" if health.oldest_wait <= _LONGEST_WAIT else f"{health.waiting} deliveries wait too long"


_CHECKS: dict[str, Callable[[], str]] = {"worker": _worker, "outbox": _outbox}


def add(name: str, check: Callable[[], str]) -> None:
    """Have ``/readyz`` ask ``check`` too."""
    _CHECKS[name] = check


def checks() -> Mapping[str, Callable[[], str]]:
    """All checks by name."""
    return dict(_CHECKS)
