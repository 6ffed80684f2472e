"""Value tiers by yearly spend (SEG-03), and where that spend is known from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.segment.policy import TierPolicy
from zhike.segment.rules.arrays import Bools, Coded, Floats, first_that_holds

TIERS = ("high", "core", "low")
BASES = (
    "tier.spend_window",
    "tier.spend_annualised",
    "tier.spend_short_history",
    "tier.given_spend",
    "tier.bill_times_12",
    "tier.foreign_currency",
    "tier.not_yet_customer",
    "tier.no_spend_known",
)
BILLS_A_YEAR = 12


@dataclass(frozen=True)
class SpendFacts:
    """What is known of each customer's spend; minor units of one currency, NaN where unknown, all (n,)."""

    is_customer: Bools
    ordered_minor: Floats  # within the tier window; NaN where no order table speaks of the customer
    foreign_orders: Bools  # some orders are in a currency that could not be added up
    given_minor: Floats  # yearly spend stated by the source itself
    bill_minor: Floats  # present monthly bill
    covered_months: float  # months of the window that the data cover


def yearly_spend(facts: SpendFacts, policy: TierPolicy) -> tuple[Floats, Coded]:
    """Yearly spend (n,) in minor units, NaN where nothing is known, and the basis it rests on.

    Orders come before a stated yearly spend, that before twelve times the bill. A customer with orders in
    another currency gets no spend: adding up part of it would place the customer too low.
    """
    short = facts.covered_months < policy.window_months
    ordered = np.isfinite(facts.ordered_minor) & facts.is_customer & ~facts.foreign_orders
    words = {
        "tier.not_yet_customer": ~facts.is_customer,
        "tier.foreign_currency": facts.foreign_orders,
        _order_basis(short, policy): ordered,
        "tier.given_spend": np.isfinite(facts.given_minor),
        "tier.bill_times_12": np.isfinite(facts.bill_minor),
        "tier.no_spend_known": np.ones(len(ordered), dtype=bool),
    }
    basis = first_that_holds(BASES, words, size=len(ordered))
    scale = policy.window_months / max(facts.covered_months, 1.0) if short and policy.annualise else 1.0
    spend = np.full(len(ordered), np.nan)
    for code, value in (
        (_order_basis(short, policy), facts.ordered_minor * scale),
        ("tier.given_spend", facts.given_minor),
        ("tier.bill_times_12", facts.bill_minor * BILLS_A_YEAR),
    ):
        chosen = basis.where(code)
        spend[chosen] = value[chosen]
    return spend, basis


def _order_basis(short: bool, policy: TierPolicy) -> str:
    if not short:
        return "tier.spend_window"
    return "tier.spend_annualised" if policy.annualise else "tier.spend_short_history"


def tiers(spend_minor: Floats, policy: TierPolicy) -> Coded:
    """``high``, ``core`` or ``low`` per customer from yearly spend in minor units; NaN has no tier."""
    known = np.isfinite(spend_minor)
    spend = np.where(known, spend_minor, -np.inf)
    return first_that_holds(
        TIERS,
        {
            "high": known & (spend >= policy.high_from),
            "core": known & (spend >= policy.core_from),
            "low": known,
        },
        size=len(spend_minor),
    )


def tier_of(spend_minor: int | None, policy: TierPolicy) -> str | None:
    """The tier of one customer; None where the spend is unknown."""
    value = np.nan if spend_minor is None else float(spend_minor)
    return tiers(np.array([value]), policy)[0]
