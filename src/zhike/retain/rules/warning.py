"""Who is warned (K3), how grave it is, what the main cause is, and who leads (K8, RET-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zhike.retain.policy import RiskPolicy, RoutePolicy, WarningPolicy
from zhike.retain.rules.health import DIMENSIONS
from zhike.retain.rules.signals import SIGNALS, Signal
from zhike.segment.rules.arrays import Bools, Coded, Codes, Floats, first_that_holds

LEVELS = ("high", "medium", "low")
CAUSES = SIGNALS + tuple(f"health_{dimension}" for dimension in DIMENSIONS)
COVERAGE_DECIMALS = 4  # the measures keep coverage this exactly, so everybody compares the same number
_TOLERANCE = 1e-9  # sums of weights such as 0.1 must reach limits such as 0.3


def signal_weight(found: Sequence[Signal], policy: WarningPolicy) -> Floats:
    """Sum (n,) of the weights of the signals that hold."""
    total = np.zeros(len(found[0].holds))
    for signal in found:
        total += signal.holds * float(getattr(policy, signal.code))
    return total


def counting(*, health: Floats, coverage: Floats, policy: WarningPolicy) -> Floats:
    """Health (n,) where enough of its weight was judged to warn and to set a risk by it, else NaN."""
    enough = np.round(coverage, COVERAGE_DECIMALS) >= policy.health_coverage_from - _TOLERANCE
    return np.where(enough, health, np.nan)


def warned(*, health: Floats, weight: Floats, policy: WarningPolicy) -> Bools:
    """Health below the limit, or signals that weigh enough; "no order" alone weighs too little (K3).

    ``health`` is the one that :func:`counting` lets through.
    """
    return (health < policy.health_limit) | (weight >= policy.warn_from - _TOLERANCE)


def is_warned(health: float | None, weight: float, policy: WarningPolicy) -> bool:
    """The same for one customer; ``health`` None where there is no score."""
    score = np.array([np.nan if health is None else health])
    return bool(warned(health=score, weight=np.array([weight]), policy=policy)[0])


def risk(
    *, judged: Bools, stopped: Bools, health: Floats, weight: Floats, probability: Floats, policy: RiskPolicy
) -> Coded:
    """``high``, ``medium`` or ``low``: the worst of health, signals, probability; none where not judged.

    ``stopped``: at the at-risk stage, which is never called low risk.
    """
    p = policy
    return first_that_holds(
        LEVELS,
        {
            "high": judged
            & (
                (health < p.high_health_below)
                | (weight >= p.high_signals_from - _TOLERANCE)
                | (probability >= p.high_probability_from)
            ),
            "medium": judged
            & (
                stopped
                | (health < p.medium_health_below)
                | (weight >= p.medium_signals_from - _TOLERANCE)
                | (probability >= p.medium_probability_from)
            ),
            "low": judged,
        },
        size=len(judged),
    )


def main_cause(
    found: Sequence[Signal], *, warned: Bools, points_lost: Mapping[str, Floats], policy: WarningPolicy
) -> Coded:
    """The heaviest signal of a warned customer, what the customer said before what only happened.

    Without a signal it is the dimension of health that lost most points. Signals of equal weight keep
    the order of :data:`~zhike.retain.rules.signals.SIGNALS`: words, then complaints, then behaviour.
    """
    index: Codes = np.full(len(warned), -1, dtype=np.int8)
    heaviest = np.zeros(len(warned))
    for signal in found:
        weight = float(getattr(policy, signal.code))
        heavier = warned & signal.holds & (weight > heaviest)
        index[heavier] = CAUSES.index(signal.code)
        heaviest[heavier] = weight
    lost = np.stack([np.nan_to_num(points_lost[d], nan=-1.0) for d in DIMENSIONS])
    offset = len(SIGNALS)
    without = warned & (index < 0)
    index[without] = (offset + np.argmax(lost, axis=0))[without]
    return Coded(CAUSES, index)


def routes(*, tier: Coded, risk: Coded, policy: RoutePolicy) -> Coded:
    """The post that leads the win-back: high value decides first, then medium and low risk, then the rest."""
    words = tuple(dict.fromkeys((policy.high_value_lead, policy.mild_risk_lead, policy.other_lead)))
    index: Codes = np.full(len(tier), words.index(policy.other_lead), dtype=np.int8)
    index[risk.where("medium", "low")] = words.index(policy.mild_risk_lead)
    index[tier.where("high")] = words.index(policy.high_value_lead)
    return Coded(words, index)


def route_of(tier: str | None, risk: str, policy: RoutePolicy) -> str:
    """The post that leads the win-back of one customer (D4-19)."""
    if tier == "high":
        return policy.high_value_lead
    return policy.mild_risk_lead if risk in ("medium", "low") else policy.other_lead
