"""Customer lifetime value (MEAS-01): the handbook's formula beside a fitted model that had to pass a back-test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhike.analytics import bgnbd, clv, diagnosis, gammagamma
from zhike.analytics.errors import CannotFit
from zhike.insight.compute.facts import Facts
from zhike.insight.compute.inputs import DAYS_A_YEAR, Basics
from zhike.insight.compute.result import NotComputed
from zhike.insight.compute.windows import Windows
from zhike.insight.policy import ClvPolicy
from zhike.segment.rules.arrays import Bools, Floats

WEEK = 7.0
YEAR_WEEKS = DAYS_A_YEAR / WEEK
CUSTOMERS_TO_MEASURE_RETENTION = 30
KINDS = ("firm", "person")
MEASURES = ("p_alive", "expected_orders_12m", "clv_fitted")


@dataclass(frozen=True)
class Handbook:
    """Value (n,) by 年均消费额 × 生命周期长度 × 留存率, and its inputs."""

    value: Floats
    annual: Floats
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Fitted:
    """Fitted values (n,), NaN for customers without an order or where the model was refused.

    ``models``: reports by name, ``clv_fitted`` for all together or one for each of :data:`KINDS`.
    """

    p_alive: Floats
    expected_orders: Floats
    value: Floats
    low: Floats
    high: Floats
    models: dict[str, dict[str, Any]]
    refused: list[NotComputed]


def handbook(facts: Facts, base: Basics, yearly: Floats, policy: ClvPolicy) -> Handbook:
    """By the formula; mean yearly spend is all spend over the years since the first order, at least one."""
    lived = np.maximum(base.tenure_years, 1.0)
    whole = facts.counts("spend_total", from_table="orders")
    mean = np.where(np.isnan(base.last_order.astype("int64").astype(float)), np.nan, whole / lived)
    if "orders" not in facts.present:
        mean = yearly
    annual = np.where(np.isnan(yearly), np.nan, np.where(np.isfinite(mean), mean, yearly))
    annual = np.maximum(annual, 0.0)
    retention, basis = _retention(facts, base, policy)
    value = clv.handbook(annual_spend=annual, lifetime_years=policy.lifetime_years, retention_rate=retention)
    inputs = {"lifetime_years": policy.lifetime_years, "retention": round(retention, 4), "retention_basis": basis}
    return Handbook(value, annual, inputs)


def _retention(facts: Facts, base: Basics, policy: ClvPolicy) -> tuple[float, str]:
    """Share of the buyers of the year before who bought again this year, where two years are there."""
    if policy.measured_retention and "orders" in facts.present and base.covered_months >= 24:
        before = facts.counts("orders_year_before", from_table="orders") > 0
        again = before & (facts.counts("orders_year", from_table="orders") > 0)
        if before.sum() >= CUSTOMERS_TO_MEASURE_RETENTION:
            return float(again.sum() / before.sum()), "measured"
    return policy.retention, "assumed"


def fit(facts: Facts, base: Basics, orders: ir.Table | None, w: Windows, policy: ClvPolicy) -> Fitted:
    """BG/NBD and Gamma-Gamma on purchase days, in weeks; refused where the back-test does not carry them.

    Firms and persons buy and spend so differently that they are fitted apart where both are many enough.
    """
    problem = _unfit(facts, base, orders, policy)
    if problem is not None:
        return _refused(len(facts), "", [problem])
    assert orders is not None  # noqa: S101  checked by _unfit
    groups = _kinds(facts, policy)
    parts = [_fit(_History.of(facts, w, who), kind, orders, facts, w, policy) for kind, who in groups.items()]
    return _together(facts, parts)


def _kinds(facts: Facts, policy: ClvPolicy) -> dict[str, Bools]:
    """Firms and persons apart where each have enough repeat customers, else everybody under ``""``."""
    words = np.array(facts.words("kind").to_pylist(), dtype=object)
    again = np.nan_to_num(facts.floats("purchase_days")) > 1
    apart: dict[str, Bools] = {kind: words == kind for kind in KINDS}
    # Somebody of no known kind belongs to neither fit and must not be left without a value.
    whole = bool((again & ~np.logical_or.reduce(list(apart.values()))).sum() == 0)
    if whole and all((again & who).sum() >= policy.kind_repeat_customers_min for who in apart.values()):
        return apart
    return {"": np.ones(len(facts), dtype=bool)}


def _together(facts: Facts, parts: list[Fitted]) -> Fitted:
    """The parts, which no two share a customer, as one; what one-time buyers lack is said once."""

    def either(name: str) -> Floats:
        values = [getattr(part, name) for part in parts]
        merged: Floats = values[0]
        for other in values[1:]:
            merged = np.where(np.isnan(merged), other, merged)
        return merged

    refused = [item for part in parts for item in part.refused]
    known = np.isfinite(either("expected_orders"))
    once = int((known & (facts.floats("purchase_days") == 1)).sum())
    if once:
        refused.insert(0, NotComputed("p_alive", "clv.alive_needs_repeat", {"customers": once}))
    models = {name: model for part in parts for name, model in part.models.items()}
    return Fitted(
        either("p_alive"), either("expected_orders"), either("value"), either("low"), either("high"), models, refused
    )


def _named(measure: str, kind: str) -> str:
    return f"{measure}:{kind}" if kind else measure


def _fit(history: _History, kind: str, orders: ir.Table, facts: Facts, w: Windows, policy: ClvPolicy) -> Fitted:
    size, name = len(facts), _named("clv_fitted", kind)
    sampled = history.every(max(1, -(-len(history.rows) // policy.fit_customers_max)))
    verdict = _backtest(orders, facts, sampled, w, policy)
    model = {"version": "bgnbd-gammagamma/1", "diagnosis": _diagnosis(verdict)}
    if verdict.verdict in (diagnosis.Verdict.POOR, diagnosis.Verdict.REFUSED):
        return _refused(size, kind, [_backtest_refusal(verdict, name)], model)
    try:
        often = bgnbd.fit(frequency=sampled.frequency, recency=sampled.recency, age=sampled.age)
    except CannotFit as refusal:
        return _refused(size, kind, [NotComputed(name, f"clv.{refusal.code}", refusal.data)], model)
    model |= {"purchases": _params(often, ("r", "alpha", "a", "b")), "time_unit": "week"}
    return _valued(size, kind, history, sampled, often, model, policy)


@dataclass(frozen=True)
class _History:
    """Customers with a purchase: their rows, repeat purchase days, weeks, and mean value of the repeats."""

    rows: npt.NDArray[np.int64]
    frequency: Floats
    recency: Floats
    age: Floats
    mean: Floats
    net_share: float  # what returns leave of the gross value, all customers together

    @staticmethod
    def of(facts: Facts, w: Windows, among: Bools) -> _History:
        first, last = facts.days("first_order"), facts.days("last_order")
        rows = np.flatnonzero(~np.isnat(first) & among)
        frequency = facts.floats("purchase_days")[rows] - 1
        later = facts.floats("gross_total")[rows] - facts.floats("first_day_gross")[rows]
        gross, net = (np.nansum(facts.floats(name)[among]) for name in ("gross_total", "spend_total"))
        as_of = np.datetime64(w.as_of, "D")
        return _History(
            rows,
            frequency,
            (last[rows] - first[rows]).astype(float) / WEEK,
            (as_of - first[rows]).astype(float) / WEEK,
            np.where(frequency > 0, later / np.maximum(frequency, 1), np.nan),
            float(net / gross) if gross > 0 else 1.0,
        )

    def every(self, step: int) -> _History:
        taken = slice(None, None, step)
        return _History(
            self.rows[taken],
            self.frequency[taken],
            self.recency[taken],
            self.age[taken],
            self.mean[taken],
            self.net_share,
        )


def _unfit(facts: Facts, base: Basics, orders: ir.Table | None, policy: ClvPolicy) -> NotComputed | None:
    if orders is None or not (base.order_count > 0).any():
        return NotComputed("clv_fitted", "clv.no_orders")
    if not policy.fitted:
        return NotComputed("clv_fitted", "clv.contractual")
    if base.covered_months < policy.history_months_min:
        data = {"months": round(base.covered_months, 1), "needed": policy.history_months_min}
        return NotComputed("clv_fitted", "clv.history_short", data)
    repeat = int((np.nan_to_num(facts.floats("purchase_days")) > 1).sum())
    if repeat < policy.repeat_customers_min:
        data = {"customers": repeat, "needed": policy.repeat_customers_min}
        return NotComputed("clv_fitted", "clv.too_few_repeat_customers", data)
    return None


def _backtest(orders: ir.Table, facts: Facts, sampled: _History, w: Windows, policy: ClvPolicy) -> diagnosis.Diagnosis:
    bought = orders.filter(orders.is_purchase).select("customer_id", "ordered_on").distinct()
    if len(sampled.rows) < len(facts):
        wanted = ibis.memtable(pa.table({"customer_id": facts.ids[sampled.rows]}))
        bought = bought.semi_join(wanted, "customer_id")
    days = bought.order_by("customer_id", "ordered_on").to_pyarrow()
    limits = diagnosis.Limits(
        minimum_repeat_customers=policy.repeat_customers_min,
        minimum_span=90 / WEEK,
        usable_tracking=policy.backtest_error_max,
        good_tracking=min(diagnosis.Limits().good_tracking, policy.backtest_error_max),
    )
    return diagnosis.holdout(
        customer=days["customer_id"].to_numpy(),
        time=days["ordered_on"].cast(pa.int32()).to_numpy() / WEEK,
        end=(w.as_of.toordinal() - 719163) / WEEK,
        limits=limits,
    )


def _diagnosis(found: diagnosis.Diagnosis) -> dict[str, Any]:
    names = ("customers", "repeat_customers", "expected", "real", "tracking_error", "correlation", "mae")
    told = {name: _plain(getattr(found, name)) for name in names}
    return {"verdict": str(found.verdict), "cause": found.cause} | told


def _backtest_refusal(found: diagnosis.Diagnosis, name: str) -> NotComputed:
    if found.verdict is diagnosis.Verdict.REFUSED:
        return NotComputed(name, f"clv.{found.cause}", {"customers": found.repeat_customers})
    data = {"expected": round(found.expected, 1), "real": round(found.real, 1), "error": _plain(found.tracking_error)}
    return NotComputed(name, f"clv.backtest_{found.cause}", data | {"correlation": _plain(found.correlation)})


def _valued(
    size: int,
    kind: str,
    history: _History,
    sampled: _History,
    often: bgnbd.Params,
    model: dict[str, Any],
    policy: ClvPolicy,
) -> Fitted:
    shape: dict[str, Any] = {
        "frequency": history.frequency,
        "recency": history.recency,
        "age": history.age,
        "params": often,
    }
    # The model lets nobody leave before a repeat purchase: its 100% for one-time buyers says nothing.
    alive = np.where(history.frequency > 0, bgnbd.probability_alive(**shape), np.nan)
    orders = bgnbd.expected_purchases(horizon=YEAR_WEEKS, **shape)
    name, refused = _named("clv_fitted", kind), []
    value = low = high = np.full(len(history.rows), np.nan)
    try:
        spend = _spend(sampled, policy, model)
        found = _predict(history, often, spend, policy)
        value, low, high = found.expected, found.low, found.high
        model["total"] = {"minor": round(found.total), "low": round(found.total_low), "high": round(found.total_high)}
        model["interval"], model["horizon_months"] = policy.interval, policy.horizon_months
    except CannotFit as refusal:
        refused.append(NotComputed(name, f"clv.{refusal.code}", refusal.data))

    def spread(values: Floats) -> Floats:
        every = np.full(size, np.nan)
        every[history.rows] = values
        return every

    return Fitted(spread(alive), spread(orders), spread(value), spread(low), spread(high), {name: model}, refused)


def _spend(sampled: _History, policy: ClvPolicy, model: dict[str, Any]) -> gammagamma.Params:
    again = (sampled.frequency > 0) & (sampled.mean > 0)
    related = gammagamma.correlation(frequency=sampled.frequency[again], mean_value=sampled.mean[again])
    model["value_correlation"] = _plain(related)
    if abs(related) > policy.value_link_max:
        raise CannotFit("value_linked", {"correlation": round(related, 3), "limit": policy.value_link_max})
    spend = gammagamma.fit(frequency=sampled.frequency[again], mean_value=sampled.mean[again])
    model["spend"] = _params(spend, ("p", "q", "v"))
    return spend


def _predict(history: _History, often: bgnbd.Params, spend: gammagamma.Params, policy: ClvPolicy) -> clv.CLV:
    return clv.predict(
        frequency=history.frequency,
        recency=history.recency,
        age=history.age,
        mean_value=history.mean,
        # A mean of 0 (gifts, test orders) says nothing about what is paid next time.
        mean_over=np.where(history.mean > 0, history.frequency, 0),
        purchases=often,
        spend=spend,
        horizon=policy.horizon_months / 12 * YEAR_WEEKS,
        year=YEAR_WEEKS,
        discount_rate=policy.discount_yearly,
        margin=max(history.net_share, 0.0),
        level=policy.interval,
    )


def _params(params: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Parameters with their 95% limits from the fit's own covariance."""
    errors = np.sqrt(np.diag(np.asarray(params.log_covariance))) if params.log_covariance else None
    told: dict[str, Any] = {name: getattr(params, name) for name in names}
    if errors is not None:
        told["limits_95"] = {
            name: [
                getattr(params, name) * float(np.exp(-1.96 * error)),
                getattr(params, name) * float(np.exp(1.96 * error)),
            ]
            for name, error in zip(names, errors, strict=True)
        }
    return told | {"log_likelihood": params.log_likelihood, "customers": params.n_customers}


def _plain(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _refused(size: int, kind: str, why: list[NotComputed], model: dict[str, Any] | None = None) -> Fitted:
    nothing = np.full(size, np.nan)
    names = [_named(measure, kind) for measure in MEASURES]
    also = [NotComputed(name, item.code, item.data) for item in why for name in names if name != item.measure]
    models = {_named("clv_fitted", kind): model} if model else {}
    return Fitted(nothing, nothing, nothing, nothing, nothing, models, why + also)
