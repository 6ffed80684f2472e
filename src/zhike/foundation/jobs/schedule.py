"""When a job is due. Pure: a schedule turns a moment into the due time it belongs to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from zhike.foundation.kit import clock

_EPOCH = dt.datetime(2000, 1, 1, tzinfo=clock.ZONE)
_MINUTE = dt.timedelta(minutes=1)
# 29 February comes after eight years at the latest.
_LOOK_BACK_DAYS = 8 * 366 + 1


class Schedule(Protocol):
    """A rhythm. ``runs_at_once`` says that the first slot of a new installation runs without waiting."""

    @property
    def runs_at_once(self) -> bool: ...

    def slot(self, now: dt.datetime) -> dt.datetime | None:
        """The last due time not later than ``now``."""


@dataclass(frozen=True)
class Every:
    """Again and again, so much time apart, counted from a fixed moment so that all workers agree."""

    apart: dt.timedelta
    runs_at_once: bool = True

    def slot(self, now: dt.datetime) -> dt.datetime | None:
        return _EPOCH + (now - _EPOCH) // self.apart * self.apart


@dataclass(frozen=True)
class Cron:
    """Minute, hour, day, month and weekday (0 is Sunday) in local time, as in ``30 2 * * 1-5``.

    A day matches when both day and weekday match; lists, ranges and steps are understood, names are not.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    runs_at_once: bool = False

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read five fields. Raises ValueError naming the one that cannot be read."""
        fields = text.split()
        if len(fields) != len(_LIMITS):
            raise ValueError(f"{text!r}: five fields are needed, minute hour day month weekday")
        minutes, hours, days, months, weekdays = (
            _field(field, low, high) for field, (low, high) in zip(fields, _LIMITS, strict=True)
        )
        return cls(minutes, hours, days, months, frozenset(day % 7 for day in weekdays))

    def slot(self, now: dt.datetime) -> dt.datetime | None:
        local = clock.local(now)
        day, latest = local.date(), local.time()
        for _ in range(_LOOK_BACK_DAYS):
            if self._is_on(day):
                for hour in sorted(self.hours, reverse=True):
                    for minute in sorted(self.minutes, reverse=True):
                        if dt.time(hour, minute) <= latest:
                            return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=clock.ZONE)
            day, latest = day - dt.timedelta(days=1), dt.time.max
        return None

    def _is_on(self, day: dt.date) -> bool:
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays


_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def _field(text: str, low: int, high: int) -> frozenset[int]:
    chosen: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            start, end = (low, high) if span == "*" else (int(first), int(last) if dash else int(first))
            if step and not dash and span != "*":
                end = high
            if not (low <= start <= end <= high):
                raise ValueError
            chosen.update(range(start, end + 1, int(step or 1)))
        except ValueError as fault:
            raise ValueError(f"{text!r} is not a field between {low} and {high}") from fault
    return frozenset(chosen)


def parsed(every: dt.timedelta | str) -> Schedule:
    """A schedule from a distance in time or the five fields of cron."""
    if isinstance(every, str):
        return Cron.parse(every)
    if every < _MINUTE / 60:
        raise ValueError("a job runs every second at most")
    return Every(every)
