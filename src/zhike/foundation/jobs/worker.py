"""The worker: brings events to their subscribers, ticks, and runs jobs, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connections

from zhike.foundation import outbox, policies
from zhike.foundation.jobs import beats, runs
from zhike.foundation.jobs.policy import WorkerPolicy
from zhike.foundation.jobs.registry import Tick, jobs, ticks
from zhike.foundation.kit import clock
from zhike.foundation.outbox import dispatch
from zhike.foundation.outbox.publishing import news

log = logging.getLogger(__name__)
_JOB_LANES = 2
_PAUSE_AFTER_FAULT_SECONDS = 1.0
_FAREWELL_SECONDS = 10.0


def run(stop: threading.Event) -> None:
    """Work until ``stop`` is set. Several workers may run, in one process or many, on the same database.

    What is in hand when ``stop`` comes is finished within ten seconds; what is not is taken over by another worker.
    """
    worker = beats.new_worker()
    beats.beat(worker)
    lanes = [
        _lane("beat", stop, lambda: _beat(worker), pause=lambda: _numbers().beat_seconds),
        _lane("dispatch", stop, lambda: outbox.dispatch_once(worker=worker), pause=_poll, wake=news),
        _lane("ticks", stop, _Ticker(ticks()).step, pause=_poll),
        _lane("slots", stop, _Slots().step, pause=_poll),
        *(_lane(f"jobs-{n}", stop, lambda: _work(worker), pause=_poll) for n in range(_JOB_LANES)),
    ]
    for lane in lanes:
        lane.start()
    stop.wait()
    news.set()
    until = time.monotonic() + _FAREWELL_SECONDS
    for lane in lanes:
        lane.join(max(until - time.monotonic(), 0))
    beats.leave(worker)
    connections.close_all()


def _numbers() -> WorkerPolicy:
    return policies.current().get(WorkerPolicy)


def _poll() -> float:
    return _numbers().poll_seconds


def _beat(worker: str) -> None:
    beats.beat(worker)
    dispatch.extend_leases(worker)
    runs.extend_leases(worker)


def _work(worker: str) -> int:
    claimed = runs.claim_next(worker)
    if claimed is None:
        return 0
    runs.execute(claimed, worker)
    return 1


class _Slots:
    """Puts due times into the table as they come; remembers the last of each job, to ask the database once."""

    def __init__(self) -> None:
        self._last: dict[str, dt.datetime | None] = {}

    def step(self) -> None:
        for declared in jobs().values():
            schedule = declared.schedule()
            due = schedule.slot(clock.now()) if schedule is not None else None
            if due != self._last.get(declared.name):
                runs.enter_slot(declared)
                self._last[declared.name] = due


class _Ticker:
    """Calls each tick when its time has come."""

    def __init__(self, known: list[Tick]) -> None:
        self._next = dict.fromkeys(known, 0.0)

    def step(self) -> None:
        for tick, due in list(self._next.items()):
            if time.monotonic() >= due:
                self._next[tick] = time.monotonic() + tick.every.total_seconds()
                _guarded(tick.name, tick.handler)


def _lane(
    name: str,
    stop: threading.Event,
    step: Callable[[], int | None],
    *,
    pause: Callable[[], float],
    wake: threading.Event | None = None,
) -> threading.Thread:
    """A thread that repeats ``step``, pausing when there was nothing to do; ``wake`` ends a pause early."""

    def loop() -> None:
        while not stop.is_set():
            close_old_connections()
            if not _guarded(name, step):
                _rest(stop, wake, _guarded(name, pause) or _PAUSE_AFTER_FAULT_SECONDS)
        connections.close_all()

    return threading.Thread(target=loop, name=f"zhike-{name}", daemon=True)


def _rest(stop: threading.Event, wake: threading.Event | None, seconds: float) -> None:
    if wake is None:
        stop.wait(seconds)
        return
    wake.wait(seconds)
    wake.clear()


def _guarded(name: str, step: Callable[[], object]) -> object:
    """Call ``step``; a fault is logged and the lane goes on after a pause."""
    try:
        return step()
    except Exception:
        log.exception("worker lane %s failed", name)
        connections.close_all()
        return None
