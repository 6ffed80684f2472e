"""The typical high-value customer, feature by feature (SEG-10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.segment.policy import PortraitPolicy, TierPolicy
from zhike.segment.rules.arrays import Bools, Floats

FEATURES = ("portrait.years", "portrait.spend", "portrait.custom", "portrait.satisfaction")


@dataclass(frozen=True)
class PortraitFacts:
    """Features of each customer, all (n,); NaN where unknown."""

    years: Floats
    spend_minor: Floats
    prefers_custom: Floats  # 1 yes, 0 no
    satisfaction: Floats  # 1..5


def high_value_portrait(facts: PortraitFacts, tier: TierPolicy, policy: PortraitPolicy) -> dict[str, Bools]:
    """Which features of the high-value portrait each customer shows; an unknown feature is not shown."""
    return {
        "portrait.years": facts.years >= policy.cooperation_years,
        "portrait.spend": facts.spend_minor >= tier.high_from,
        "portrait.custom": facts.prefers_custom == 1,
        "portrait.satisfaction": facts.satisfaction >= policy.satisfaction_from,
    }


def matches_fully(shown: dict[str, Bools]) -> Bools:
    """(n,) true where every feature is shown."""
    everything: Bools = np.all(np.stack(list(shown.values())), axis=0)
    return everything
