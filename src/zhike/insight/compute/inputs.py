"""From gathered columns to what the rules of segment and retain read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.facts import Facts
from zhike.insight.compute.windows import Windows
from zhike.retain.policy import SignalPolicy
from zhike.retain.rules.health import HealthFacts
from zhike.retain.rules.signals import MENTIONS, SignalFacts
from zhike.segment.policy import LifecyclePolicy
from zhike.segment.rules.arrays import Bools, Days, Floats, full_months_passed
from zhike.segment.rules.lifecycle import LifecycleFacts
from zhike.segment.rules.tiers import SpendFacts

DAYS_A_MONTH = 365.25 / 12
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Basics:
    """What several decisions need, worked out once; all (n,) unless said."""

    is_customer: Bools
    first_order: Days
    last_order: Days
    since: Days
    tenure_years: Floats
    order_count: Floats
    foreign: Bools
    covered_months: float  # length of the order history, one number; 0 without orders
    contract_end: Days
    satisfaction: Floats


def basics(facts: Facts, w: Windows) -> Basics:
    """Who is a customer, since when, and what was bought last."""
    orders = np.nan_to_num(facts.floats("order_count"))
    first, last = facts.days("first_order"), facts.days("last_order")
    if "orders" not in facts.present and "bills" in facts.present:
        # A bill is what a customer bought that month; its day is the month's last, or today.
        first, last = facts.days("first_bill"), _end_of_month(facts.days("last_bill"), w.as_of)
    since = np.fmin(facts.days("cooperation_since"), facts.days("contract_first"))
    began = np.fmin(since, first)
    tenure = facts.floats("tenure_months") / 12
    lived = (np.datetime64(w.as_of, "D") - began).astype("timedelta64[D]").astype(float)
    lived = np.where(np.isnat(began), np.nan, lived / DAYS_A_YEAR)
    return Basics(
        is_customer=_customers(facts, orders),
        first_order=first,
        last_order=last,
        since=since,
        tenure_years=np.where(np.isnan(tenure), np.maximum(lived, 0), tenure),
        order_count=orders,
        foreign=facts.true("foreign_orders"),
        covered_months=_covered(facts.days("first_order"), w.as_of),
        contract_end=np.fmax(facts.days("contract_end"), facts.days("stated_contract_end")),
        satisfaction=_first_known(facts.floats("satisfaction"), facts.floats("stated_satisfaction")),
    )


def _customers(facts: Facts, orders: Floats) -> Bools:
    """Signed, ordering, billed, under contract, or of known outcome: everybody else is a prospect."""
    return (
        facts.true("is_signed")
        | (orders > 0)
        | facts.true("contracts")
        | facts.true("annual_spend_minor")
        | np.isfinite(facts.floats("monthly_bill_minor"))
        | np.isfinite(facts.floats("last_bill_minor"))
        | np.isfinite(facts.floats("churned"))
    )


def _end_of_month(days: Days, as_of: dt.date) -> Days:
    end = (days.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    return np.where(np.isnat(days), days, np.minimum(end, np.datetime64(as_of, "D")))


def _covered(first_order: Days, as_of: dt.date) -> float:
    known = first_order[~np.isnat(first_order)]
    if not len(known):
        return 0.0
    return float((np.datetime64(as_of, "D") - known.min()).astype(float) + 1) / DAYS_A_MONTH


def _first_known(one: Floats, other: Floats) -> Floats:
    return np.where(np.isnan(one), other, one)


def spend_facts(facts: Facts, base: Basics) -> SpendFacts:
    """For the tiers. Without an order table nobody's orders are known, with one a customer without is at 0."""
    ordered = facts.counts("spend_year", from_table="orders")
    return SpendFacts(
        is_customer=base.is_customer,
        ordered_minor=ordered,
        foreign_orders=base.foreign,
        given_minor=facts.floats("annual_spend_minor"),
        bill_minor=_first_known(facts.floats("last_bill_minor"), facts.floats("monthly_bill_minor")),
        covered_months=base.covered_months,
    )


