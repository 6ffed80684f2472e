"""Days of the Chinese lunar calendar, from its table of 1900 to 2099. Pure."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

FIRST, LAST = dt.date(1900, 2, 1), dt.date(2099, 12, 31)
_LONG = 30


@dataclass(frozen=True)
class LunarDay:
    """A day as the lunar calendar counts it. ``month_days``: how many days this month has, 29 or 30."""

    month: int
    day: int
    is_leap: bool
    month_days: int


@functools.lru_cache(maxsize=4096)
def lunar_of(day: dt.date) -> LunarDay | None:
    """``day`` in the lunar calendar; None outside the table."""
    if not FIRST <= day <= LAST:
        return None
    # Loaded here, because the web process seldom asks for it.
    from lunarcalendar import Converter, Solar

    found = Converter.Solar2Lunar(Solar(day.year, day.month, day.day))
    thirtieth = day + dt.timedelta(days=_LONG - found.day)
    last = Converter.Solar2Lunar(Solar(thirtieth.year, thirtieth.month, thirtieth.day))
    return LunarDay(found.month, found.day, bool(found.isleap), _LONG if last.day == _LONG else _LONG - 1)
