"""Health (RET-04): four dimensions, each as good as its weakest indicator, weighed into 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zhike.analytics import health as mathematics
from zhike.retain.policy import HealthPolicy
from zhike.retain.rules.signals import drop
from zhike.segment.rules.arrays import Bools, Coded, Codes, Floats

DIMENSIONS = ("stability", "service", "interaction", "usage")
INDICATORS = (
    "health.stopped",
    "health.fluctuation",
    "health.order_trend",
    "health.rhythm",
    "health.bill_trend",
    "health.complaints",
    "health.open_matters",
    "health.satisfaction",
    "health.contact_gap",
    "health.contact_trend",
    "health.use_trend",
    "health.login_trend",
)


@dataclass(frozen=True)
class HealthFacts:
    """What health is read from, all (n,), NaN where unknown; periods and units as in SignalFacts."""

    stopped: Bools  # has reached the at-risk limit without an order
    order_fluctuation: Floats
    spend_now: Floats
    spend_before: Floats
    gap_ratio: Floats  # days since the last order over the usual interval
    bill_now: Floats
    bill_before: Floats
    complaints: Floats
    open_matters: Floats
    satisfaction: Floats
    contact_days: Floats  # since the last contact
    contacts_now: Floats
    contacts_before: Floats
    use_now: Floats
    use_before: Floats
    logins_now: Floats
    logins_before: Floats


@dataclass(frozen=True)
class Health:
    """``score`` (n,) 0..100 or NaN; ``points`` per dimension sum to it; ``coverage`` (n,) 0..1.

    ``weakest`` names per dimension the indicator that decided, ``marks`` its mark 0..1 and ``values`` the
    value it was read from, both (n,), NaN where the dimension is unknown.
    """

    score: Floats
    coverage: Floats
    points: Mapping[str, Floats]
    weakest: Mapping[str, Coded]
    marks: Mapping[str, Floats]
    values: Mapping[str, Floats]


def health(facts: HealthFacts, policy: HealthPolicy) -> Health:
    """Score every customer; below the policy's coverage there is no score."""
    weakest, marks, values = {}, {}, {}
    for dimension, indicators in _indicators(facts, policy).items():
        weakest[dimension], marks[dimension], values[dimension] = _weakest(indicators)
    weights = {name: float(getattr(policy, f"{name}_weight")) for name in DIMENSIONS}
    scored = mathematics.score(dimensions=marks, weights=weights, minimum_coverage=policy.coverage_min)
    return Health(scored.score, scored.coverage, scored.contributions, weakest, marks, values)


def between(value: Floats, *, bad: float, good: float) -> Floats:
    """Mark (n,) running straight from 0 at ``bad`` to 1 at ``good``, either of which may be the larger."""
    if bad == good:
        return np.where(np.isnan(value), np.nan, (value >= good).astype(np.float64))
    # A change from next to nothing may be beyond what a float holds; it is at an end of the scale all the same.
    with np.errstate(over="ignore"):
        # Adding zero makes 0 out of -0, which people would be shown as "-0.0".
        return np.clip((value - bad) / (good - bad), 0, 1) + 0.0


_Indicator = tuple[str, Floats, Floats]  # code, mark, value it was read from


def _indicators(facts: HealthFacts, policy: HealthPolicy) -> dict[str, list[_Indicator]]:
    usage = (policy.usage_trend_bad, policy.usage_trend_good)
    return {
        "stability": _stability(facts, policy),
        "service": _service(facts, policy),
        "interaction": _interaction(facts, policy),
        "usage": [
            _trend("health.use_trend", facts.use_before, facts.use_now, *usage),
            _trend("health.login_trend", facts.logins_before, facts.logins_now, *usage),
        ],
    }


def _trend(code: str, before: Floats, now: Floats, bad: float, good: float) -> _Indicator:
    """A fall down to ``good`` is the ordinary up and down of the business and costs nothing."""
    change = -drop(before, now)
    return code, between(change, bad=bad, good=good), change


def _stability(facts: HealthFacts, policy: HealthPolicy) -> list[_Indicator]:
    going, trends = ~facts.stopped, (policy.trend_bad, policy.trend_good)
    swings = between(facts.order_fluctuation, bad=policy.fluctuation_bad, good=policy.fluctuation_good)
    code, trend, change = _trend("health.order_trend", facts.spend_before, facts.spend_now, *trends)
    rhythm = between(facts.gap_ratio, bad=policy.rhythm_bad, good=policy.rhythm_good)
    # A stop is one fact (K3): the other order indicators would only say it again, and louder.
    return [
        (
            "health.stopped",
            np.where(facts.stopped, policy.stopped_score, np.nan),
            np.where(facts.stopped, 1.0, np.nan),
        ),
        ("health.fluctuation", np.where(going, swings, np.nan), facts.order_fluctuation),
        (code, np.where(going, trend, np.nan), change),
        ("health.rhythm", np.where(going, rhythm, np.nan), facts.gap_ratio),
        _trend("health.bill_trend", facts.bill_before, facts.bill_now, *trends),
    ]


def _service(facts: HealthFacts, policy: HealthPolicy) -> list[_Indicator]:
    return [
        (
            "health.complaints",
            between(facts.complaints, bad=policy.complaints_bad, good=0.0),
            facts.complaints,
        ),
        (
            "health.open_matters",
            between(facts.open_matters, bad=policy.open_matters_bad, good=0.0),
            facts.open_matters,
        ),
        (
            "health.satisfaction",
            between(facts.satisfaction, bad=policy.satisfaction_bad, good=policy.satisfaction_good),
            facts.satisfaction,
        ),
    ]


def _interaction(facts: HealthFacts, policy: HealthPolicy) -> list[_Indicator]:
    trends = (policy.contact_trend_bad, policy.contact_trend_good)
    gap = between(facts.contact_days, bad=policy.contact_days_bad, good=policy.contact_days_good)
    return [
        ("health.contact_gap", gap, facts.contact_days),
        _trend("health.contact_trend", facts.contacts_before, facts.contacts_now, *trends),
    ]


def _weakest(indicators: list[_Indicator]) -> tuple[Coded, Floats, Floats]:
    size = len(indicators[0][1])
    index: Codes = np.full(size, -1, dtype=np.int8)
    mark, value = np.full(size, np.nan), np.full(size, np.nan)
    for code, marks, values in indicators:
        lower = np.isfinite(marks) & (np.isnan(mark) | (marks < mark))
        index[lower] = INDICATORS.index(code)
        mark[lower], value[lower] = marks[lower], values[lower]
    return Coded(INDICATORS, index), mark, value