def lifecycle_facts(facts: Facts, base: Basics, w: Windows) -> LifecycleFacts:
    """For the stages."""
    return LifecycleFacts(
        as_of=np.datetime64(w.as_of, "D"),
        is_customer=base.is_customer,
        first_order=base.first_order,
        last_order=base.last_order,
        since=base.since,
        last_login=np.minimum(facts.days("last_login"), np.datetime64(w.as_of, "D")),
        last_contact=np.fmax(facts.days("last_contact"), facts.days("last_deal")),
        open_deal=facts.true("open_deals"),
        contract_end=base.contract_end,
        tenure_months=base.tenure_years * 12,
        known_lost=facts.true("churned"),
    )


@dataclass(frozen=True)
class Movements:
    """Now against before for everything that can fall; all (n,), NaN where the base is too small or unknown."""

    spend_now: Floats
    spend_before: Floats
    orders_now: Floats
    orders_before: Floats
    fluctuation: Floats
    gap_ratio: Floats
    open_matters: Floats
    oldest_open_days: Floats


def movements(facts: Facts, base: Basics, w: Windows, policies: PolicySet) -> Movements:
    """Order movements of the policy's window, and matters open for too long."""
    policy = policies.get(SignalPolicy)
    whole = base.covered_months >= 2 * policy.order_window_months - 0.1
    adding_up = ~base.foreign

    def ordered(name: str, known: bool) -> Floats:
        values = facts.counts(name, from_table="orders")
        return np.where(adding_up & known, values, np.nan)

    orders_now = facts.counts("orders_now", from_table="orders")
    steps = np.stack([ordered(f"step_{i}", True) for i in range(len(w.order_steps) - 1)])
    # Months before the first order are no ups and downs: who is new has not swung.
    whole_window = base.first_order <= np.datetime64(w.order, "D")
    enough = (orders_now >= policy.orders_min) & whole_window
    enough &= base.covered_months >= policy.order_window_months - 0.1
    late = [facts.counts(n, from_table=t) for n, t in (("late_tickets", "tickets"), ("late_complaints", "complaints"))]
    return Movements(
        spend_now=ordered("spend_now", True),
        spend_before=ordered("spend_before", whole),
        orders_now=orders_now,
        orders_before=np.where(whole, facts.counts("orders_before", from_table="orders"), np.nan),
        fluctuation=np.where(enough, _variation(steps), np.nan),
        gap_ratio=_gap_ratio(facts, base, w),
        open_matters=np.where(np.isnan(late[0]), late[1], late[0] + np.nan_to_num(late[1])),
        oldest_open_days=_days_since(np.fmin(facts.days("oldest_ticket"), facts.days("oldest_complaint")), w),
    )


def _variation(steps: Floats) -> Floats:
    """Coefficient of variation over the steps; NaN where their mean is not above 0."""
    mean = steps.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean > 0, steps.std(axis=0) / mean, np.nan)


