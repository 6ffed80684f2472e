"""When a customer is next looked at (RET-05). Pure."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.kit import clock


def next_due(today: dt.date, months: int, last: dt.date | None, customer: int) -> dt.date:
    """The day of the next patrol, today at the earliest: ``months`` after the last one.

    Customers never looked at are spread over the first cycle by their number, so that nobody owes all of them on one
    day, and none of them before a week is over.
    """
    if last is not None:
        return max(today, clock.months_before(last, -months))
    cycle = (clock.months_before(today, -months) - today).days
    first = min(7, cycle)
    # Multiplied by a number that shares no factor with any cycle, neighbours land far apart.
    return today + dt.timedelta(days=first + customer * 7919 % max(cycle - first, 1))
