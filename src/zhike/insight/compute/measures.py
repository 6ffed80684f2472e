"""The table of measures: one row per customer, decided values and the evidence behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.churn import Churn
from zhike.insight.compute.decide import Danger, Value
from zhike.insight.compute.evidence import dates, json_objects, lists, numbers, whole, words
from zhike.insight.compute.facts import Facts
from zhike.insight.compute.inputs import Basics
from zhike.insight.compute.value import Fitted, Handbook
from zhike.retain.policy import HealthPolicy
from zhike.retain.rules.health import DIMENSIONS
from zhike.retain.rules.warning import COVERAGE_DECIMALS
from zhike.segment.policy import LifecyclePolicy, TierPolicy
from zhike.segment.rules.arrays import Coded, Floats
from zhike.segment.rules.lifecycle import Lifecycle
from zhike.segment.rules.potential import value_coordinate

_REASON = pa.struct([("code", pa.string()), ("points", pa.float64()), ("data", pa.string())])
_SIGNAL = pa.struct([("code", pa.string()), ("evidence", pa.string())])
SCHEMA = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("order_count", pa.int64()),
        ("first_order_on", pa.date32()),
        ("last_order_on", pa.date32()),
        ("days_since_order", pa.int64()),
        ("spend_12m_minor", pa.int64()),
        ("spend_total_minor", pa.int64()),
        ("order_count_12m", pa.int64()),
        ("avg_order_minor", pa.int64()),
        ("tenure_years", pa.float64()),
        ("r", pa.int8()),
        ("f", pa.int8()),
        ("m", pa.int8()),
        ("rfm", pa.string()),
        ("potential", pa.float64()),
        ("value_axis", pa.float64()),
        ("tier", pa.string()),
        ("tier_basis", pa.string()),
        ("group", pa.string()),
        ("lifecycle", pa.string()),
        ("lifecycle_cause", pa.string()),
        ("lifecycle_since", pa.date32()),
        ("health", pa.float64()),
        ("health_coverage", pa.float64()),
        *((f"health_{dimension}", pa.float64()) for dimension in DIMENSIONS),
        ("health_reasons", pa.list_(_REASON)),
        ("signals", pa.list_(_SIGNAL)),
        ("warned", pa.bool_()),
        ("risk", pa.string()),
        ("main_cause", pa.string()),
        ("churn_probability", pa.float64()),
        ("p_alive", pa.float64()),
        ("expected_orders_12m", pa.float64()),
        ("clv_handbook_minor", pa.int64()),
        ("clv_fitted_minor", pa.int64()),
        ("clv_low_minor", pa.int64()),
        ("clv_high_minor", pa.int64()),
        ("value_at_stake_minor", pa.int64()),
        ("strategy_row", pa.string()),
        ("reasons", pa.string()),
    ]
)


def table(
    *,
    facts: Facts,
    base: Basics,
    stage: Lifecycle,
    value: Value,
    danger: Danger,
    churn: Churn,
    book: Handbook,
    fitted: Fitted,
    policies: PolicySet,
    currency: str,
) -> pa.Table:
    """All columns of :data:`SCHEMA`; an unknown value is null, never 0."""
    columns: dict[str, Any] = {"customer_id": pa.array(facts.ids)}
    columns |= _orders(facts, base, value)
    columns |= _marks(value, policies)
    columns |= {
        "lifecycle": words(stage.stage),
        "lifecycle_cause": words(stage.cause),
        "lifecycle_since": dates(stage.since),
    }
    columns |= _health(danger, policies)
    columns |= {
        "signals": _signals(danger, churn, currency, len(facts)),
        "warned": pa.array(danger.warned),
        "risk": words(danger.risk),
        "main_cause": words(danger.cause),
        "churn_probability": numbers(churn.probability),
        "p_alive": numbers(fitted.p_alive),
        "expected_orders_12m": numbers(fitted.expected_orders),
        "clv_handbook_minor": whole(book.value),
        "clv_fitted_minor": whole(fitted.value),
        "clv_low_minor": whole(fitted.low),
        "clv_high_minor": whole(fitted.high),
        "value_at_stake_minor": whole(np.where(value.spend > 0, value.spend, book.annual)),
        "strategy_row": words(value.row),
        "reasons": _reasons(facts, base, stage, value, danger, book, policies),
    }
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _orders(facts: Facts, base: Basics, value: Value) -> dict[str, Any]:
    recorded = "orders" in facts.present
    spent = np.where(base.foreign, np.nan, facts.counts("spend_total", from_table="orders"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(base.order_count > 0, spent / base.order_count, np.nan)
    return {
        "order_count": whole(np.where(recorded, base.order_count, np.nan)),
        "first_order_on": dates(facts.days("first_order")),
        "last_order_on": dates(facts.days("last_order")),
        "days_since_order": whole(facts.floats("days_since_order")),
        "spend_12m_minor": whole(value.spend),
        "spend_total_minor": whole(spent),
        "order_count_12m": whole(facts.counts("orders_year", from_table="orders")),
        "avg_order_minor": whole(mean),
        "tenure_years": numbers(np.round(base.tenure_years, 3)),
    }


def _marks(value: Value, policies: PolicySet) -> dict[str, Any]:
    r, f, m = (pa.array(mark, mask=mark == 0) for mark in value.marks)
    letters = pc.binary_join_element_wise(*(mark.cast(pa.string()) for mark in (r, f, m)), "")
    return {
        "r": r,
        "f": f,
        "m": m,
        "rfm": letters,
        "potential": numbers(np.round(value.potential, 4)),
        "value_axis": numbers(np.round(value_coordinate(value.spend, policies.get(TierPolicy)), 4)),
        "tier": words(value.tier),
        "tier_basis": words(value.basis),
        "group": words(value.group),
    }


def _health(danger: Danger, policies: PolicySet) -> dict[str, Any]:
    found = danger.health
    policy = policies.get(HealthPolicy)
    weights = {d: float(getattr(policy, f"{d}_weight")) for d in DIMENSIONS}
    entries = []
    for dimension in DIMENSIONS:
        rows = np.flatnonzero(np.isfinite(found.points[dimension]))
        full = weights[dimension] / sum(weights.values()) * 100 / found.coverage[rows]
        data = json_objects(
            {"value": found.values[dimension][rows], "mark": found.marks[dimension][rows], "of": full}, size=len(rows)
        )
        code = words(Coded(found.weakest[dimension].words, found.weakest[dimension].index[rows]))
        points = pa.array(found.points[dimension][rows])
        entries.append((rows, {"code": code, "points": points, "data": data}))
    return {
        "health": numbers(found.score),
        "health_coverage": numbers(np.round(found.coverage, COVERAGE_DECIMALS)),
        **{f"health_{d}": numbers(found.points[d]) for d in DIMENSIONS},
        "health_reasons": lists(len(found.score), entries),
    }


def _signals(danger: Danger, churn: Churn, currency: str, size: int) -> pa.Array:
    entries = []
    for signal in danger.found:
        rows = np.flatnonzero(signal.holds)
        evidence: dict[str, Any] = {name: values[rows] for name, values in signal.evidence.items()}
        if any(name.endswith("_minor") for name in evidence):
            evidence["currency"] = currency
        if signal.code == "churn_probability":
            evidence["driver"] = Coded(churn.driver.words, churn.driver.index[rows])
        fields = {
            "code": pa.array([signal.code] * len(rows), pa.string()),
            "evidence": json_objects(evidence, size=len(rows)),
        }
        entries.append((rows, fields))
    return lists(size, entries)


def _reasons(
    facts: Facts,
    base: Basics,
    stage: Lifecycle,
    value: Value,
    danger: Danger,
    book: Handbook,
    policies: PolicySet,
) -> pa.Array:
    """What no other column says: the stage's months, the parts of potential, the strategy's reason, weights."""
    columns: dict[str, Any] = _stage_evidence(base, stage, policies.get(LifecyclePolicy))
    columns |= {f"potential_{name}": part for name, part in value.parts.items()}
    columns |= {
        "strategy": value.row_reason,
        "signal_weight": np.where(danger.weight > 0, danger.weight, np.nan),
        "clv_annual_minor": np.round(book.annual),
        "returns_minor": _returns(facts),
        "contract_end": base.contract_end,
    }
    return json_objects(columns, size=len(facts))


def _stage_evidence(base: Basics, stage: Lifecycle, policy: LifecyclePolicy) -> dict[str, Any]:
    """The months and days that the sentence about the stage names; unknown where it names none."""
    months = np.full(len(stage.cause), np.nan)
    for code, number in (
        ("lifecycle.no_order_lost", policy.lost_months),
        ("lifecycle.no_order_at_risk", policy.at_risk_months),
        ("lifecycle.no_activity", policy.dormant_months),
        ("lifecycle.first_order_recent", policy.new_months),
        ("lifecycle.tenure_short", policy.new_months),
    ):
        months[stage.cause.where(code)] = number
    never = np.datetime64("NaT", "D")
    quiet = np.isfinite(months) | stage.cause.where("lifecycle.ordering")
    last = np.where(np.isnat(base.last_order), base.since, base.last_order)
    first = np.where(np.isnat(base.first_order), base.since, base.first_order)
    return {
        "months": months,
        "last_order_on": np.where(quiet, last, never),
        "first_order_on": np.where(stage.cause.where("lifecycle.first_order_recent"), first, never),
    }


def _returns(facts: Facts) -> Floats:
    """What returns and credits took from spend; NaN where nothing was returned."""
    taken = facts.floats("gross_total") - facts.floats("spend_total")
    return np.where(taken > 0, taken, np.nan)
