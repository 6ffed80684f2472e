"""Churn probability: learned from outcomes the file states, or from the enterprise's own past."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from zhike.analytics import churn as mathematics
from zhike.analytics.errors import CannotFit
from zhike.foundation.kit.clock import months_before
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.engine import Snapshot
from zhike.insight.compute.facts import Facts, gather
from zhike.insight.compute.inputs import basics, feature_table, lifecycle_facts, movements
from zhike.insight.compute.result import NotComputed
from zhike.insight.compute.windows import windows
from zhike.retain.policy import ChurnModelPolicy
from zhike.segment.policy import LifecyclePolicy
from zhike.segment.rules.arrays import Bools, Coded, Floats
from zhike.segment.rules.lifecycle import lifecycle

RICH = ("usage", "interactions", "complaints", "tickets", "bills")
_STATIC = ("kind", "industry", "region", "tenure_months", "monthly_bill_minor", "annual_spend_minor", "prefers_custom")


@dataclass(frozen=True)
class Churn:
    """``probability`` (n,), NaN where not given; ``driver`` the column that raises it most, JSON-escaped."""

    probability: Floats
    driver: Coded
    model: dict[str, Any]
    refused: list[NotComputed]


def predict(
    snapshot: Snapshot, facts: Facts, orders: ir.Table | None, current: pa.Table, staying: Bools, policies: PolicySet,
    as_of: dt.date,
) -> Churn:  # fmt: skip
    """Probability of leaving for customers who are ``staying``.

    Outcomes stated by a file come first: they train on its own columns. A database, or a file with dated
    facts, is looked at as it was one horizon ago, and who has left since is the outcome.
    """
    policy = policies.get(ChurnModelPolicy)
    stated = facts.floats("churned")
    if snapshot.meta.get("source") != "database" and np.isfinite(stated).any():
        features = _static_features(snapshot, facts)
        return _learned(features, stated, np.ones(len(facts), dtype=bool), features, facts, policy, "stated")
    if orders is None or not any(snapshot.has(name) for name in RICH):
        return _nothing(len(facts), NotComputed("churn_probability", "churn.no_outcome"))
    features, left = _past(snapshot, facts, orders, staying, policies, as_of)
    ordering = staying & ~np.isnat(facts.days("last_order"))
    return _learned(features, left, ordering, current, facts, policy, "past")


def _past(
    snapshot: Snapshot, facts: Facts, orders: ir.Table, staying: Bools, policies: PolicySet, as_of: dt.date
) -> tuple[pa.Table, Floats]:
    """What was known one horizon ago of those who were with us then, and who of them has left since.

    Of very many customers an even sample is looked at: more would not be learned from anyway.
    """
    horizon = policies.get(ChurnModelPolicy).horizon_months
    before = windows(policies, months_before(as_of, horizon))
    step = -(-len(facts) // mathematics.MOST_ROWS)
    chosen = np.arange(0, len(facts), max(step, 1))
    if len(chosen) < len(facts):
        wanted = ibis.memtable(pa.table({"customer_id": facts.ids[chosen]}))
        tables = {name: table.semi_join(wanted, "customer_id") for name, table in snapshot.tables.items()}
        snapshot, orders = Snapshot(snapshot.meta, tables), orders.semi_join(wanted, "customer_id")
    then = gather(snapshot, orders, before)
    base = basics(then, before)
    stage = lifecycle(lifecycle_facts(then, base, before), policies.get(LifecyclePolicy)).stage
    with_us = stage.where("new", "active", "dormant") & ~np.isnat(base.last_order)
    # Whoever has an order then is named by the snapshot now, so every row of the past has its present.
    now = np.searchsorted(facts.ids, then.ids)
    left = np.where(with_us, (~staying[now]).astype(float), np.nan)
    return feature_table(then, base, movements(then, base, before, policies), before), left


def _static_features(snapshot: Snapshot, facts: Facts) -> pa.Table:
    columns: dict[str, Any] = {}
    for name in _STATIC:
        if name in facts.table.column_names:
            columns[name] = facts.table.column(name)
    if "stated_satisfaction" in facts.table.column_names:
        columns["satisfaction"] = facts.table.column("stated_satisfaction")
    if snapshot.has("customer_attributes"):
        extra = snapshot.tables["customer_attributes"].to_pyarrow()
        given = extra["customer_id"].to_numpy()
        place = np.searchsorted(facts.ids, given)
        row = np.full(len(facts), -1)
        inside = (place < len(facts)) & (facts.ids[np.minimum(place, len(facts) - 1)] == given)
        row[place[inside]] = np.flatnonzero(inside)
        taken = pa.array(row, mask=row < 0)
        for name in extra.column_names:
            if name != "customer_id" and name not in columns:
                columns[name] = extra.column(name).combine_chunks().take(taken)
    return pa.table(columns)


def _learned(
    features: pa.Table, left: Floats, shown: Bools, current: pa.Table, facts: Facts, policy: ChurnModelPolicy, how: str
) -> Churn:
    known, gone = int(np.isfinite(left).sum()), int((left == 1).sum())
    counted = {"customers": known, "churned": gone}
    if known < policy.customers_min or min(gone, known - gone) < policy.churned_min:
        needed = {"customers_min": policy.customers_min, "churned_min": policy.churned_min}
        return _nothing(len(facts), NotComputed("churn_probability", "churn.too_few", counted | needed))
    try:
        model = mathematics.fit(features=features, churned=left)
    except CannotFit as refusal:
        return _nothing(len(facts), NotComputed("churn_probability", f"churn.{refusal.code}", counted))
    report = model.report.as_dict()
    told: dict[str, Any] = {"version": f"churn-{model.report.family}/1", "learned_from": how, "report": report}
    told |= {"auc": report["auc"], "horizon_months": policy.horizon_months if how == "past" else None}
    if not model.report.auc >= policy.auc_min:
        weak = NotComputed("churn_probability", "churn.weak", {"auc": report["auc"], "needed": policy.auc_min})
        return Churn(np.full(len(facts), np.nan), _no_driver(len(facts)), told, [weak])
    probability = np.where(shown, model.predict(features=current), np.nan)
    explained = model.explain(features=current)
    driver, _ = explained.main()
    names = tuple(json.dumps(name, ensure_ascii=False)[1:-1] for name in explained.columns)
    return Churn(probability, Coded(names, driver.astype(np.int16)), told, [])


def _no_driver(size: int) -> Coded:
    return Coded((), np.full(size, -1, dtype=np.int8))


def _nothing(size: int, why: NotComputed) -> Churn:
    return Churn(np.full(size, np.nan), _no_driver(size), {}, [why])
