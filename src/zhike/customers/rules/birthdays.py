"""On which day of the year a birthday is kept, by the solar or the lunar calendar. Pure.

A birthday in a leap month is kept in the ordinary month of that number, so once in every year. A lunar month has 29 or
30 days: who was born on the 30th has the last day of a short month. Who was born on 29 February has the day before or
the day after it in a common year, as the enterprise says.
"""

from __future__ import annotations

import calendar
import datetime as dt

from zhike.foundation.calendar.lunar import lunar_of

FEB_28, MAR_1 = "feb_28", "mar_1"
_LAST_OF_LONG, _LAST_OF_SHORT = 30, 29


def mark_of(birthday: str, *, is_lunar: bool) -> str:
    """The day of the year on which ``birthday`` (ISO) is kept, as ``s02-29`` or ``l08-15``; "" where nobody can say."""
    try:
        born = dt.date.fromisoformat(birthday)
    except ValueError:
        return ""
    if not is_lunar:
        return f"s{born:%m-%d}"
    found = lunar_of(born)
    return f"l{found.month:02d}-{found.day:02d}" if found is not None else ""


def marks_at(day: dt.date, leap_day_kept: str) -> tuple[str, ...]:
    """The marks of all birthdays that are kept on ``day``; 29 February in common years as ``leap_day_kept`` says."""
    marks = [f"s{day:%m-%d}"]
    is_instead = (day.month, day.day) == ((2, 28) if leap_day_kept == FEB_28 else (3, 1))
    if is_instead and not calendar.isleap(day.year):
        marks.append("s02-29")
    found = lunar_of(day)
    if found is not None and not found.is_leap:
        marks.append(f"l{found.month:02d}-{found.day:02d}")
        if found.day == found.month_days == _LAST_OF_SHORT:
            marks.append(f"l{found.month:02d}-{_LAST_OF_LONG}")
    return tuple(marks)
