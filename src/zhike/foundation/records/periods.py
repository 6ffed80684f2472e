"""Stretches of time that move with the day: the last 30 days, the next two quarters, this month. Pure."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext

from zhike.foundation.kit import clock, typed

UNITS = ("days", "weeks", "months", "quarters", "years")
CALENDAR = ("week", "month", "quarter", "year")
_MONTHS = {"months": 1, "quarters": 3, "years": 12}
_MOST = 9_999


def shifted(day: dt.date, count: int, unit: str) -> dt.date:
    """``day`` moved by ``count`` units, back where it is negative. Raises ValueError with a sentence."""
    try:
        if unit in _MONTHS:
            return typed.within(clock.months_before(day, -count * _MONTHS[unit]))
        return typed.within(day + dt.timedelta(days=count * (7 if unit == "weeks" else 1)))
    except (ValueError, OverflowError):
        raise ValueError(gettext("This reaches too far from today.")) from None


def last(today: dt.date, count: int, unit: str) -> tuple[dt.date, dt.date]:
    """From so many units ago until today, both days included."""
    return shifted(today, -count, unit), today


def following(today: dt.date, count: int, unit: str) -> tuple[dt.date, dt.date]:
    """From today until so many units ahead, both days included."""
    return today, shifted(today, count, unit)


def this(today: dt.date, unit: str) -> tuple[dt.date, dt.date]:
    """The calendar week (from Monday), month, quarter or year of ``today``, both ends included."""
    if unit == "week":
        first = today - dt.timedelta(days=today.weekday())
        return first, first + dt.timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = dt.date(today.year, (today.month - 1) // months * months + 1, 1)
    return first, clock.months_before(first, -months) - dt.timedelta(days=1)


def count_of(text: str) -> int:
    """A whole number of units from 1. Raises ValueError with a sentence."""
    found = typed.whole_or_none(text, most=_MOST)
    if not found:
        raise ValueError(gettext("Give a whole number from 1 to %(most)d.") % {"most": _MOST})
    return found
