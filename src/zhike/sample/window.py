"""Two years of days and months before ``as_of``, and how busy each day is for firms and for persons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhike.foundation.kit.clock import months_before
from zhike.sample.draws import DayArray, FloatArray, IntArray, Rng

HISTORY_MONTHS = 24
FIRM, PERSON = 0, 1

# First day of the lunar year; outside the table a middling day serves.
_SPRING_FESTIVALS = {
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25), 2021: (2, 12),
    2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
    2036: (1, 28), 2037: (2, 15), 2038: (2, 4), 2039: (1, 24), 2040: (2, 12),
}  # fmt: skip


def spring_festival(year: int) -> dt.date:
    """New Year's Day of the lunar calendar."""
    month, day = _SPRING_FESTIVALS.get(year, (2, 5))
    return dt.date(year, month, day)


def _firm_weight(day: dt.date) -> int:
    away = (day - spring_festival(day.year)).days
    if -3 <= away <= 7:
        return 2
    if (day.month, day.day) >= (10, 1) and (day.month, day.day) <= (10, 7):
        return 4
    if day.month == 5 and day.day <= 3:
        return 8
    base = 100 if day.weekday() < 5 else 8
    if -12 <= away <= 14:
        return base // 2
    # Budgets are spent before a quarter, and above all before a year, ends.
    quarter_end = day.month in (3, 6, 9, 12) and day.day >= 15
    return base + (45 if day.month == 12 else 25) * base // 100 if quarter_end else base


def _person_weight(day: dt.date) -> int:
    away = (day - spring_festival(day.year)).days
    if -3 <= away <= 7:
        return 45
    if day.month == 6 and day.day <= 20:
        return 420 if 15 <= day.day <= 18 else 170
    if day.month == 11 and day.day <= 12:
        return 560 if 9 <= day.day <= 11 else 210
    return 118 if day.weekday() >= 5 else 100


@dataclass(frozen=True)
class Window:
    """The history: ``first`` to ``last``, both included; ``last`` is the day before ``as_of``."""

    as_of: dt.date

    @cached_property
    def first(self) -> dt.date:
        return months_before(self.as_of, HISTORY_MONTHS)

    @cached_property
    def last(self) -> dt.date:
        return self.as_of - dt.timedelta(days=1)

    @cached_property
    def end(self) -> np.datetime64:
        """``as_of`` as numpy has it."""
        return np.datetime64(self.as_of, "D")

    @cached_property
    def start(self) -> np.datetime64:
        return np.datetime64(self.first, "D")

    @cached_property
    def final(self) -> np.datetime64:
        return np.datetime64(self.last, "D")

    @cached_property
    def days(self) -> DayArray:
        return np.arange(self.start, self.end)

    @cached_property
    def months(self) -> DayArray:
        """First days of the calendar months touched, oldest first. Shape (24,) or (25,)."""
        months: DayArray = np.arange(self.start.astype("M8[M]"), self.final.astype("M8[M]") + 1)
        days: DayArray = months.astype("M8[D]")
        return days

    @cached_property
    def months_ago(self) -> IntArray:
        """Calendar months from each month to the month of ``as_of``. Shape of ``months``."""
        return np.asarray((self.end.astype("M8[M]") - self.months.astype("M8[M]")).astype(np.int64))

    @cached_property
    def calendar_month(self) -> IntArray:
        """0 = January … 11 = December. Shape of ``months``."""
        return self.months.astype("M8[M]").astype(np.int64) % 12

    @cached_property
    def coverage(self) -> FloatArray:
        """Share of each calendar month that lies inside the window. Shape of ``months``."""
        low, high = self._bounds
        length = np.diff(np.append(self.months, (self.months[-1].astype("M8[M]") + 1).astype("M8[D]")))
        return np.asarray((high - low) / length.astype(np.int64))

    @cached_property
    def is_complete(self) -> IntArray:
        """1 where the whole calendar month lies inside the window."""
        return (self.coverage > 0.999).astype(np.int64)

    @cached_property
    def _bounds(self) -> tuple[IntArray, IntArray]:
        ends = (self.months.astype("M8[M]") + 1).astype("M8[D]")
        low = np.clip((self.months - self.start).astype(np.int64), 0, None)
        high = np.clip((ends - self.start).astype(np.int64), None, len(self.days))
        return low, high

    @cached_property
    def _steps(self) -> IntArray:
        """Cumulative weight before each day, per kind. Shape (2, days + 1)."""
        days = [self.first + dt.timedelta(days=offset) for offset in range(len(self.days))]
        rows = [[_firm_weight(day) for day in days], [_person_weight(day) for day in days]]
        return np.hstack([np.zeros((2, 1), np.int64), np.cumsum(np.array(rows, np.int64), axis=1)])

    @cached_property
    def busyness(self) -> FloatArray:
        """How much is going on in each month, an average month being 1. Shape (2, months)."""
        low, high = self._bounds
        weight = self._steps[:, high] - self._steps[:, low]
        month_length = 365.2425 / 12
        return np.asarray(weight / (self._steps[:, -1:] / len(self.days) * month_length))

    def day_in(self, rng: Rng, kind: IntArray, month: IntArray) -> DayArray:
        """A day inside each ``month`` (index), busy days more often. Shapes (n,)."""
        low, high = self._bounds
        start, stop = self._steps[kind, low[month]], self._steps[kind, high[month]]
        aim = start + np.floor(rng.random(len(month)) * (stop - start)).astype(np.int64)
        offset = np.empty(len(month), np.int64)
        for code in (FIRM, PERSON):
            mine = kind == code
            offset[mine] = np.searchsorted(self._steps[code], aim[mine], side="right") - 1
        return np.asarray(self.start + offset)


def add_months(day: DayArray, months: IntArray) -> DayArray:
    """``day`` so many months on; days after the 28th become the 28th. Shapes (n,)."""
    month = day.astype("M8[M]")
    in_month = np.minimum((day - month.astype("M8[D]")).astype(np.int64), 27)
    return np.asarray((month + months).astype("M8[D]") + in_month)
