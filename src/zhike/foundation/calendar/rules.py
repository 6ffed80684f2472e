"""Working-time arithmetic over any calendar. Pure: days and hours come as arguments.

Local time throughout: the enterprise's zone has no summer time, so a local day has 24 hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_DAY = dt.timedelta(days=1)
# A calendar without a single working day in this many days is a mistake, not a long holiday.
_SEARCH_LIMIT_DAYS = 400


class NoWorkingTime(ValueError):
    """The calendar or the working day leaves no time to work in."""


class Days(Protocol):
    """Knows which days are worked, and for which years that is settled."""

    def is_workday(self, day: dt.date) -> bool: ...

    def is_confirmed(self, year: int) -> bool: ...


@dataclass(frozen=True)
class Hours:
    """The spans of a working day as offsets from midnight, in order and apart."""

    spans: tuple[tuple[dt.timedelta, dt.timedelta], ...]

    @classmethod
    def of(cls, opens_at: float, closes_at: float, lunch_from: float, lunch_to: float) -> Hours:
        """A day from ``opens_at`` to ``closes_at`` less the break, all as hours after midnight."""
        edges = [(opens_at, min(max(lunch_from, opens_at), closes_at)), (max(lunch_to, opens_at), closes_at)]
        if lunch_to <= lunch_from:
            edges = [(opens_at, closes_at)]
        spans = tuple((dt.timedelta(hours=a), dt.timedelta(hours=b)) for a, b in edges if b > a)
        if not spans:
            raise NoWorkingTime("the working day has no hours")
        return cls(spans)

    @property
    def length(self) -> dt.timedelta:
        """Working time of one day."""
        return sum((end - start for start, end in self.spans), dt.timedelta())


@dataclass(frozen=True)
class Moment:
    """A due time; ``is_confirmed`` is False when the way there crosses a year whose holidays are not settled."""

    at: dt.datetime
    is_confirmed: bool


def add_hours(start: dt.datetime, amount: dt.timedelta, hours: Hours, days: Days) -> Moment:
    """The first moment at which ``amount`` of working time has passed since ``start`` (local, aware).

    With an amount of nothing: ``start`` itself in working time, else the next opening.
    """
    if amount < dt.timedelta():
        raise ValueError("working time runs forward only")
    left = amount
    for opens, closes in _spans_from(start, hours, days):
        begin = max(opens, start)
        if closes - begin >= left:
            return _moment(start, begin + left, days)
        left -= closes - begin
    raise NoWorkingTime("no working day found")


def add_days(start: dt.datetime, count: float, hours: Hours, days: Days) -> Moment:
    """The same time of day, ``count`` working days later; a start outside working time moves to the next opening.

    A part of a day is that part of its working hours.
    """
    if count < 0:
        raise ValueError("working time runs forward only")
    whole, part = divmod(count, 1)
    began = add_hours(start, dt.timedelta(), hours, days).at
    day = began.date()
    for _ in range(int(whole)):
        day = _next_workday(day, days)
    moved = began + (day - began.date())
    at = add_hours(moved, hours.length * part, hours, days).at if part else moved
    return _moment(start, at, days)


def between(start: dt.datetime, end: dt.datetime, hours: Hours, days: Days) -> dt.timedelta:
    """Working time from ``start`` to ``end`` (local, aware); nothing when ``end`` is not later."""
    passed = dt.timedelta()
    day = start.date()
    while day <= end.date():
        if days.is_workday(day):
            for opens, closes in _spans_of(day, start.tzinfo, hours):
                passed += max(min(closes, end) - max(opens, start), dt.timedelta())
        day += _DAY
    return passed


def _spans_from(start: dt.datetime, hours: Hours, days: Days) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Spans of working time that do not end before ``start``, without end."""
    day, idle = start.date(), 0
    while idle <= _SEARCH_LIMIT_DAYS:
        if days.is_workday(day):
            idle = 0
            for opens, closes in _spans_of(day, start.tzinfo, hours):
                if closes >= start:
                    yield opens, closes
        idle += 1
        day += _DAY


def _spans_of(day: dt.date, zone: dt.tzinfo | None, hours: Hours) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    for opens, closes in hours.spans:
        yield midnight + opens, midnight + closes


def _next_workday(day: dt.date, days: Days) -> dt.date:
    for _ in range(_SEARCH_LIMIT_DAYS):
        day += _DAY
        if days.is_workday(day):
            return day
    raise NoWorkingTime("no working day found")


def _moment(start: dt.datetime, at: dt.datetime, days: Days) -> Moment:
    years = range(start.year, at.year + 1)
    return Moment(at, all(days.is_confirmed(year) for year in years))
