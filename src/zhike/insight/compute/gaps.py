"""What could not be measured, said with its reason instead of guessed."""

from __future__ import annotations

import numpy as np

from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.churn import Churn
from zhike.insight.compute.decide import Danger, Value
from zhike.insight.compute.engine import Snapshot
from zhike.insight.compute.facts import Facts
from zhike.insight.compute.inputs import Basics
from zhike.insight.compute.result import NotComputed
from zhike.insight.compute.value import Fitted
from zhike.retain.policy import HealthPolicy, WarningPolicy
from zhike.retain.rules.health import DIMENSIONS
from zhike.retain.rules.warning import counting
from zhike.segment.policy import TierPolicy

# What each absent table leaves unseen.
_SIGNALS_OF = {
    "usage": ("feature_use_drop", "login_drop"),
    "bills": ("bill_drop",),
    "complaints": ("complaints",),
    "tickets": ("negative_feedback",),
    "interactions": ("contacts_falling", "mention_competitor", "mention_price", "mention_slow_response"),
    "contracts": ("contract_ending",),
}


def gaps(
    source: Snapshot,
    facts: Facts,
    base: Basics,
    worth: Value,
    danger: Danger,
    fitted: Fitted,
    churn: Churn,
    policies: PolicySet,
    currencies: tuple[str, dict[str, int]],
) -> list[NotComputed]:
    """All gaps of one computation, in the order in which a reader meets the measures."""
    return [
        *_money(source, facts, currencies),
        *_order_measures(facts, base, policies),
        *_tiers(worth, base),
        *_health(danger, base, policies),
        *_signals(facts, base),
        *fitted.refused,
        *churn.refused,
    ]


def _money(source: Snapshot, facts: Facts, currencies: tuple[str, dict[str, int]]) -> list[NotComputed]:
    main, found = currencies
    left_out = {code: n for code, n in sorted(found.items()) if code != main and code not in source.rates}
    if not left_out:
        return []
    data = {
        "currency": main,
        "orders": sum(left_out.values()),
        "currencies": ", ".join(left_out),
        "customers": int(facts.true("foreign_orders").sum()),
    }
    return [NotComputed("spend", "currency.left_out", data)]


def _order_measures(facts: Facts, base: Basics, policies: PolicySet) -> list[NotComputed]:
    if not (base.order_count > 0).any():
        return [NotComputed("rfm", "rfm.no_orders"), NotComputed("lifecycle", "lifecycle.no_orders")]
    window = policies.get(TierPolicy).window_months
    if base.covered_months < window - 0.1:
        data = {"months": round(base.covered_months, 1), "window": window}
        return [NotComputed("tier", "tier.short_history", data)]
    return []


def _tiers(worth: Value, base: Basics) -> list[NotComputed]:
    without = int((worth.basis.where("tier.no_spend_known") & base.is_customer).sum())
    return [NotComputed("tier", "tier.no_spend", {"customers": without})] if without else []


def _health(danger: Danger, base: Basics, policies: PolicySet) -> list[NotComputed]:
    found, warning = danger.health, policies.get(WarningPolicy)
    scored = np.isfinite(found.score)
    thin = scored & np.isnan(counting(health=found.score, coverage=found.coverage, policy=warning))
    expected = int(base.is_customer.sum())
    seen = [d for d in DIMENSIONS if np.isfinite(danger.health.marks[d]).any()]
    missing = [d for d in DIMENSIONS if d not in seen]
    told = []
    if scored.sum() < expected:
        data = {"customers": expected - int(scored.sum()), "of": expected, "missing": missing}
        data["needed"] = policies.get(HealthPolicy).coverage_min
        told.append(NotComputed("health", "health.coverage" if scored.any() else "health.no_coverage", data))
    if thin.any():
        data = {"customers": int(thin.sum()), "share": warning.health_coverage_from, "missing": missing}
        told.append(NotComputed("health", "health.thin", data))
    return told


def _signals(facts: Facts, base: Basics) -> list[NotComputed]:
    absent = [
        NotComputed("signals", f"signals.no_{table}", {"signals": list(codes)})
        for table, codes in _SIGNALS_OF.items()
        if table not in facts.present
        and not (table == "tickets" and np.isfinite(base.satisfaction).any())
        and not (table == "contracts" and not np.isnat(base.contract_end).all())
    ]
    if not (base.order_count > 0).any():
        absent.append(NotComputed("signals", "signals.no_orders", {"signals": ["no_order", "order_amount_drop"]}))
    return absent
