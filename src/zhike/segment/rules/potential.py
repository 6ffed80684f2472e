"""Potential from 0 to 1, the three groups, and the place on the value matrix (SEG-05)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.segment.policy import GroupPolicy, PotentialPolicy, TierPolicy
from zhike.segment.rules.arrays import Coded, Floats, first_that_holds

GROUPS = ("strategic", "potential", "ordinary")
PARTS = ("growth", "outlook", "industry", "interest")
TOP_OF_SCALE = 10.0  # the top of the drawn scale, in multiples of the high-value threshold


@dataclass(frozen=True)
class PotentialFacts:
    """Evidence of potential, all (n,), NaN where there is none."""

    spend_recent: Floats  # minor units, last half-year
    spend_before: Floats  # minor units, the half-year before
    outlook_rank: Floats  # 0..1, rank of the orders expected next year
    industry_high_share: Floats  # 0..1, high-value share of the industry over the best industry's
    contacts: Floats  # contacts started by the customer


def potential(facts: PotentialFacts, policy: PotentialPolicy) -> tuple[Floats, dict[str, Floats]]:
    """Weighted mean (n,) of the parts that are known, NaN where none is; and the parts, each 0..1 or NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(facts.spend_before > 0, facts.spend_recent / facts.spend_before - 1, np.nan)
    span = policy.growth_full_at - policy.growth_none_at
    parts = {
        "growth": np.clip((growth - policy.growth_none_at) / max(span, 1e-9), 0, 1),
        "outlook": facts.outlook_rank,
        "industry": facts.industry_high_share,
        "interest": np.clip(facts.contacts / policy.interest_full_contacts, 0, 1),
    }
    weights = (policy.growth_weight, policy.outlook_weight, policy.industry_weight, policy.interest_weight)
    total, known = np.zeros_like(growth), np.zeros_like(growth)
    for part, weight in zip(parts.values(), weights, strict=True):
        there = np.isfinite(part)
        total += np.where(there, part, 0) * weight
        known += there * weight
    return np.where(known > 0, total / np.where(known > 0, known, 1), np.nan), parts


def groups(tier: Coded, potential: Floats, policy: GroupPolicy) -> Coded:
    """Strategic, potential or ordinary; nobody without tier and potential has a group.

    High-value customers are strategic, core customers when their potential is outstanding.
    """
    promise = np.nan_to_num(potential, nan=-1.0)
    someone = tier.given() | np.isfinite(potential)
    return first_that_holds(
        GROUPS,
        {
            "strategic": tier.where("high") | (tier.where("core") & (promise >= policy.strategic_core_potential_from)),
            "potential": someone & (promise >= policy.potential_from),
            "ordinary": someone,
        },
        size=len(potential),
    )


def value_coordinate(spend_minor: Floats, policy: TierPolicy) -> Floats:
    """Place on the value axis, 0..1: core begins at 1/3, high value at 2/3; NaN where spend is unknown.

    Straight below the core threshold, logarithmic above it, so that a few giants do not flatten the rest.
    """
    core, high = float(max(policy.core_from, 1)), float(max(policy.high_from, policy.core_from + 1, 2))
    spend = np.clip(np.nan_to_num(spend_minor, nan=0.0), 0, None)
    low = np.minimum(spend / core, 1) / 3
    steps = np.log([core, high, high * TOP_OF_SCALE])
    above = np.interp(np.log(np.maximum(spend, core)), steps, [1 / 3, 2 / 3, 1.0])
    return np.where(np.isnan(spend_minor), np.nan, np.where(spend < core, low, above))
