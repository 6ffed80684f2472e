"""Which reminder of a renewal is due. Pure."""

from __future__ import annotations

import datetime as dt

from zhike.win.policy import RenewalPolicy


def steps_of(policy: RenewalPolicy) -> tuple[int, ...]:
    """Days before the renewal on which is reminded, the earliest first, each once."""
    days = {policy.first_days, policy.second_days, policy.third_days, policy.last_days}
    return tuple(sorted(days, reverse=True))


def step_due(renewal_on: dt.date, today: dt.date, policy: RenewalPolicy) -> int | None:
    """The reminder that today falls to, as its days before the renewal; None before the first and after the day.

    Between two of them the earlier one counts, so that a day on which nothing ran is made up for.
    """
    left = (renewal_on - today).days
    if left < 0:
        return None
    reached = [days for days in steps_of(policy) if left <= days]
    return min(reached) if reached else None
