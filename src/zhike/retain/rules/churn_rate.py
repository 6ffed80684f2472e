"""Churn rate (MEAS-02): customers lost in a period ÷ customers at its start."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhike.segment.rules.arrays import Days

Ints = npt.NDArray[np.int64]
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Spells:
    """Times during which a customer counted as lost: ``row`` of the customer, first day, day of return or NaT."""

    row: Ints
    lost_on: Days
    back_on: Days


@dataclass(frozen=True)
class PeriodChurn:
    """One period [start, end): ``rate`` is None where nobody was a customer at its start."""

    start: dt.date
    end: dt.date
    at_start: int
    lost: int

    @property
    def rate(self) -> float | None:
        return self.lost / self.at_start if self.at_start else None


def periods_before(as_of: dt.date, period: str, count: int) -> list[tuple[dt.date, dt.date]]:
    """The last ``count`` whole calendar periods that ended by ``as_of``, oldest first, as [start, end)."""
    months = MONTHS[period]
    following = as_of + dt.timedelta(days=1)
    index = following.year * 12 + following.month - 1
    last = index - index % months
    bounds = [last - months * back for back in range(count, -1, -1)]
    days = [dt.date(b // 12, b % 12 + 1, 1) for b in bounds]
    return list(itertools.pairwise(days))


def churn_rates(*, first: Days, spells: Spells, periods: list[tuple[dt.date, dt.date]]) -> list[PeriodChurn]:
    """Count each period; ``first`` (n,) is the day each became a customer, NaT for never.

    Who comes and goes within one period is in neither number, so the rate stays between 0 and 1.
    """
    return [_one(first, spells, start, end) for start, end in periods]


def _one(first: Days, spells: Spells, start: dt.date, end: dt.date) -> PeriodChurn:
    opening, closing = np.datetime64(start, "D"), np.datetime64(end, "D")
    present = ~np.isnat(first) & (first < opening)
    away = (spells.lost_on < opening) & (np.isnat(spells.back_on) | (spells.back_on >= opening))
    present[spells.row[away]] = False
    leaving = (spells.lost_on >= opening) & (spells.lost_on < closing) & present[spells.row]
    return PeriodChurn(start, end, int(present.sum()), len(np.unique(spells.row[leaving])))
