"""Use of what is subscribed to: by month, and day by day for the last months."""

from __future__ import annotations

import datetime as dt

import numpy as np

from zhike.sample import draws
from zhike.sample.billing import running
from zhike.sample.course import Course
from zhike.sample.draws import IntArray, Rng
from zhike.sample.profile import HIGH, Profile
from zhike.sample.tables import Subscriptions, UsageDays, UsageMonths
from zhike.sample.window import Window, spring_festival

# Whole months, besides the running one, for which days are kept apart.
DAILY_MONTHS = 3
_USES = ((900, 0.6), (340, 0.6), (150, 0.6))
_PERSON_USES = (130, 0.45)
_SLOW_MONTH_SHARE, _SLOW_MONTH = 0.025, 0.72


def months_of(
    rng: Rng, window: Window, profile: Profile, course: Course, subscriptions: Subscriptions, first_id: int
) -> UsageMonths:
    """Feature uses and logins per month; a partial month has its part."""
    row = subscriptions.customer_id - first_id
    count = len(row)
    person = profile.is_person[row]
    size = np.where(person, HIGH, profile.size[row])
    median = np.where(person, _PERSON_USES[0], np.array([uses for uses, _ in _USES])[size])
    level = median * np.where(person, draws.spread(rng, _PERSON_USES[1], count), draws.spread(rng, 0.6, count))
    per_login = draws.between(rng, np.full(count, 4), np.full(count, 9))
    place, month = np.nonzero(running(window, subscriptions.starts_on, subscriptions.ends_on))
    cells = len(place)
    # Work stops over the Spring Festival, and with it the clicks of firms.
    festival = np.array([spring_festival(m.year) for m in window.months.astype(dt.date)], "M8[M]")
    quiet = np.where(festival == window.months.astype("M8[M]"), 0.86, 1.0)
    factor = course.usage[row[place], month] * window.coverage[month] * draws.spread(rng, 0.06, cells)
    # A slow month now and then, for reasons nobody reports.
    factor *= np.where(draws.chance(rng, _SLOW_MONTH_SHARE, cells), _SLOW_MONTH, 1.0)
    factor *= np.where(person[place], 1.0, quiet[month]) * _last_month(course, row, place, month, window)
    uses = np.rint(level[place] * factor).astype(np.int64)
    logins = np.rint(uses / per_login[place] * draws.spread(rng, 0.08, cells)).astype(np.int64)
    return UsageMonths(
        customer_id=subscriptions.customer_id[place],
        month=window.months[month],
        feature_uses=uses,
        logins=np.minimum(logins, uses),
    )


def _last_month(course: Course, row: IntArray, place: IntArray, month: IntArray, window: Window) -> draws.FloatArray:
    """The part of the month before somebody stopped, 1 elsewhere."""
    stop = course.stops_on[row[place]]
    ends_here = stop.astype("M8[M]") == window.months.astype("M8[M]")[month]
    day = np.where(ends_here, (stop - window.months[month]).astype(np.int64) + 1, 30)
    return np.clip(day / 30, 0, 1)


def days_of(window: Window, course: Course, usage: UsageMonths, first_id: int, rng: Rng) -> UsageDays:
    """The months since DAILY_MONTHS before the running one, spread over their days; sums stay the same."""
    first = (window.final.astype("M8[M]") - DAILY_MONTHS).astype("M8[D]")
    recent = usage.take(usage.month >= first)
    parts = []
    for month in np.unique(recent.month):
        mine = recent.take(recent.month == month)
        days = np.arange(max(month, window.start), min((month.astype("M8[M]") + 1).astype("M8[D]"), window.end))
        weekend = np.isin((days.astype(np.int64) + 3) % 7, [5, 6])
        parts.append(_spread(rng, course, mine, days, np.where(weekend, 25, 100), first_id))
    if not parts:
        empty = np.zeros(0, np.int64)
        return UsageDays(customer_id=empty, day=empty.astype("M8[D]"), feature_uses=empty, logins=empty)
    return UsageDays.joined(parts)


def _spread(
    rng: Rng, course: Course, month: UsageMonths, days: draws.DayArray, weight: IntArray, first_id: int
) -> UsageDays:
    row = month.customer_id - first_id
    starts, stops = course.known_since[row][:, None], course.stops_on[row][:, None]
    mood = draws.between(rng, np.full((len(row), len(days)), 60), np.full((len(row), len(days)), 140))
    weights = weight[None, :] * mood
    open_day = (days[None, :] >= starts) & ~(days[None, :] > stops)
    # Whoever came or went has use on the open days only; with none open, the whole month counts.
    none_open: draws.BoolArray = ~np.any(open_day, axis=1, keepdims=True)
    weights = np.where(open_day | none_open, weights, 0)
    steps = np.cumsum(weights, axis=1) / weights.sum(axis=1)[:, None]
    steps[:, -1] = 1.0

    def shares(total: IntArray) -> IntArray:
        # A random start keeps small totals from always falling on the same days; the sum is exact.
        reached = np.floor(total[:, None] * steps + rng.random((len(total), 1))).astype(np.int64)
        reached[:, -1] = total
        reached = np.minimum(reached, total[:, None])
        return np.asarray(np.diff(reached, axis=1, prepend=0))

    uses, logins = shares(month.feature_uses), shares(month.logins)
    who, day = np.nonzero((uses > 0) | (logins > 0))
    return UsageDays(
        customer_id=month.customer_id[who], day=days[day], feature_uses=uses[who, day], logins=logins[who, day]
    )
