"""Signals of churn (RET-01, RET-02): which hold for which customer, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zhike.retain.policy import SignalPolicy
from zhike.segment.rules.arrays import Bools, Days, Floats, full_months_passed

SIGNALS = (
    "mention_competitor",
    "mention_price",
    "mention_slow_response",
    "mention_budget_cut",
    "mention_reorganisation",
    "complaints",
    "feature_use_drop",
    "bill_drop",
    "no_order",
    "order_amount_drop",
    "order_frequency_drop",
    "order_fluctuation",
    "login_drop",
    "negative_feedback",
    "open_matters",
    "contacts_falling",
    "contract_ending",
    "unlikely_active",
    "churn_probability",
)
MENTIONS = ("competitor", "price", "slow_response", "budget_cut", "reorganisation")


@dataclass(frozen=True)
class SignalFacts:
    """What signals are read from, all (n,); NaN or NaT where the source says nothing of the customer.

    "Now" and "before" are two neighbouring periods of equal length: months for use, logins and bills, the
    policy's windows for orders, complaints and contacts. Money in minor units of one currency.
    """

    as_of: np.datetime64
    is_customer: Bools
    last_order: Days
    use_now: Floats
    use_before: Floats
    logins_now: Floats
    logins_before: Floats
    bill_now: Floats
    bill_before: Floats
    spend_now: Floats
    spend_before: Floats
    orders_now: Floats
    orders_before: Floats
    order_fluctuation: Floats  # coefficient of variation of monthly order amounts in the window
    complaints_now: Floats
    complaints_before: Floats
    satisfaction: Floats  # mean of 1..5 in the complaint window
    open_matters: Floats  # tickets and complaints open for longer than the policy allows
    oldest_open_days: Floats
    contacts_now: Floats
    contacts_before: Floats
    contract_end: Days  # of the contract that ends last
    mentions: Mapping[str, Floats]  # times each of MENTIONS was named in the window
    churn_probability: Floats
    active_probability: Floats  # by a purchase model that passed its back-test
    repeat_purchases: Floats  # days with a purchase after the first
    usual_gap_days: Floats  # mean days from one purchase to the next
    quiet_days: Floats  # since the last purchase


@dataclass(frozen=True)
class Signal:
    """One signal: ``holds`` (n,), and ``evidence`` columns (n,) meaningful where it holds."""

    code: str
    holds: Bools
    evidence: Mapping[str, Floats | Days]


def drop(before: Floats, now: Floats) -> Floats:
    """(before - now) / before (D2); NaN where either is unknown or ``before`` is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = (before - now) / before
    return np.where(before > 0, share, np.nan)


def signals(facts: SignalFacts, policy: SignalPolicy, *, no_order_months: int) -> list[Signal]:
    """All signals in the order of :data:`SIGNALS`; a comparison with the unknown is never a signal."""
    found = [
        *_mentions(facts, policy),
        _complaints(facts, policy),
        _fall("feature_use_drop", facts.use_before, facts.use_now, policy.feature_use_drop, policy.usage_min),
        _fall("bill_drop", facts.bill_before, facts.bill_now, policy.bill_drop, 1, unit="_minor"),
        _no_order(facts, no_order_months),
        *_orders(facts, policy),
        _fall("login_drop", facts.logins_before, facts.logins_now, policy.login_drop, policy.usage_min),
        _feedback(facts, policy),
        _open_matters(facts, policy),
        _fall(
            "contacts_falling",
            facts.contacts_before,
            facts.contacts_now,
            policy.contact_drop,
            policy.contacts_min,
        ),
        _contract(facts, policy),
        _activity(facts, policy),
        _probability(facts, policy),
    ]
    # A signal is about somebody who could leave: prospects have none.
    return [Signal(s.code, s.holds & facts.is_customer, s.evidence) for s in found]


def _fall(code: str, before: Floats, now: Floats, limit: float, base: float, *, unit: str = "") -> Signal:
    """A fall by ``limit`` or more from at least ``base``; ``unit`` is ``_minor`` where the numbers are money."""
    share = drop(before, now)
    # 0.8 is not a double: without the tolerance a fall from 50 to 40 might come out as 0.19999999999999996.
    holds = (before >= base) & (share >= limit - 1e-9)
    return Signal(code, holds, {f"before{unit}": before, f"now{unit}": now, "drop": share})


