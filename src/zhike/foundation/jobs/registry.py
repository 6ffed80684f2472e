"""What the worker knows: jobs with their schedules, and the short things it does again and again. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from zhike.foundation.jobs.schedule import Schedule, parsed

Timing = dt.timedelta | str
Handler = Callable[..., Any]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True)
class Job:
    """A declared job. Without ``every`` it runs only when somebody asks for it."""

    name: str
    handler: Handler
    every: Timing | Callable[[], Timing] | None
    title: Any
    tries_max: int | None
    alone: bool

    def schedule(self) -> Schedule | None:
        """When it is due; asked anew each time where a policy says so."""
        every = self.every() if callable(self.every) else self.every
        return None if every is None else parsed(every)


@dataclass(frozen=True)
class Tick:
    """A short thing that every worker does, so far apart. It must bear being done by two at once."""

    name: str
    every: dt.timedelta
    handler: Callable[[], Any]


_JOBS: dict[str, Job] = {}
_TICKS: dict[str, Tick] = {}


def job(
    name: str,
    *,
    every: Timing | Callable[[], Timing] | None = None,
    title: Any = "",
    tries_max: int | None = None,
    alone: bool = True,
) -> Callable[[H], H]:
    """Let the worker call the decorated function at each due time, in exactly one of all workers.

    ``every`` is a timedelta, the five fields of cron in local time, or a function that takes one of them from a
    policy. The function gets a ``Work``: arguments, progress, and pieces that are not done twice. After a crash
    it is called again for the same due time, so it is written to be repeated. ``alone=False`` lets several runs
    of it go at once.
    """

    def register(handler: H) -> H:
        known = _JOBS.get(name)
        if known is not None and _place(known.handler) != _place(handler):
            raise ValueError(f"there is a job named {name} already")
        _JOBS[name] = Job(name, handler, every, title or name, tries_max, alone)
        return handler

    return register


def tick(name: str, every: dt.timedelta) -> Callable[[H], H]:
    """Let every worker call the decorated function so far apart: for things that take well under a second."""

    def register(handler: H) -> H:
        _TICKS[name] = Tick(name, every, handler)
        return handler

    return register


def jobs() -> dict[str, Job]:
    """All declared jobs by name."""
    return dict(_JOBS)


def ticks() -> list[Tick]:
    """All declared ticks."""
    return list(_TICKS.values())


def _place(handler: Handler) -> tuple[str, str]:
    return (getattr(handler, "__module__", ""), getattr(handler, "__qualname__", repr(handler)))
