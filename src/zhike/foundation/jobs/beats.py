"""The heartbeat of workers."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket

from django.db.models import QuerySet

from zhike.foundation import policies
from zhike.foundation.jobs.models import WorkerBeat
from zhike.foundation.jobs.policy import WorkerPolicy
from zhike.foundation.kit import clock

# A worker that has not been heard of for three beats is taken for dead.
_BEATS_MISSED = 3


def new_worker() -> str:
    """A name for a worker, unlike any other's."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def beat(worker: str) -> None:
    """Note that ``worker`` lives."""
    now = clock.now()
    known = WorkerBeat.objects.filter(worker=worker).update(seen_at=now)
    if not known:
        WorkerBeat.objects.create(worker=worker, host=socket.gethostname()[:80], process=os.getpid(), seen_at=now)


def leave(worker: str) -> None:
    """Note that ``worker`` went home."""
    WorkerBeat.objects.filter(worker=worker).delete()


def is_worker_alive(now: dt.datetime | None = None) -> bool:
    """Whether any worker gave a sign of life within the last three beats."""
    return _alive(now).exists()


def alive_count(now: dt.datetime | None = None) -> int:
    """How many workers gave a sign of life within the last three beats."""
    return _alive(now).count()


def _alive(now: dt.datetime | None) -> QuerySet[WorkerBeat]:
    seconds = policies.current().get(WorkerPolicy).beat_seconds * _BEATS_MISSED
    since = (now or clock.now()) - dt.timedelta(seconds=seconds)
    return WorkerBeat.objects.filter(seen_at__gte=since)
