"""When a rule with a time is due next. Pure; local times of the enterprise."""

from __future__ import annotations

import datetime as dt
import re

from zhike.automate.rules.definition import SCHEDULE, WEEKLY, Definition

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_WEEK = 7


def time_of(text: str) -> dt.time:
    """``09:30`` as a time. Raises ValueError."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return dt.time(int(found[1]), int(found[2]))


def next_after(definition: Definition, moment: dt.datetime) -> dt.datetime:
    """The first due time after ``moment``, which is local; dates are looked at once a day."""
    at = time_of(definition.at)
    due = dt.datetime.combine(moment.date(), at, tzinfo=moment.tzinfo)
    is_weekly = definition.kind == SCHEDULE and definition.rhythm == WEEKLY
    while due <= moment or (is_weekly and due.weekday() != definition.weekday % _WEEK):
        due = dt.datetime.combine(due.date() + dt.timedelta(days=1), at, tzinfo=moment.tzinfo)
    return due


def day_of(definition: Definition, slot: dt.date) -> dt.date:
    """Whose date it is on ``slot``: with 30 days before, the records whose date is 30 days later."""
    return slot - dt.timedelta(days=definition.days)


def due_times(definition: Definition, since: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """All due times from ``since`` to ``until``."""
    found = []
    moment = since
    while (moment := next_after(definition, moment)) <= until:
        found.append(moment)
    return found
