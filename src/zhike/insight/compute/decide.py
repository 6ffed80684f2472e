"""All decisions about all customers, in the order in which one needs the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from zhike.analytics import rfm as rfm_marks
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute import inputs
from zhike.insight.compute.churn import Churn
from zhike.insight.compute.facts import Facts
from zhike.insight.compute.inputs import Basics, Movements
from zhike.insight.compute.value import Fitted
from zhike.insight.compute.windows import Windows
from zhike.retain.policy import HealthPolicy, RiskPolicy, SignalPolicy, WarningPolicy
from zhike.retain.rules.health import DIMENSIONS, Health, health
from zhike.retain.rules.signals import Signal, signals
from zhike.retain.rules.warning import counting, main_cause, risk, signal_weight, warned
from zhike.segment.policy import GroupPolicy, LifecyclePolicy, PotentialPolicy, RfmPolicy, TierPolicy
from zhike.segment.rules.arrays import Bools, Coded, Codes, Floats
from zhike.segment.rules.conditions import Known
from zhike.segment.rules.lifecycle import Lifecycle
from zhike.segment.rules.potential import PotentialFacts, groups, potential
from zhike.segment.rules.rfm import bands_of
from zhike.segment.rules.strategies import match_own, match_strategy
from zhike.segment.rules.table import MINOR_PER_MAJOR, StrategyTable
from zhike.segment.rules.tiers import tiers, yearly_spend

CUSTOMERS_TO_JUDGE_AN_INDUSTRY = 5
_PERCENT = 100


@dataclass(frozen=True)
class Value:
    """Tier, RFM, potential, group and strategy; all (n,)."""

    spend: Floats
    basis: Coded
    tier: Coded
    marks: tuple[Codes, Codes, Codes]
    potential: Floats
    parts: dict[str, Floats]
    group: Coded
    row: Coded
    row_reason: Coded


@dataclass(frozen=True)
class Danger:
    """Signals, health, warning and risk; all (n,)."""

    found: list[Signal]
    weight: Floats
    health: Health
    warned: Bools
    risk: Coded
    cause: Coded


def decide_value(
    facts: Facts, base: Basics, moved: Movements, stage: Lifecycle, fitted: Fitted, policies: PolicySet
) -> Value:
    """Where each customer stands in value, and which strategy follows."""
    spend, basis = yearly_spend(inputs.spend_facts(facts, base), policies.get(TierPolicy))
    tier = tiers(spend, policies.get(TierPolicy))
    promise = policies.get(PotentialPolicy)
    score, parts = potential(
        PotentialFacts(
            spend_recent=moved.spend_now,
            spend_before=moved.spend_before,
            outlook_rank=_rank(fitted.expected_orders),
            industry_high_share=_industry_share(facts.words("industry"), tier),
            contacts=facts.counts("contacts_in", from_table="interactions"),
        ),
        promise,
    )
    asked = np.nan_to_num(facts.floats("inquiries")) + np.nan_to_num(facts.floats("deals_begun"))
    row, reason = match_strategy(stage=stage.stage, tier=tier, inquiries=asked, inquiries_from=promise.inquiries_from)
    return Value(
        spend, basis, tier, _rfm(facts, base, policies.get(RfmPolicy)), score, parts,
        groups(tier, score, policies.get(GroupPolicy)), row, reason,
    )  # fmt: skip


def own_rows(
    facts: Facts,
    base: Basics,
    value: Value,
    stage: Lifecycle,
    danger: Danger,
    churn: Churn,
    table: StrategyTable,
) -> Value:
    """``value`` with the enterprise's own rows of the strategy table laid over the ready ones."""
    total = np.where(base.foreign, np.nan, facts.counts("spend_total", from_table="orders"))
    numbers = {
        "spend": lambda: value.spend / MINOR_PER_MAJOR,
        "spend_total": lambda: total / MINOR_PER_MAJOR,
        "orders": lambda: base.order_count.astype(np.float64),
        "days_since_order": lambda: facts.floats("days_since_order"),
        "tenure_years": lambda: base.tenure_years,
        "health": lambda: danger.health.score,
        "potential": lambda: value.potential,
        "churn": lambda: churn.probability * _PERCENT,
    }
    words = {
        "tier": lambda: _spelled(value.tier),
        "lifecycle": lambda: _spelled(stage.stage),
        "group": lambda: _spelled(value.group),
        "risk": lambda: _spelled(danger.risk),
        "kind": lambda: _objects(facts.words("kind")),
        "industry": lambda: _objects(facts.words("industry")),
        "region": lambda: _objects(facts.words("region")),
    }
    row, reason = match_own(value.row, value.row_reason, table, Known(len(facts), numbers, words))
    return replace(value, row=row, row_reason=reason)


