"""Which reminder of a bill in arrears, or of a package nearly used up, is due. Pure."""

from __future__ import annotations

import datetime as dt

from zhike.serve.policy import ReminderPolicy


def arrears_steps(policy: ReminderPolicy) -> list[int]:
    """Days overdue on which is reminded: the first three, and then again and again until the last day."""
    first = {policy.arrears_first_days, policy.arrears_second_days, policy.arrears_third_days}
    steps = [days for days in sorted(first) if days <= policy.arrears_last_days]
    if policy.arrears_repeat_days and steps:
        start = max(first)
        steps += range(start + policy.arrears_repeat_days, policy.arrears_last_days + 1, policy.arrears_repeat_days)
    return steps


def arrears_step(due_on: dt.date, today: dt.date, policy: ReminderPolicy) -> int | None:
    """The reminder that today falls to, as its days overdue; None before the first and after the last day.

    Between two of them the earlier one counts, so that a day on which nothing ran is made up for.
    """
    overdue = (today - due_on).days
    if overdue > policy.arrears_last_days:
        return None
    return max((days for days in arrears_steps(policy) if days <= overdue), default=None)


def arrears_next(due_on: dt.date, today: dt.date, policy: ReminderPolicy) -> dt.date | None:
    """The day of the next reminder after today."""
    overdue = (today - due_on).days
    days = next((days for days in arrears_steps(policy) if days > overdue), None)
    return due_on + dt.timedelta(days=days) if days is not None else None


def usage_step(used: int, allowance: int, policy: ReminderPolicy) -> int | None:
    """The share of a package, in percent, whose reminder is due: the highest that was reached; None below the first."""
    steps = (policy.usage_first_percent, policy.usage_second_percent)
    return max((step for step in steps if allowance > 0 and used * 100 >= allowance * step), default=None)
