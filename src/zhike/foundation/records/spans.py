"""Months and weeks of a calendar: which days they show, and how they are named in addresses. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_MONTH, _WEEK = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"(\d{4})-W(\d{2})")
_YEARS = range(1901, 2199)  # with a margin to what databases and time zones know
ONE_DAY, ONE_WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """A month in whole weeks, or a week: ``first`` to ``last`` are shown, from Monday to Sunday."""

    name: str
    first: dt.date
    last: dt.date
    is_week: bool
    within: dt.date  # a day of the month, the Monday of the week

    @property
    def days(self) -> list[dt.date]:
        """All days shown."""
        return [self.first + ONE_DAY * n for n in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> str:
        """The name of the month or week before."""
        day = (self.within if self.is_week else self.within.replace(day=1)) - ONE_DAY
        return week_of(day) if self.is_week else month_of(day)

    @property
    def after(self) -> str:
        """The name of the month or week after."""
        if self.is_week:
            return week_of(self.within + ONE_WEEK)
        return month_of(self.within.replace(day=28) + ONE_DAY * 4)

    def is_outside(self, day: dt.date) -> bool:
        """Whether the day only fills up the first or last week of the month."""
        return not self.is_week and day.month != self.within.month


def month_of(day: dt.date) -> str:
    """``2026-11``."""
    return f"{day:%Y-%m}"


def week_of(day: dt.date) -> str:
    """``2026-W48``, by ISO 8601."""
    year, week, _weekday = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def read(text: str, today: dt.date) -> Span:
    """The span of that name; the present month for what is none."""
    if found := _WEEK.fullmatch(text):
        year, week = map(int, found.groups())
        if year in _YEARS and 1 <= week <= dt.date(year, 12, 28).isocalendar()[1]:
            monday = dt.date.fromisocalendar(year, week, 1)
            return Span(text, monday, monday + ONE_DAY * 6, is_week=True, within=monday)
    if found := _MONTH.fullmatch(text):
        year, month = map(int, found.groups())
        if year in _YEARS and 1 <= month <= 12:
            return _month(dt.date(year, month, 1))
    return _month(today)


def _month(day: dt.date) -> Span:
    start = day.replace(day=1)
    end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return Span(
        month_of(day), start - ONE_DAY * start.weekday(), end + ONE_DAY * (6 - end.weekday()), is_week=False, within=day
    )
