"""《客户价值矩阵图》 (SEG-05): customers on value × potential, the groups, and the rows behind every number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhike.foundation.policies.load import PolicySet
from zhike.segment.policy import GroupPolicy
from zhike.segment.rules.potential import GROUPS
from zhike.segment.rules.tiers import TIERS

LOWER_BAND = 1 / 3
BANDS = ("high", "medium", "low")


@dataclass(frozen=True)
class Cell:
    """Customers of one tier and one band of potential; ``spend_minor`` is their yearly spend."""

    tier: str
    band: str
    customers: int
    spend_minor: int
    customer_ids: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """One of strategic, potential, ordinary: its size, spend, centre on the matrix and share of effort."""

    code: str
    customers: int
    spend_minor: int
    spend_share: float | None
    value_centre: float | None
    potential_centre: float | None
    effort_percent: float
    customer_ids: npt.NDArray[np.int64]


@dataclass(frozen=True)
class ValueMatrix:
    """Cells top left first (high value, high potential), groups, and how many have no place and why."""

    cells: tuple[Cell, ...]
    groups: tuple[Group, ...]
    without_tier: int
    without_potential: int
    potential_limits: tuple[float, float]


def value_matrix(measures: pa.Table, policies: PolicySet) -> ValueMatrix:
    """Aggregate measures; a customer without potential is counted in its group, but has no cell."""
    policy = policies.get(GroupPolicy)
    column = _Columns(measures)
    lower = min(LOWER_BAND, policy.potential_from / 2)
    with np.errstate(invalid="ignore"):
        bands = {
            "high": column.potential >= policy.potential_from,
            "medium": (column.potential >= lower) & (column.potential < policy.potential_from),
            "low": column.potential < lower,
        }
    cells = tuple(
        _cell(column, tier, band, (column.tier == tier) & rows) for tier in TIERS for band, rows in bands.items()
    )
    shares = {
        "strategic": policy.strategic_share,
        "potential": policy.potential_share,
        "ordinary": policy.ordinary_share,
    }
    whole = float(column.spend.sum())
    groups = tuple(_group(column, code, shares[code], whole) for code in GROUPS)
    return ValueMatrix(
        cells=cells,
        groups=groups,
        without_tier=int((column.tier == "").sum()),
        without_potential=int((np.isnan(column.potential) & (column.tier != "")).sum()),
        potential_limits=(lower, policy.potential_from),
    )


class _Columns:
    """The columns of the measures that the matrix needs, as numpy."""

    def __init__(self, measures: pa.Table) -> None:
        self.ids = measures["customer_id"].to_numpy()
        self.tier = np.asarray(measures["tier"].fill_null("").to_numpy()).astype(str)
        self.group = np.asarray(measures["group"].fill_null("").to_numpy()).astype(str)
        self.potential = measures["potential"].to_numpy().astype(float)
        self.value = measures["value_axis"].to_numpy().astype(float)
        self.spend = np.nan_to_num(measures["spend_12m_minor"].cast(pa.float64()).to_numpy())


def _cell(column: _Columns, tier: str, band: str, rows: npt.NDArray[np.bool_]) -> Cell:
    return Cell(tier, band, int(rows.sum()), round(column.spend[rows].sum()), column.ids[rows])


def _group(column: _Columns, code: str, effort: float, whole: float) -> Group:
    rows = column.group == code
    spend = float(column.spend[rows].sum())
    return Group(
        code=code,
        customers=int(rows.sum()),
        spend_minor=round(spend),
        spend_share=spend / whole if whole > 0 else None,
        value_centre=_centre(column.value[rows]),
        potential_centre=_centre(column.potential[rows]),
        effort_percent=effort,
        customer_ids=column.ids[rows],
    )


def _centre(values: npt.NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(known.mean()), 4) if len(known) else None
