"""The one clock. Business code never asks the machine for the time."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def _offset() -> dt.timedelta:
    """Seconds to add, read from ``ZHIKE_CLOCK_FILE``: browser, web and worker of a test share one file."""
    path = os.environ.get("ZHIKE_CLOCK_FILE")
    if not path or os.environ.get("ZHIKE_ENV") != "test":
        return dt.timedelta(0)
    try:
        return dt.timedelta(seconds=float(Path(path).read_text(encoding="utf-8").strip() or 0))
    except FileNotFoundError:
        return dt.timedelta(0)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC) + _offset()


def local(moment: dt.datetime) -> dt.datetime:
    """``moment`` in the enterprise's time zone."""
    return moment.astimezone(ZONE)


def today() -> dt.date:
    """The enterprise's calendar day."""
    return local(now()).date()


def start_of(day: dt.date) -> dt.datetime:
    """Midnight at which ``day`` begins in the enterprise's time zone."""
    return dt.datetime.combine(day, dt.time(), tzinfo=ZONE)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month, ``months`` earlier; the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))
