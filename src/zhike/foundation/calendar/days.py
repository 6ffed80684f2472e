"""Reading the calendar: a process keeps it, and asks now and then whether somebody edited it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhike.foundation.calendar.models import CalendarDay, CalendarYear
from zhike.foundation.kit.rereading import Rereading

_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """All exceptions from "Monday to Friday" that are known, and the years that are settled."""

    exceptions: Mapping[dt.date, bool] = field(default_factory=dict)
    confirmed_years: frozenset[int] = frozenset()

    def is_workday(self, day: dt.date) -> bool:
        """Whether ``day`` is worked."""
        return self.exceptions.get(day, day.weekday() < _SATURDAY)

    def is_confirmed(self, year: int) -> bool:
        """Whether the holidays of ``year`` are settled."""
        return year in self.confirmed_years


def calendar_now() -> Calendar:
    """The calendar as it stands; an edit by another process is seen after five seconds at most."""
    return _known.get()


def forget(*, is_undecided: bool = False) -> None:
    """Read anew at the next question; at every question while an edit of this process is undecided."""
    _known.forget(is_undecided=is_undecided)


def _revisions() -> tuple[tuple[int, int, bool], ...]:
    return tuple(CalendarYear.objects.order_by("year").values_list("year", "revision", "confirmed"))


def _read() -> Calendar:
    confirmed = CalendarYear.objects.filter(confirmed=True).values_list("year", flat=True)
    return Calendar(dict(CalendarDay.objects.values_list("date", "is_workday")), frozenset(confirmed))


_known = Rereading(_revisions, _read)


def is_workday(day: dt.date) -> bool:
    """Whether ``day`` is worked, by the calendar as it stands."""
    return calendar_now().is_workday(day)
