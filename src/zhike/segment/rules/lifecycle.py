"""Stages of the lifecycle (SEG-09), each with cause and, where it can be known, the day it began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.segment.policy import LifecyclePolicy
from zhike.segment.rules.arrays import (
    Bools,
    Coded,
    Days,
    Floats,
    add_months,
    first_that_holds,
    full_months_passed,
)

STAGES = ("potential", "developing", "new", "active", "dormant", "at_risk", "lost")
CAUSES = (
    "lifecycle.known_lost",
    "lifecycle.contract_not_renewed",
    "lifecycle.no_order_lost",
    "lifecycle.no_order_at_risk",
    "lifecycle.no_activity",
    "lifecycle.first_order_recent",
    "lifecycle.tenure_short",
    "lifecycle.ordering",
    "lifecycle.signed",
    "lifecycle.open_deal",
    "lifecycle.in_contact",
    "lifecycle.no_contact_yet",
)
_STAGE_OF = {
    "lifecycle.known_lost": "lost",
    "lifecycle.contract_not_renewed": "lost",
    "lifecycle.no_order_lost": "lost",
    "lifecycle.no_order_at_risk": "at_risk",
    "lifecycle.no_activity": "dormant",
    "lifecycle.first_order_recent": "new",
    "lifecycle.tenure_short": "new",
    "lifecycle.ordering": "active",
    "lifecycle.signed": "active",
    "lifecycle.open_deal": "developing",
    "lifecycle.in_contact": "developing",
    "lifecycle.no_contact_yet": "potential",
}
_STAGE_BY_CAUSE = np.array([STAGES.index(_STAGE_OF[cause]) for cause in CAUSES] + [-1], dtype=np.int8)


@dataclass(frozen=True)
class LifecycleFacts:
    """What the stage is decided from; days are datetime64[D] with NaT for never or unknown, all (n,).

    ``last_order`` is the last purchase; where the source has bills but no orders, the last bill's month.
    """

    as_of: np.datetime64
    is_customer: Bools
    first_order: Days
    last_order: Days
    since: Days  # cooperation began or the first contract was signed
    last_login: Days
    last_contact: Days
    open_deal: Bools
    contract_end: Days  # latest end of any contract
    tenure_months: Floats
    known_lost: Bools


@dataclass(frozen=True)
class Lifecycle:
    """Stage, its cause and the day it began; ``since`` is NaT where one snapshot cannot tell."""

    stage: Coded
    cause: Coded
    since: Days


def lifecycle(facts: LifecycleFacts, policy: LifecyclePolicy) -> Lifecycle:
    """Place every customer on the master list; the gravest stage that holds wins."""
    cases = _cases(facts, policy)
    cause = first_that_holds(CAUSES, cases, size=len(facts.is_customer))
    stage = Coded(STAGES, _STAGE_BY_CAUSE[cause.index])
    return Lifecycle(stage, cause, _began(facts, policy, cause))


def _cases(facts: LifecycleFacts, policy: LifecyclePolicy) -> dict[str, Bools]:
    as_of, customer = facts.as_of, facts.is_customer
    # A customer who signed and never ordered is measured from the signature.
    order = np.where(np.isnat(facts.last_order), facts.since, facts.last_order)
    # Where no customer at all has an order, the source does not record them: their absence says nothing.
    order_counts = customer & ~np.isnat(facts.last_order).all()
    by_contract = ~np.isnat(facts.contract_end) & (policy.lost_by == "contracts")
    overdue = as_of > facts.contract_end + np.timedelta64(policy.lost_contract_days, "D")
    active = np.fmax(order, facts.last_login)
    started = np.where(np.isnat(facts.first_order), facts.since, facts.first_order)
    recent = ~np.isnat(started) & ~full_months_passed(started, policy.new_months, as_of)
    contacted = ~np.isnat(facts.last_contact) & ~full_months_passed(facts.last_contact, policy.developing_months, as_of)
    everyone = np.ones(len(customer), dtype=bool)
    return {
        "lifecycle.known_lost": facts.known_lost,
        "lifecycle.contract_not_renewed": customer & by_contract & overdue,
        "lifecycle.no_order_lost": order_counts & ~by_contract & full_months_passed(order, policy.lost_months, as_of),
        "lifecycle.no_order_at_risk": order_counts & full_months_passed(order, policy.at_risk_months, as_of),
        "lifecycle.no_activity": order_counts & full_months_passed(active, policy.dormant_months, as_of),
        "lifecycle.first_order_recent": customer & recent,
        "lifecycle.tenure_short": customer & np.isnat(started) & (facts.tenure_months < policy.new_months),
        "lifecycle.ordering": customer & ~np.isnat(facts.last_order),
        "lifecycle.signed": customer,
        "lifecycle.open_deal": facts.open_deal,
        "lifecycle.in_contact": contacted,
        "lifecycle.no_contact_yet": everyone,
    }


def _began(facts: LifecycleFacts, policy: LifecyclePolicy, cause: Coded) -> Days:
    order = np.where(np.isnat(facts.last_order), facts.since, facts.last_order)
    started = np.where(np.isnat(facts.first_order), facts.since, facts.first_order)
    since = np.full(len(order), np.datetime64("NaT", "D"))
    # "More than n days after the end" is first true on the day after.
    overdue = facts.contract_end + np.timedelta64(policy.lost_contract_days + 1, "D")
    for code, days in (
        ("lifecycle.contract_not_renewed", overdue),
        ("lifecycle.no_order_lost", add_months(order, policy.lost_months)),
        ("lifecycle.no_order_at_risk", add_months(order, policy.at_risk_months)),
        ("lifecycle.no_activity", add_months(np.fmax(order, facts.last_login), policy.dormant_months)),
        ("lifecycle.first_order_recent", started),
        ("lifecycle.in_contact", facts.last_contact),
    ):
        chosen = cause.where(code)
        since[chosen] = days[chosen]
    return since


def stage_by_last_order(last_order: str, as_of: str, policy: LifecyclePolicy) -> tuple[str | None, str | None]:
    """Stage and cause of one customer of whom only the day of the last order is known (ISO dates)."""
    day = np.array([last_order], dtype="datetime64[D]")
    never = np.array(["NaT"], dtype="datetime64[D]")
    facts = LifecycleFacts(
        as_of=np.datetime64(as_of, "D"),
        is_customer=np.array([True]),
        first_order=day,
        last_order=day,
        since=never,
        last_login=never,
        last_contact=never,
        open_deal=np.array([False]),
        contract_end=never,
        tenure_months=np.array([np.nan]),
        known_lost=np.array([False]),
    )
    found = lifecycle(facts, policy)
    return found.stage[0], found.cause[0]
