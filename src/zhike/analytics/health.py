"""Health from 0 to 100 with the points each dimension gave, and whether low health foretold loss."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhike.analytics import ranking
from zhike.analytics.arrays import Column, FloatArray, floats, refuse, same_length

# Points are kept in steps of 2^-20 (a millionth): sums of such numbers are exact in any order, and
# 70 points computed as 69.99999999 become 70 before a limit is applied to them.
GRID = float(2**20)


@dataclass(frozen=True, slots=True, eq=False)
class HealthScores:
    """``score`` (n,) 0-100 or NaN; ``contributions`` per dimension (n,) points, NaN where the dimension is
    unknown or the score is; known ones sum to the score exactly. ``coverage`` (n,) 0-1: share of the
    weights that had data."""

    score: FloatArray
    contributions: dict[str, FloatArray]
    coverage: FloatArray


def score(
    *,
    dimensions: Mapping[str, Column],
    weights: Mapping[str, float],
    minimum_coverage: float = 0.5,
) -> HealthScores:
    """Weigh dimensions into one score.

    ``dimensions``: name to values (n,) from 0 (worst) to 1 (best), NaN where unknown. ``weights``: name to a
    number of 0 or more for each of them; only their proportions matter. Unknown dimensions hand
    their weight to the known ones and lower the coverage; below ``minimum_coverage`` there is no score.

    Raises ValueError for names that do not match or weights that do not weigh, BadRow for a value
    outside 0 to 1. Proved: tests/test_health.py.
    """
    names = list(dimensions)
    if not names or set(names) != set(weights):
        raise ValueError(f"weights are for {sorted(weights)}, dimensions are {sorted(names)}")
    weight = np.array([float(weights[name]) for name in names])
    if not (np.isfinite(weight) & (weight >= 0)).all() or not weight.sum() > 0:
        raise ValueError(f"weights must be 0 or more with a sum above 0, not {dict(weights)}")
    columns = {name: floats(name, dimensions[name]) for name in names}
    same_length(**columns)
    for name, values in columns.items():
        refuse(name, values, (values < 0) | (values > 1) | np.isinf(values), "must be between 0 and 1")
    values = np.stack([columns[name] for name in names])
    known = ~np.isnan(values)
    used = weight @ known
    # A millionth of tolerance: weights such as .1 + .2 must reach a minimum of .3.
    enough = (used / weight.sum() >= minimum_coverage - 1e-6) & (used > 0)
    points = np.where(known, values, 0.0) * weight[:, None] * 100 / np.where(used > 0, used, 1.0)
    total, points = _to_grid(points)
    shown = known & enough
    return HealthScores(
        score=np.where(enough, total, np.nan),
        contributions={name: np.where(shown[i], points[i], np.nan) for i, name in enumerate(names)},
        coverage=used / weight.sum(),
    )


def _to_grid(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    total = np.rint(points.sum(axis=0) * GRID)
    steps = np.rint(points * GRID)
    largest = np.argmax(steps, axis=0)
    steps[largest, np.arange(steps.shape[1])] += total - steps.sum(axis=0)
    return total / GRID, steps / GRID


@dataclass(frozen=True, slots=True)
class Band:
    """Customers with ``low <= score < high`` (the last band includes 100) and how many were lost."""

    low: float
    high: float
    n: int
    churned: int
    rate: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """Did low health come before loss?

    ``n`` customers with a score and a known outcome, ``without_score`` those left out, ``churned`` of n lost.
    ``auc``: chance that a lost customer had the lower score. Of the ``list_size`` lowest: ``precision`` share
    lost, ``recall`` share of all losses on the list, ``lift`` precision over the base rate; ties at
    the end of the list count by their mean. NaN where nothing can be said. ``by_tier``: the same per
    tier, with the list in proportion.
    """

    n: int
    without_score: int
    churned: int
    auc: float
    list_size: int
    precision: float
    recall: float
    lift: float
    bands: tuple[Band, ...]
    by_tier: dict[str, "Backtest"]


def backtest(
    *,
    score: Column,
    churned: Column,
    list_size: int,
    tier: Sequence[str | None] | npt.NDArray[np.object_] | None = None,
    limits: Sequence[float] = (40, 60, 70, 80, 90),
) -> Backtest:
    """Compare health at one date with who was lost after it.

    Shapes: (n,). ``score`` 0-100 or NaN, taken before the period in which ``churned`` (1 lost, 0 kept)
    was observed. ``limits`` part the bands of the calibration table.
    Raises ValueError for lengths that differ or a ``list_size`` below 1.
    """
    values, lost = floats("score", score), ranking.labels("churned", churned)
    same_length(score=values, churned=lost)
    if list_size < 1:
        raise ValueError(f"list_size is {list_size}, but must be 1 or more")
    by_tier: dict[str, Backtest] = {}
    if tier is not None:
        tiers = np.asarray(["" if t is None else str(t) for t in tier], dtype=object)
        same_length(score=values, tier=tiers)
        for name in sorted(set(tiers.tolist()) - {""}):
            rows = tiers == name
            share = max(1, round(list_size * rows.sum() / len(values)))
            by_tier[name] = _backtest(values[rows], lost[rows], share, limits, {})
    return _backtest(values, lost, list_size, limits, by_tier)


def _backtest(
    values: FloatArray,
    lost: npt.NDArray[np.bool_],
    list_size: int,
    limits: Sequence[float],
    by_tier: dict[str, Backtest],
) -> Backtest:
    known = ~np.isnan(values)
    scored, gone = values[known], lost[known]
    n, churned = len(scored), int(gone.sum())
    size = min(list_size, n)
    found = _found_on_list(scored, gone, size) if size else float("nan")
    precision = found / size if size else float("nan")
    return Backtest(
        n=n,
        without_score=int((~known).sum()),
        churned=churned,
        auc=ranking.auc(score=-scored, positive=gone),
        list_size=size,
        precision=precision,
        recall=found / churned if churned else float("nan"),
        lift=precision * n / churned if churned else float("nan"),
        bands=_bands(scored, gone, limits),
        by_tier=by_tier,
    )


def _found_on_list(scored: FloatArray, gone: npt.NDArray[np.bool_], size: int) -> float:
    last = np.partition(scored, size - 1)[size - 1]
    below, at = scored < last, scored == last
    return float(gone[below].sum() + gone[at].mean() * (size - below.sum()))


def _bands(scored: FloatArray, gone: npt.NDArray[np.bool_], limits: Sequence[float]) -> tuple[Band, ...]:
    edges = [0.0, *map(float, limits), 100.0]
    bands = []
    for low, high in itertools.pairwise(edges):
        rows = (scored >= low) & ((scored < high) | (high == 100.0))
        n, churned = int(rows.sum()), int(gone[rows].sum())
        bands.append(Band(low, high, n, churned, churned / n if n else float("nan")))
    return tuple(bands)