def _mentions(facts: SignalFacts, policy: SignalPolicy) -> list[Signal]:
    window = np.full(len(facts.is_customer), float(policy.mention_months))
    return [
        Signal(f"mention_{what}", facts.mentions[what] > 0, {"times": facts.mentions[what], "months": window})
        for what in MENTIONS
    ]


def _complaints(facts: SignalFacts, policy: SignalPolicy) -> Signal:
    window = np.full(len(facts.is_customer), float(policy.complaint_months))
    evidence = {"count": facts.complaints_now, "before": facts.complaints_before, "months": window}
    return Signal("complaints", facts.complaints_now >= policy.complaints_from, evidence)


def _no_order(facts: SignalFacts, months: int) -> Signal:
    window = np.full(len(facts.is_customer), float(months))
    holds = full_months_passed(facts.last_order, months, facts.as_of)
    return Signal("no_order", holds, {"last_order_on": facts.last_order, "months": window})


def _orders(facts: SignalFacts, policy: SignalPolicy) -> list[Signal]:
    enough = facts.orders_before >= policy.orders_min
    amount = _fall("order_amount_drop", facts.spend_before, facts.spend_now, policy.order_amount_drop, 1, unit="_minor")
    often = _fall("order_frequency_drop", facts.orders_before, facts.orders_now, policy.order_frequency_drop, 1)
    swings = facts.order_fluctuation >= policy.order_fluctuation_from
    return [
        # Where orders have stopped altogether, "no order" says it; the falls would only repeat it.
        Signal("order_amount_drop", amount.holds & enough & (facts.orders_now > 0), amount.evidence),
        Signal("order_frequency_drop", often.holds & enough & (facts.orders_now > 0), often.evidence),
        Signal(
            "order_fluctuation",
            swings & (facts.orders_now >= policy.orders_min),
            {"variation": facts.order_fluctuation, "orders": facts.orders_now},
        ),
    ]


def _feedback(facts: SignalFacts, policy: SignalPolicy) -> Signal:
    holds = facts.satisfaction <= policy.satisfaction_to
    return Signal("negative_feedback", holds, {"satisfaction": facts.satisfaction})


def _open_matters(facts: SignalFacts, policy: SignalPolicy) -> Signal:
    evidence = {"count": facts.open_matters, "oldest_days": facts.oldest_open_days}
    return Signal("open_matters", facts.open_matters > 0, evidence)


def _contract(facts: SignalFacts, policy: SignalPolicy) -> Signal:
    left = (facts.contract_end - facts.as_of).astype("timedelta64[D]").astype(np.float64)
    left = np.where(np.isnat(facts.contract_end), np.nan, left)
    holds = (left >= 0) & (left <= policy.contract_end_days)
    return Signal("contract_ending", holds, {"ends_on": facts.contract_end, "days": left})


def _activity(facts: SignalFacts, policy: SignalPolicy) -> Signal:
    enough = facts.repeat_purchases >= policy.active_repeats_min
    holds = enough & (facts.active_probability < policy.active_probability_below)
    evidence = {
        "probability": facts.active_probability,
        "gap": np.maximum(np.rint(facts.usual_gap_days), 1.0),
        "days": facts.quiet_days,
    }
    return Signal("unlikely_active", holds, evidence)


def _probability(facts: SignalFacts, policy: SignalPolicy) -> Signal:
    holds = facts.churn_probability >= policy.churn_probability_from
    return Signal("churn_probability", holds, {"probability": facts.churn_probability})


def use_falls(before: float, now: float, policy: SignalPolicy) -> bool:
    """Whether feature use of one customer, from one month to the next, is a signal."""
    fall = _fall("feature_use_drop", np.array([before]), np.array([now]), policy.feature_use_drop, policy.usage_min)
    return bool(fall.holds[0])


def complaints_are_a_signal(count: int, policy: SignalPolicy) -> bool:
    """Whether this many complaints of one customer within the window are a signal."""
    return count >= policy.complaints_from