def _gap_ratio(facts: Facts, base: Basics, w: Windows) -> Floats:
    """Days since the last order over the usual interval; NaN below three days with an order."""
    days = np.nan_to_num(facts.floats("purchase_days"))
    usual = np.where(days >= 3, _usual_gap(base, days), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(usual > 0, _days_since(base.last_order, w) / usual, np.nan)


def _usual_gap(base: Basics, days: Floats) -> Floats:
    """Mean days (n,) from one day with an order to the next, of ``days`` such days; NaN below two."""
    span = (base.last_order - base.first_order).astype("timedelta64[D]").astype(float)
    return np.where(days >= 2, span / np.maximum(days - 1, 1), np.nan)


def _days_since(days: Days, w: Windows) -> Floats:
    since = (np.datetime64(w.as_of, "D") - days).astype("timedelta64[D]").astype(float)
    return np.where(np.isnat(days), np.nan, since)


def signal_facts(
    facts: Facts, base: Basics, moved: Movements, w: Windows, *, still: Bools, probability: Floats, alive: Floats
) -> SignalFacts:
    """For the signals; ``still``: customers that are not lost yet; ``alive``: by the purchase model, NaN without."""
    days = np.nan_to_num(facts.floats("purchase_days"))
    named = {what: facts.counts(f"mention_{what}", from_table="interactions") for what in MENTIONS}
    return SignalFacts(
        as_of=np.datetime64(w.as_of, "D"),
        is_customer=base.is_customer & still,
        last_order=base.last_order,
        use_now=facts.floats("use_now"),
        use_before=facts.floats("use_before"),
        logins_now=facts.floats("logins_now"),
        logins_before=facts.floats("logins_before"),
        bill_now=facts.floats("bill_now"),
        bill_before=facts.floats("bill_before"),
        spend_now=moved.spend_now,
        spend_before=moved.spend_before,
        orders_now=moved.orders_now,
        orders_before=moved.orders_before,
        order_fluctuation=moved.fluctuation,
        complaints_now=facts.counts("complaints_now", from_table="complaints"),
        complaints_before=facts.counts("complaints_before", from_table="complaints"),
        satisfaction=base.satisfaction,
        open_matters=moved.open_matters,
        oldest_open_days=moved.oldest_open_days,
        contacts_now=facts.counts("contacts_now", from_table="interactions"),
        contacts_before=facts.counts("contacts_before", from_table="interactions"),
        contract_end=base.contract_end,
        mentions=named,
        churn_probability=probability,
        active_probability=alive,
        repeat_purchases=days - 1,
        usual_gap_days=_usual_gap(base, days),
        quiet_days=_days_since(base.last_order, w),
    )


def health_facts(
    facts: Facts, base: Basics, moved: Movements, w: Windows, policies: PolicySet, *, still: Bools
) -> HealthFacts:
    """For health; a movement from too small a base is unknown, as it is for the signals."""
    policy, stage = policies.get(SignalPolicy), policies.get(LifecyclePolicy)
    alive = base.is_customer & still

    def known(values: Floats, where: Bools | bool = True) -> Floats:
        return np.where(alive & where, values, np.nan)

    use, logins = facts.floats("use_before"), facts.floats("logins_before")
    contacts = facts.counts("contacts_before", from_table="interactions")
    orders = moved.orders_before >= policy.orders_min
    stopped = full_months_passed(base.last_order, stage.at_risk_months, np.datetime64(w.as_of, "D"))
    return HealthFacts(
        stopped=alive & stopped,
        order_fluctuation=known(moved.fluctuation),
        spend_now=known(moved.spend_now, orders),
        spend_before=known(moved.spend_before, orders),
        gap_ratio=known(moved.gap_ratio),
        bill_now=known(facts.floats("bill_now")),
        bill_before=known(facts.floats("bill_before")),
        complaints=known(facts.counts("complaints_now", from_table="complaints")),
        open_matters=known(moved.open_matters),
        satisfaction=known(base.satisfaction),
        contact_days=known(_days_since(facts.days("last_contact"), w)),
        contacts_now=known(facts.counts("contacts_now", from_table="interactions"), contacts >= policy.contacts_min),
        contacts_before=known(contacts, contacts >= policy.contacts_min),
        use_now=known(facts.floats("use_now"), use >= policy.usage_min),
        use_before=known(use, use >= policy.usage_min),
        logins_now=known(facts.floats("logins_now"), logins >= policy.usage_min),
        logins_before=known(logins, logins >= policy.usage_min),
    )


def feature_table(facts: Facts, base: Basics, moved: Movements, w: Windows) -> pa.Table:
    """What a churn model may learn from at the as-of date: numbers and words, missing values allowed."""
    plain = ("use_now", "use_before", "logins_now", "bill_now", "bill_before", "orders_year", "spend_year")
    counted = ("complaints_now", "contacts_now", "contacts_before")
    columns: dict[str, object] = {name: facts.floats(name) for name in plain}
    columns |= {
        name: facts.counts(name, from_table="complaints" if name.startswith("complaints") else "interactions")
        for name in counted
    }
    columns |= {f"mention_{what}": facts.counts(f"mention_{what}", from_table="interactions") for what in MENTIONS}
    columns |= {
        "days_since_order": _days_since(base.last_order, w),
        "days_since_contact": _days_since(facts.days("last_contact"), w),
        "days_to_contract_end": -_days_since(base.contract_end, w),
        "tenure_years": base.tenure_years,
        "order_fluctuation": moved.fluctuation,
        "order_gap_ratio": moved.gap_ratio,
        "spend_change": _change(moved.spend_before, moved.spend_now),
        "use_change": _change(facts.floats("use_before"), facts.floats("use_now")),
        "open_matters": moved.open_matters,
        "satisfaction": base.satisfaction,
        "industry": facts.words("industry"),
        "kind": facts.words("kind"),
    }
    return pa.table(columns)


def _change(before: Floats, now: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, now / before - 1, np.nan)
