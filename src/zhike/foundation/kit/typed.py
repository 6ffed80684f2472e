"""What somebody typed into an address or a form, read without trust: in bounds, or ValueError. Pure."""

from __future__ import annotations

import datetime as dt

# What lies outside cannot be turned into every time zone, nor written to every database.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
LARGEST = 2**31 - 1  # of a page, a version, a count: what a column of either database holds
LARGEST_ID = 2**63 - 1
_MOST_DIGITS = 19


def whole(text: str, *, most: int = LARGEST) -> int:
    """A whole number from 0 to ``most`` in ASCII digits. Raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ValueError("not a whole number")
    number = int(text)
    if number > most:
        raise ValueError("too large")
    return number


def whole_or_none(text: str, *, most: int = LARGEST) -> int | None:
    """The same, None for what is no such number."""
    try:
        return whole(text, most=most)
    except ValueError:
        return None


def day(text: str) -> dt.date:
    """A day such as ``2026-11-21``, of the years 1900 to 2199. Raises ValueError."""
    return within(dt.date.fromisoformat(text))


def within(found: dt.date) -> dt.date:
    """``found``, if it lies in the years 1900 to 2199. Raises ValueError."""
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError("out of bounds")
    return found


def moment(text: str) -> dt.datetime:
    """A moment with its zone, of the years 1900 to 2199. Raises ValueError."""
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("without zone")
    within(found.date())
    return found
