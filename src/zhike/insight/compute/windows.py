"""The days between which facts count, from the as-of date and the policies; calendar months throughout."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from zhike.foundation.kit.clock import months_before
from zhike.foundation.policies.load import PolicySet
from zhike.retain.policy import SignalPolicy
from zhike.segment.policy import PotentialPolicy, TierPolicy


@dataclass(frozen=True)
class Windows:
    """A window (a, b] excludes its first day: "the last 6 months" of 15 July begins on 16 January."""

    as_of: dt.date
    year: dt.date
    year_before: dt.date
    order: dt.date
    order_before: dt.date
    order_steps: tuple[dt.date, ...]  # as_of first, each a step of the order window earlier
    complaint: dt.date
    complaint_before: dt.date
    contact: dt.date
    contact_before: dt.date
    mention: dt.date
    interest: dt.date
    inquiry: dt.date
    overdue: dt.date  # opened on this day or earlier and still open is too long
    use_month: dt.date  # first day of the last month that is over
    use_month_before: dt.date


def windows(policies: PolicySet, as_of: dt.date) -> Windows:
    """All windows for one as-of date."""
    signal, promise, tier = policies.get(SignalPolicy), policies.get(PotentialPolicy), policies.get(TierPolicy)
    use_month = last_full_month(as_of)
    return Windows(
        as_of=as_of,
        year=months_before(as_of, tier.window_months),
        year_before=months_before(as_of, 2 * tier.window_months),
        order=months_before(as_of, signal.order_window_months),
        order_before=months_before(as_of, 2 * signal.order_window_months),
        order_steps=_steps(as_of, signal.order_window_months),
        complaint=months_before(as_of, signal.complaint_months),
        complaint_before=months_before(as_of, 2 * signal.complaint_months),
        contact=months_before(as_of, signal.contact_window_months),
        contact_before=months_before(as_of, 2 * signal.contact_window_months),
        mention=months_before(as_of, signal.mention_months),
        interest=months_before(as_of, promise.interest_months),
        inquiry=months_before(as_of, promise.inquiry_months),
        overdue=as_of - dt.timedelta(days=signal.open_matter_days + 1),
        use_month=use_month,
        use_month_before=months_before(use_month, 1),
    )


def last_full_month(as_of: dt.date) -> dt.date:
    """First day of the latest calendar month whose last day is not after ``as_of``."""
    first = as_of.replace(day=1)
    over = as_of.day == calendar.monthrange(as_of.year, as_of.month)[1]
    return first if over else months_before(first, 1)


def _steps(as_of: dt.date, months: int) -> tuple[dt.date, ...]:
    """The order window cut into months, or into one piece less where it is shorter."""
    return tuple(months_before(as_of, step) for step in range(months + 1))
