"""Working time by the calendar and the working hours in force."""

from __future__ import annotations

import datetime as dt

from zhike.foundation import policies
from zhike.foundation.calendar import rules
from zhike.foundation.calendar.days import calendar_now
from zhike.foundation.calendar.policy import WorkingTimePolicy
from zhike.foundation.calendar.rules import Hours, Moment
from zhike.foundation.kit import clock


def plan(start: dt.datetime, *, hours: float | None = None, days: float | None = None) -> Moment:
    """When ``hours`` or ``days`` of working time have passed since ``start``, and whether that is certain.

    The working hours are those in force at ``start``. Raises ValueError unless exactly one amount is given.
    """
    if (hours is None) == (days is None):
        raise ValueError("say hours or days")
    spans, calendar, began = hours_at(start), calendar_now(), clock.local(start)
    if hours is not None:
        return rules.add_hours(began, dt.timedelta(hours=hours), spans, calendar)
    return rules.add_days(began, days or 0, spans, calendar)


def add_working(start: dt.datetime, *, hours: float | None = None, days: float | None = None) -> dt.datetime:
    """The moment at which ``hours`` or ``days`` of working time have passed since ``start``."""
    return plan(start, hours=hours, days=days).at


def working_hours_between(start: dt.datetime, end: dt.datetime) -> float:
    """Hours of working time from ``start`` to ``end``."""
    passed = rules.between(clock.local(start), clock.local(end), hours_at(start), calendar_now())
    return passed / dt.timedelta(hours=1)


def hours_at(moment: dt.datetime) -> Hours:
    """The working hours in force at ``moment``. Raises NoWorkingTime when they are empty."""
    numbers = policies.current(moment).get(WorkingTimePolicy)
    return Hours.of(numbers.opens_at, numbers.closes_at, numbers.lunch_from, numbers.lunch_to)
