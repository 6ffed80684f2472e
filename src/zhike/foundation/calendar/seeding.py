"""The calendar of China as published: holidays and make-up workdays, year by year, known or not yet."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

_SATURDAY = 5
# The notice of the State Council for each of these years was compared with the library, day by day, in the tests.
VERIFIED_YEARS = (2024, 2025, 2026)
SOURCE = "国务院办公厅节假日安排通知"


@dataclass(frozen=True)
class Named:
    """A day as the library knows it."""

    date: dt.date
    is_workday: bool
    label: str


@functools.cache
def published(year: int) -> tuple[Named, ...]:
    """Holidays and make-up workdays of ``year``, in order.

    For a year whose notice is not out, the library gives the statutory days without make-up days and without a
    word of warning: that is why a year has to be confirmed.
    """
    # Loaded here, because the web process has no use for the holidays of the whole world.
    import holidays

    table = holidays.country_holidays("CN", years=year, language="zh_CN")
    free = [Named(day, False, name) for day, name in table.items() if day.year == year]
    worked = [
        Named(day, True, "调休上班")
        for day in table.weekend_workdays
        if day.year == year and day.weekday() >= _SATURDAY
    ]
    return tuple(sorted([*free, *worked], key=lambda named: named.date))
