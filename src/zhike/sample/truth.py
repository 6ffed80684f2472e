"""The truth behind the sample: what was planted, worked out from the finished block."""

from __future__ import annotations

import numpy as np

from zhike.foundation.kit.clock import months_before
from zhike.sample.course import ARCHETYPES, CODES, Course
from zhike.sample.draws import DayArray, IntArray, TextArray, texts
from zhike.sample.edges import EDGES
from zhike.sample.profile import Profile
from zhike.sample.tables import Orders, Truth
from zhike.sample.window import Window

# Typed, not read from the policies: the truth is what the shipped defaults must find.
HIGH_FROM_MINOR, CORE_FROM_MINOR = 50_000_000, 10_000_000
_LOST_AFTER, _AT_RISK_AFTER, _DORMANT_AFTER = 12, 6, 3
_NEW_MONTHS = 3


def truth_of(
    window: Window, profile: Profile, course: Course, orders: Orders, customer_id: IntArray, edges: int
) -> Truth:
    """One row per customer of the block; the first ``edges`` rows are the hand-made cases."""
    first_id, count = int(customer_id[0]), len(customer_id)
    counted = orders.take(orders.status != "cancelled")
    row = counted.customer_id - first_id
    spend = np.zeros(count, np.int64)
    in_year = counted.ordered_on > np.datetime64(months_before(window.as_of, 12), "D")
    np.add.at(spend, row[in_year], counted.amount_minor[in_year])
    last_order = np.full(count, np.datetime64("NaT", "D"))
    bought = counted.amount_minor > 0
    by_day = np.argsort(counted.ordered_on[bought], kind="stable")
    last_order[row[bought][by_day]] = counted.ordered_on[bought][by_day]
    tier = texts(["high", "core", "low"])[
        np.where(spend >= HIGH_FROM_MINOR, 0, np.where(spend >= CORE_FROM_MINOR, 1, 2))
    ]
    tier[np.isnat(last_order)] = None
    truth = Truth(
        customer_id=customer_id,
        archetype=CODES[course.archetype],
        cause=texts([kind.cause for kind in ARCHETYPES] + [None])[course.theme],
        decline_began=np.where(course.tells("won_back"), np.datetime64("NaT", "D"), course.began),
        will_leave=course.will_leave,
        expected_tier=tier,
        expected_lifecycle=_lifecycle(window, profile, course, last_order),
        signals=_signals(window, course, last_order),
        edge=texts([""] * count),
        spend_12m_minor=spend,
    )
    return _with_edges(truth, edges)


def _before(window: Window, months: int) -> np.datetime64:
    return np.datetime64(months_before(window.as_of, months), "D")


def _lifecycle(window: Window, profile: Profile, course: Course, last_order: DayArray) -> TextArray:
    """By the last order; a login keeps a customer awake, an inquiry makes a stranger worth developing."""
    count = len(last_order)
    state = texts(["active"] * count)
    logs_in = profile.subscribes & np.isnat(course.stops_on)
    state[~logs_in & (last_order <= _before(window, _DORMANT_AFTER))] = "dormant"
    state[last_order <= _before(window, _AT_RISK_AFTER)] = "at_risk"
    state[last_order <= _before(window, _LOST_AFTER)] = "lost"
    state[course.known_since > _before(window, _NEW_MONTHS)] = "new"
    state[np.isnat(last_order)] = "potential"
    state[np.isnat(last_order) & course.tells("potential") & ~course.is_cold] = "developing"
    return state


def _signals(window: Window, course: Course, last_order: DayArray) -> TextArray:
    """What the story planted, and the silence that follows from it; who is lost signals nothing any more."""
    gone = last_order <= _before(window, _LOST_AFTER)
    silent = last_order <= _before(window, _AT_RISK_AFTER)
    planted = [kind.signals for kind in ARCHETYPES] + [()]
    column = texts([None] * len(last_order))
    rows = zip(course.archetype.tolist(), silent.tolist(), gone.tolist(), strict=True)
    for place, (kind, is_silent, is_gone) in enumerate(rows):
        column[place] = () if is_gone else planted[kind] + (("no_order",) if is_silent else ())
    return column


def _with_edges(truth: Truth, edges: int) -> Truth:
    for place, edge in enumerate(EDGES[:edges]):
        truth.edge[place] = edge.code
        truth.expected_tier[place] = edge.tier
        truth.expected_lifecycle[place] = edge.lifecycle
        truth.signals[place] = edge.signals
    return truth