def _spelled(coded: Coded) -> np.ndarray:
    return np.array([*coded.words, None], dtype=object)[coded.index]


def _objects(column: pa.Array) -> np.ndarray:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)


def decide_danger(
    facts: Facts,
    base: Basics,
    moved: Movements,
    stage: Lifecycle,
    churn: Churn,
    fitted: Fitted,
    w: Windows,
    policies: PolicySet,
) -> Danger:
    """Which customers are in danger; somebody already lost is not warned about, but won back."""
    still = ~stage.stage.where("lost")
    found = signals(
        inputs.signal_facts(facts, base, moved, w, still=still, probability=churn.probability, alive=fitted.p_alive),
        policies.get(SignalPolicy),
        no_order_months=policies.get(LifecyclePolicy).at_risk_months,
    )
    warning = policies.get(WarningPolicy)
    weight = signal_weight(found, warning)
    judged_by = health(inputs.health_facts(facts, base, moved, w, policies, still=still), policies.get(HealthPolicy))
    counts = counting(health=judged_by.score, coverage=judged_by.coverage, policy=warning)
    listed = warned(health=counts, weight=weight, policy=warning) & base.is_customer & still
    judged = base.is_customer & still & _something_known(facts, base, judged_by, churn)
    level = risk(
        judged=judged,
        stopped=stage.stage.where("at_risk"),
        health=counts,
        weight=weight,
        probability=churn.probability,
        policy=policies.get(RiskPolicy),
    )
    cause = main_cause(found, warned=listed, points_lost=_points_lost(judged_by, policies), policy=warning)
    return Danger(found, weight, judged_by, listed, level, cause)


def _something_known(facts: Facts, base: Basics, judged_by: Health, churn: Churn) -> Bools:
    known = np.isfinite(judged_by.score) | np.isfinite(churn.probability)
    known |= ~np.isnat(base.last_order) | np.isfinite(facts.floats("use_before"))
    return known | bool({"complaints", "tickets", "interactions"} & facts.present)


def _points_lost(judged_by: Health, policies: PolicySet) -> dict[str, Floats]:
    """Points each known dimension fell short of its full share of 100."""
    policy = policies.get(HealthPolicy)
    weights = {d: float(getattr(policy, f"{d}_weight")) for d in DIMENSIONS}
    scale = 100 / (sum(weights.values()) * np.where(judged_by.coverage > 0, judged_by.coverage, 1))
    return {d: weights[d] * scale - judged_by.points[d] for d in DIMENSIONS}


def _rank(values: Floats) -> Floats:
    """Share of the known values that are below or equal, ties at their middle; NaN stays NaN."""
    known = np.isfinite(values)
    out = np.full(len(values), np.nan)
    if known.any():
        ordered = np.sort(values[known])
        below = np.searchsorted(ordered, values[known], side="left")
        upto = np.searchsorted(ordered, values[known], side="right")
        out[known] = (below + upto) / 2 / len(ordered)
    return out


def _industry_share(industry: pa.Array, tier: Coded) -> Floats:
    """High-value share of each customer's industry over the best industry's; NaN without industry or tier."""
    coded = industry.dictionary_encode()
    index = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)).astype(np.int64)
    rated, high = tier.given() & (index >= 0), tier.where("high")
    if not rated.any():
        return np.full(len(index), np.nan)
    size = len(coded.dictionary)
    everyone = np.bincount(index[rated], minlength=size)
    best = np.bincount(index[rated & high], minlength=size)
    enough = everyone >= CUSTOMERS_TO_JUDGE_AN_INDUSTRY
    share = np.where(enough, best / np.maximum(everyone, 1), np.nan)
    top = np.nanmax(share) if enough.any() else 0.0
    if not top > 0:
        return np.full(len(index), np.nan)
    return np.where(index >= 0, share[np.maximum(index, 0)] / top, np.nan)


def _rfm(facts: Facts, base: Basics, policy: RfmPolicy) -> tuple[Codes, Codes, Codes]:
    """Marks for customers with an order, 0 for all others."""
    marks = tuple(np.zeros(len(facts), dtype=np.int8) for _ in range(3))
    rows = np.flatnonzero((base.order_count > 0) & ~base.foreign)
    if len(rows):
        year = policy.span == "window"
        scored = rfm_marks.score(
            recency_days=facts.floats("days_since_order")[rows],
            frequency=facts.floats("orders_year" if year else "order_count")[rows],
            monetary=facts.floats("spend_year" if year else "spend_total")[rows],
            bands=bands_of(policy),
        )
        for mark, values in zip(marks, (scored.r, scored.f, scored.m), strict=True):
            mark[rows] = values
    return marks  # type: ignore[return-value]
