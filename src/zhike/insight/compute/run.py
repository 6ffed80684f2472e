"""The one computation behind ``zhike night`` and ``zhike try``."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np

from zhike.foundation.policies.declare import declared
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute import churn, datasets, decide, measures, value
from zhike.insight.compute.engine import TABLES, Snapshot, opened
from zhike.insight.compute.facts import Facts, gather
from zhike.insight.compute.gaps import gaps
from zhike.insight.compute.inputs import Basics, basics, feature_table, lifecycle_facts, movements
from zhike.insight.compute.result import ComputeResult, Progress
from zhike.insight.compute.windows import windows
from zhike.insight.policy import ClvPolicy
from zhike.segment.policy import LifecyclePolicy
from zhike.segment.rules.lifecycle import lifecycle
from zhike.segment.rules.table import StrategyTable

ROOMS = ("segment.", "retain.", "insight.")


def compute(
    snapshot: Path,
    policies: PolicySet,
    as_of: dt.date,
    progress: Progress | None = None,
    *,
    memory: str = "1GB",
    threads: int = 2,
) -> ComputeResult:
    """Measure every customer of a snapshot as of a day, by the policies given.

    Pure and repeatable: the same snapshot, policies and day give the same result. ``progress`` is told the
    step and the share done, 0 to 1. ``memory`` and ``threads`` bound DuckDB.
    Raises SnapshotFault where the folder is no snapshot; a measure the data cannot support is not an
    error but an entry of ``not_computed``.
    """
    tell = progress or (lambda step, share: None)
    tell("read", 0.0)
    with opened(snapshot, memory=memory, threads=threads) as source:
        return _computed(source, policies, as_of, tell)


def _computed(source: Snapshot, policies: PolicySet, as_of: dt.date, tell: Progress) -> ComputeResult:
    w = windows(policies, as_of)
    currency, currencies = datasets.main_currency(source)
    orders = datasets.clean_orders(source, w, currency)
    tell("gather", 0.05)
    facts = gather(source, orders, w)
    base = basics(facts, w)
    moved = movements(facts, base, w, policies)
    stage = lifecycle(lifecycle_facts(facts, base, w), policies.get(LifecyclePolicy))
    tell("value", 0.35)
    fitted = value.fit(facts, base, orders, w, policies.get(ClvPolicy))
    tell("churn", 0.60)
    staying = ~stage.stage.where("at_risk", "lost")
    leaving = churn.predict(source, facts, orders, feature_table(facts, base, moved, w), staying, policies, as_of)
    # Somebody known to be lost has no chance of leaving any more.
    leaving = replace(leaving, probability=np.where(stage.stage.where("lost"), np.nan, leaving.probability))
    tell("decide", 0.75)
    worth = decide.decide_value(facts, base, moved, stage, fitted, policies)
    danger = decide.decide_danger(facts, base, moved, stage, leaving, fitted, w, policies)
    worth = decide.own_rows(facts, base, worth, stage, danger, leaving, strategies_of(source.meta))
    book = value.handbook(facts, base, worth.spend, policies.get(ClvPolicy))
    tell("write", 0.90)
    table = measures.table(
        facts=facts, base=base, stage=stage, value=worth, danger=danger, churn=leaving, book=book, fitted=fitted,
        policies=policies, currency=currency,
    )  # fmt: skip
    tell("done", 1.0)
    return ComputeResult(
        measures=table,
        models=_models(book, fitted, leaving),
        not_computed=gaps(source, facts, base, worth, danger, fitted, leaving, policies, (currency, currencies)),
        policy_versions=versions_of(policies),
        data=_data(source, facts, base, orders, currency, as_of),
    )


def strategies_of(meta: dict[str, Any]) -> StrategyTable:
    """The strategy table that was in force when the snapshot was written; the shipped one where it names none."""
    return StrategyTable.from_json(meta.get("strategies"))


def _models(book: value.Handbook, fitted: value.Fitted, leaving: churn.Churn) -> dict[str, dict[str, Any]]:
    models: dict[str, dict[str, Any]] = {"clv_handbook": {"version": "handbook/1"} | book.inputs}
    models |= fitted.models
    if leaving.model:
        models["churn"] = leaving.model
    return models


def versions_of(policies: PolicySet) -> dict[str, str]:
    """The version of every policy that a computation uses, by ``room.policy``."""
    return {key: policies.version_of(cls) for key, cls in sorted(declared().items()) if key.startswith(ROOMS)}


def _data(
    source: Snapshot, facts: Facts, base: Basics, orders: ir.Table | None, currency: str, as_of: dt.date
) -> dict[str, Any]:
    rows = dict(source.meta.get("tables") or {})
    for name in TABLES:
        if source.has(name) and name not in rows:
            rows[name] = int(source.tables[name].count().to_pyarrow().as_py())
    first, last = facts.days("first_order"), facts.days("last_order")
    known = ~np.isnat(first)
    return {
        "as_of": as_of.isoformat(),
        "tables": rows,
        "customers": len(facts),
        "currency": currency,
        "orders_from": None if orders is None else ("orders" if source.has("orders") else "deals"),
        "first_order_on": str(first[known].min()) if known.any() else None,
        "last_order_on": str(last[known].max()) if known.any() else None,
        "covered_months": round(base.covered_months, 1),
        "strategies": {line.code: line.version for line in strategies_of(source.meta).lines},
    }
