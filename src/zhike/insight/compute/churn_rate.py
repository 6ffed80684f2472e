"""Churn rate by period (MEAS-02) from the facts of a snapshot, by the template's definition of "lost".

A customer whom a retention case has found to be lost counts from that day, before orders or contracts say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute import datasets
from zhike.insight.compute.engine import Snapshot, day, opened
from zhike.insight.compute.windows import windows
from zhike.insight.policy import ChurnRatePolicy
from zhike.retain.rules.churn_rate import PeriodChurn, Spells, churn_rates, periods_before
from zhike.segment.policy import LifecyclePolicy
from zhike.segment.rules.arrays import Days, add_months

SHORTEST_MONTH_DAYS = 28


@dataclass(frozen=True)
class ChurnRate:
    """``rows`` per period for all customers and, where asked, per group; ``definition`` is orders or contracts.

    ``known_from``: the first day on which a loss could be seen at all; earlier periods show none.
    """

    definition: str
    rows: tuple[PeriodChurn, ...]
    by_group: dict[str, tuple[PeriodChurn, ...]]
    known_from: dt.date | None


def churn_rate(
    snapshot: Path,
    policies: PolicySet,
    as_of: dt.date,
    *,
    groups: pa.Table | None = None,
    by: str | None = None,
    memory: str = "1GB",
    threads: int = 2,
) -> ChurnRate | None:
    """Customers lost ÷ customers at the period's start, for the policy's periods up to ``as_of``.

    ``groups`` with ``customer_id`` and the column ``by`` (the measures by tier, a table of owners …) splits it.
    None where the snapshot has neither orders nor contracts to tell a loss from.
    """
    with opened(snapshot, memory=memory, threads=threads) as source:
        found = histories(source, policies, as_of)
    if found is None:
        return None
    ids, first, spells = found.ids, found.first, found.spells
    policy = policies.get(ChurnRatePolicy)
    periods = periods_before(as_of, policy.period, policy.periods)
    by_group = {}
    if groups is not None and by is not None:
        for name, rows in _members(groups, by, ids).items():
            by_group[name] = tuple(_of_group(first, spells, rows, periods))
    rows = tuple(churn_rates(first=first, spells=spells, periods=periods))
    return ChurnRate(found.definition, rows, by_group, found.known_from)


@dataclass(frozen=True)
class Histories:
    """Who became a customer when, and when each counted as lost; ``ended`` is the last day before each spell."""

    definition: str
    ids: npt.NDArray[np.int64]
    first: Days
    spells: Spells
    ended: Days
    known_from: dt.date | None


def histories(source: Snapshot, policies: PolicySet, as_of: dt.date) -> Histories | None:
    """The comings and goings of every customer up to ``as_of``; None without orders and contracts."""
    stage = policies.get(LifecyclePolicy)
    if stage.lost_by == "contracts" and source.has("contracts"):
        contracts = source.tables["contracts"]
        begun = next((c for c in ("starts_on", "signed_on") if c in contracts.columns), "ends_on")
        begins = contracts[begun].fill_null(contracts.ends_on)
        times = contracts.select("customer_id", begins=begins, ends=contracts.ends_on)
        times = times.filter(times.begins <= day(as_of))
        grace = stage.lost_contract_days + 1
        times = _with_losses(source, times)
        return _gaps("contracts", times, lambda ends: ends + np.timedelta64(grace, "D"), grace, as_of)
    w = windows(policies, as_of)
    orders = datasets.clean_orders(source, w, datasets.main_currency(source)[0])
    if orders is None:
        return None
    bought = orders.filter(orders.is_purchase)
    times = bought.select("customer_id", begins=bought.ordered_on, ends=bought.ordered_on).distinct()
    shortest = stage.lost_months * SHORTEST_MONTH_DAYS
    times = _with_losses(source, times)
    return _gaps("orders", times, lambda ends: add_months(ends, stage.lost_months), shortest, as_of)


def _gaps(
    definition: str, times: ir.Table, lost_after: Callable[[Days], Days], shortest_days: int, as_of: dt.date
) -> Histories:
    """First day per customer, and the spells in which the time since the last end was too long.

    Only gaps of ``shortest_days`` or more leave DuckDB: most orders are followed soon.
    """
    so_far = ibis.window(group_by="customer_id", order_by=["begins", "ends"], following=0)
    ordered = ibis.window(group_by="customer_id", order_by=["begins", "ends"])
    # A short contract inside a long one does not end the relation: the latest end so far counts.
    spans = times.mutate(ends=times.ends.max().over(so_far), back=times.begins.lead().over(ordered))
    waited = spans.back.delta(spans.ends, unit="day")
    slow = spans.filter(spans.back.isnull() | (waited >= shortest_days) | spans.said.notnull())
    firsts = times.group_by("customer_id").agg(first=times.begins.min()).order_by("customer_id").to_pyarrow()
    rows = slow.order_by("customer_id", "ends").to_pyarrow()
    ids, first = firsts["customer_id"].to_numpy(), _days(firsts["first"])
    back, ended = _days(rows["back"]), _days(rows["ends"])
    lost = _sooner(lost_after(ended), _days(rows["said"]), ended)
    gone = (lost <= np.datetime64(as_of, "D")) & (np.isnat(back) | (back > lost))
    row = np.searchsorted(ids, rows["customer_id"].to_numpy()[gone]).astype(np.int64)
    known_from = lost_after(first.min()[None])[0].astype(dt.date) if len(first) else None
    return Histories(definition, ids, first, Spells(row, lost[gone], back[gone]), ended[gone], known_from)


def _with_losses(source: Snapshot, times: ir.Table) -> ir.Table:
    """``times`` with the day on which a failed retention case said, before the next time, that the customer is lost."""
    unsaid = times.mutate(said=ibis.null("date"))
    if not source.has("losses") or not source.tables["losses"].count().to_pyarrow().as_py():
        return unsaid
    ordered = ibis.window(group_by="customer_id", order_by=["begins", "ends"])
    spans = times.mutate(back=times.begins.lead().over(ordered))
    losses = source.tables["losses"].select(customer="customer_id", day="lost_on")
    told = spans.join(losses, spans.customer_id == losses.customer)
    told = told.filter((told.begins <= told.day) & (told.back.isnull() | (told.back > told.day)))
    first = told.group_by(["customer_id", "begins", "ends"]).agg(said=told.day.min())
    kept = times.left_join(first, ["customer_id", "begins", "ends"])
    return kept.select("customer_id", "begins", "ends", "said")


def _sooner(lost: Days, said: Days, ended: Days) -> Days:
    """The day by orders or contracts, or the day somebody said it, if that was sooner; a running contract is kept."""
    after = np.fmax(said, ended + np.timedelta64(1, "D"))
    return np.where(np.isnat(said), lost, np.minimum(lost, after))


def _days(column: pa.ChunkedArray) -> Days:
    return np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False)).astype("datetime64[D]")


def _members(groups: pa.Table, by: str, ids: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.bool_]]:
    labels = groups[by].cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(str)
    given = groups["customer_id"].to_numpy()
    return {name: np.isin(ids, given[labels == name]) for name in sorted(set(labels.tolist()) - {""})}


def _of_group(
    first: Days, spells: Spells, rows: npt.NDArray[np.bool_], periods: list[tuple[dt.date, dt.date]]
) -> list[PeriodChurn]:
    inside = rows[spells.row]
    only = np.where(rows, first, np.datetime64("NaT", "D"))
    kept = Spells(spells.row[inside], spells.lost_on[inside], spells.back_on[inside])
    return churn_rates(first=only, spells=kept, periods=periods)
