"""From when to when somebody was a customer, in rows: what the churn rate of the pages is counted from (MEAS-02)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute import datasets
from zhike.insight.compute.churn_rate import Histories, histories
from zhike.insight.compute.engine import Snapshot, opened
from zhike.insight.compute.evidence import dates, words
from zhike.insight.compute.windows import windows
from zhike.segment.policy import TierPolicy
from zhike.segment.rules.arrays import Days, Floats
from zhike.segment.rules.tiers import tiers

SCHEMA = pa.schema(
    [("customer_id", pa.int64()), ("began_on", pa.date32()), ("lost_on", pa.date32()), ("tier", pa.string())]
)
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Relations:
    """``table`` with one row per time somebody was a customer; ``lost_on`` is null while the relation lasts.

    The times of one customer do not overlap. ``tier`` is the one held last while with us: of a relation that
    lasts the present one, of one that ended the one earned in the window up to its last day, null where unknown.
    """

    definition: str
    known_from: dt.date | None
    table: pa.Table


def relations(
    snapshot: Path,
    policies: PolicySet,
    as_of: dt.date,
    measures: pa.Table,
    *,
    memory: str = "1GB",
    threads: int = 2,
) -> Relations | None:
    """The relations behind :func:`~zhike.insight.compute.churn_rate.churn_rate`; ``measures`` gives present tiers.

    None where the snapshot has neither orders nor contracts to tell a loss from.
    """
    with opened(snapshot, memory=memory, threads=threads) as source:
        found = histories(source, policies, as_of)
        if found is None:
            return None
        spent = _spent_before(source, found, policies, as_of)
    row, began, spell = intervals(found)
    ended = spell >= 0
    lost = np.full(len(row), np.datetime64("NaT", "D"))
    lost[ended] = found.spells.lost_on[spell[ended]]
    tier = _tiers_now(measures, found.ids)[row]
    earned = np.array(words(tiers(spent, policies.get(TierPolicy))).to_pylist(), dtype=object)
    tier[ended] = np.where(np.isfinite(spent[spell[ended]]), earned[spell[ended]], tier[ended])
    columns = [pa.array(found.ids[row]), dates(began), dates(lost), pa.array(tier.tolist(), pa.string())]
    return Relations(found.definition, found.known_from, pa.table(columns, schema=SCHEMA))


def intervals(found: Histories) -> tuple[Rows, Days, Rows]:
    """Row of the customer, first day, and the spell that ended it (-1 while it lasts), by customer and day."""
    spells = found.spells
    returned = ~np.isnat(spells.back_on)
    row = np.concatenate([np.arange(len(found.ids)), spells.row[returned]])
    began = np.concatenate([found.first, spells.back_on[returned]])
    order = np.lexsort((began, row))
    row, began = row[order], began[order]
    by_row = np.lexsort((spells.lost_on, spells.row))
    start = np.searchsorted(spells.row[by_row], row, side="left")
    end = np.searchsorted(spells.row[by_row], row, side="right")
    rank = np.arange(len(row)) - np.searchsorted(row, row, side="left")
    place = start + rank
    spell = np.full(len(row), -1)
    has = place < end
    spell[has] = by_row[place[has]]
    return row, began, spell


def _spent_before(source: Snapshot, found: Histories, policies: PolicySet, as_of: dt.date) -> Floats:
    """Spend of the tier window up to the last day of each ended relation (spells,); NaN without orders."""
    spent = np.full(len(found.ended), np.nan)
    orders = datasets.clean_orders(source, windows(policies, as_of), datasets.main_currency(source)[0])
    if orders is None or not len(spent):
        return spent
    ends = ibis.memtable(
        pa.table({"who": found.ids[found.spells.row], "ended": dates(found.ended), "place": np.arange(len(spent))})
    )
    window = ibis.interval(months=policies.get(TierPolicy).window_months)
    inside = [
        orders.customer_id == ends.who,
        orders.ordered_on <= ends.ended,
        orders.ordered_on > (ends.ended - window).cast("date"),
    ]
    joined = orders.inner_join(ends, inside)
    sums = joined.group_by("place").agg(spent=joined.net_minor.sum()).to_pyarrow()
    spent[sums["place"].to_numpy()] = sums["spent"].to_numpy()
    return spent


def _tiers_now(measures: pa.Table, ids: Rows) -> npt.NDArray[np.object_]:
    """The present tier of each of ``ids``, None where there is none."""
    known = measures["customer_id"].to_numpy()
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)
    row = order[at]
    held = np.array(measures["tier"].to_pylist(), dtype=object)[row]
    held[known[row] != ids] = None
    return held
