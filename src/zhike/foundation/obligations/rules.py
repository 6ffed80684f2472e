"""Due times, reminders and periods. Pure: working time comes as an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from zhike.foundation.kit import clock

_HOURS_UNITS = {"minutes": 1 / 60, "hours": 1.0}
_LAST_SECOND = dt.timedelta(seconds=1)


class Moment(Protocol):
    """A moment in working time, and whether the calendar on the way there is settled."""

    @property
    def at(self) -> dt.datetime: ...

    @property
    def is_confirmed(self) -> bool: ...


class Working(Protocol):
    """Working time: what ``zhike.foundation.calendar`` offers."""

    def plan(self, start: dt.datetime, *, hours: float | None = None, days: float | None = None) -> Moment: ...

    def working_hours_between(self, start: dt.datetime, end: dt.datetime) -> float: ...


@dataclass(frozen=True)
class Due:
    """When a duty is due; ``is_certain`` is False when working time runs into a year that is not settled."""

    at: dt.datetime
    is_certain: bool = True


def due_of(start: dt.datetime | dt.date, amount: float, unit: str, clock_kind: str, working: Working) -> Due:
    """``amount`` of ``unit`` after ``start``.

    A start that is a day rather than a moment gives the last second of the due day: 30 June and 7 days is all of
    7 July.
    """
    if not isinstance(start, dt.datetime):
        on = due_of(clock.start_of(start), amount, unit, clock_kind, working)
        last = clock.start_of(clock.local(on.at).date() + dt.timedelta(days=1)) - _LAST_SECOND
        return Due(last, on.is_certain)
    if unit == "working_days" or (clock_kind == "working" and unit == "days"):
        planned = working.plan(start, days=amount)
        return Due(planned.at, planned.is_confirmed)
    if clock_kind == "working" and unit in _HOURS_UNITS:
        planned = working.plan(start, hours=amount * _HOURS_UNITS[unit])
        return Due(planned.at, planned.is_confirmed)
    return Due(_elapsed(start, amount, unit))


def _elapsed(start: dt.datetime, amount: float, unit: str) -> dt.datetime:
    if unit in _HOURS_UNITS:
        return start + dt.timedelta(hours=amount * _HOURS_UNITS[unit])
    if unit == "days":
        return start + dt.timedelta(days=amount)
    months = int(amount) * (12 if unit == "years" else 1)
    local = clock.local(start)
    return local.combine(clock.months_before(local.date(), -months), local.timetz())


def remind_of(start: dt.datetime, due: dt.datetime, ratio: float, clock_kind: str, working: Working) -> dt.datetime:
    """When ``ratio`` of the time has passed."""
    if clock_kind == "working":
        hours = working.working_hours_between(start, due) * ratio
        return min(working.plan(start, hours=hours).at, due)
    return start + (due - start) * ratio


@dataclass(frozen=True)
class Period:
    """A span of a rhythm: ``key`` names it (2026-W47, 2026-Q4), ``end`` is the first day after it."""

    key: str
    start: dt.date
    end: dt.date


def period_of(rhythm: str, day: dt.date) -> Period:
    """The period of ``rhythm`` in which ``day`` lies. Weeks begin on Monday and are numbered by ISO 8601."""
    return _PERIODS[rhythm](day)


def _daily(day: dt.date) -> Period:
    return Period(day.isoformat(), day, day + dt.timedelta(days=1))


def _weekly(day: dt.date) -> Period:
    year, week, weekday = day.isocalendar()
    monday = day - dt.timedelta(days=weekday - 1)
    return Period(f"{year}-W{week:02d}", monday, monday + dt.timedelta(days=7))


def _months(length: int, letter: str) -> Callable[[dt.date], Period]:
    def period(day: dt.date) -> Period:
        number = (day.month - 1) // length
        first = dt.date(day.year, number * length + 1, 1)
        name = f"{day.year}-{number + 1:02d}" if length == 1 else f"{day.year}-{letter}{number + 1}"
        return Period(name if length < 12 else str(day.year), first, clock.months_before(first, -length))

    return period


_PERIODS: dict[str, Callable[[dt.date], Period]] = {
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _months(1, ""),
    "quarterly": _months(3, "Q"),
    "half_yearly": _months(6, "H"),
    "yearly": _months(12, ""),
}
