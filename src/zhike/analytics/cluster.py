"""Groups of customers that are alike, with what marks each; a person names and adopts them."""

import math
from dataclasses import dataclass

import numpy as np

from zhike.analytics import encoding, tables
from zhike.analytics.arrays import BoolArray, FloatArray, IntArray
from zhike.analytics.cautions import Caution
from zhike.analytics.encoding import Category, Dropped, Feature
from zhike.analytics.errors import CannotFit
from zhike.analytics.tables import Columns, Table

FEWEST = 40
SAMPLE = 2_000
MOST_ROWS = 50_000
# Below this silhouette groups run into each other (Kaufman & Rousseeuw 1990, table 2.4).
CLEAR = 0.25
# Two halves of the customers should find nearly the same groups.
STABLE = 0.7
LARGEST = 3.0
TEXT_WEIGHT = 0.7


@dataclass(frozen=True, slots=True)
class Trait:
    """What marks a group: in ``column`` it is at ``here``, all customers at ``all``.

    Numbers: the medians, ``level`` None. Texts: the shares of those with ``level``. ``strength``: the distance in
    standard deviations, with its sign.
    """

    column: str
    level: str | None
    here: float
    all: float
    strength: float


@dataclass(frozen=True, slots=True)
class Group:
    """A proposed group: ``n`` customers, their share, its strongest traits first."""

    n: int
    share: float
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """``groups`` largest first; ``member`` (n,) the group of each customer, by position. ``silhouette``: how far apart
    groups are, -1 to 1; ``stability``: how alike two halves of the customers group the rest, to 1."""

    groups: tuple[Group, ...]
    member: IntArray
    silhouette: float
    stability: float
    columns_dropped: tuple[Dropped, ...]
    warnings: tuple[Caution, ...]


def propose(*, features: Table, fewest: int = 2, most: int = 8, seed: int = 0) -> Proposal:
    """Propose between ``fewest`` and ``most`` groups, as many as lie furthest apart.

    ``features``: table of n rows and mixed columns, gaps allowed, read as by ``churn.fit``; every number weighs the
    same, texts less, and large values are drawn in, so that neither a currency nor one giant decides.

    Cautions: ``no_clear_groups`` (silhouette below 0.25), ``unstable`` (stability below 0.7), ``rows_sampled``.
    Raises CannotFit ``too_few_customers`` under 40, ``no_usable_columns``; ValueError for impossible limits.
    Source: k-means (Lloyd 1982), silhouette (Rousseeuw 1987), adjusted Rand index (Hubert & Arabie 1985).
    Proved: known groups are found again, tests/test_cluster.py.
    """
    from threadpoolctl import threadpool_limits

    if not 2 <= fewest <= most:
        raise ValueError(f"groups must be 2 or more, fewest to most, not {fewest} to {most}")
    columns, n = tables.read(features)
    if n < max(FEWEST, 2 * most):
        raise CannotFit("too_few_customers", {"customers": n})
    usable, dropped = encoding.learn(columns, n)
    if not usable:
        raise CannotFit("no_usable_columns", {"columns": len(columns)})
    design = np.concatenate([_space(feature, columns) for feature in usable], axis=1)
    with threadpool_limits(limits=1):
        member, silhouette, stability = _grouped(design, fewest, most, seed)
    warnings = []
    if silhouette < CLEAR:
        warnings.append(Caution("no_clear_groups", {"silhouette": silhouette}))
    if stability < STABLE:
        warnings.append(Caution("unstable", {"stability": stability}))
    if n > MOST_ROWS:
        warnings.append(Caution("rows_sampled", {"customers": n, "used": MOST_ROWS}))
    sizes = np.bincount(member)
    order = np.argsort(-sizes, kind="stable")
    member = np.argsort(order)[member]
    groups = [
        Group(int(sizes[old]), float(sizes[old] / n), _traits(usable, columns, member == new))
        for new, old in enumerate(order.tolist())
    ]
    return Proposal(tuple(groups), member, silhouette, stability, tuple(dropped), tuple(warnings))


def _space(feature: Feature, columns: Columns) -> FloatArray:
    """A column as coordinates, of variance 1 in all for a number."""
    if isinstance(feature, Category):
        block = feature.design(columns[feature.name])
    else:
        found = tables.numbers(columns[feature.name])
        known = found[~np.isnan(found)]
        low, high = np.quantile(known, [0.25, 0.75]).tolist()
        width = (high - low) or float(known.std()) or 1.0
        # The inverse hyperbolic sine is a line in the middle and a logarithm at the ends.
        block = np.arcsinh(np.where(np.isnan(found), 0.0, (found - feature.centre) / width))[:, None]
        block = np.clip(block, -LARGEST, LARGEST)
    spread = math.sqrt(float(block.var(axis=0).sum()))
    return np.asarray((block - block.mean(axis=0)) / (spread or 1.0) * _weight(feature))


def _weight(feature: Feature) -> float:
    """1 for numbers, less for texts: their values lie apart by nature, which is no finding."""
    return TEXT_WEIGHT if isinstance(feature, Category) else 1.0


def _grouped(design: FloatArray, fewest: int, most: int, seed: int) -> tuple[IntArray, float, float]:
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(design))[:MOST_ROWS]
    shown = rows[:SAMPLE]
    best: tuple[float, int, IntArray] = (-2.0, 0, np.zeros(0, dtype=np.int64))
    for k in range(fewest, most + 1):
        member = _nearest(_centres(design[rows], k, seed), design)
        if len(np.unique(member[shown])) < 2:
            continue
        apart = float(silhouette_score(design[shown], member[shown]))
        # More groups must be clearly further apart, or they only cost attention.
        if apart > best[0] + 0.01:
            best = (apart, k, member)
    if not best[1]:
        raise CannotFit("no_usable_columns", {"columns": design.shape[1]})
    return best[2], best[0], _stability(design[rows], best[1], seed)


def _centres(design: FloatArray, k: int, seed: int) -> FloatArray:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, n_init=5, random_state=seed).fit(design).cluster_centers_)


def _nearest(centres: FloatArray, design: FloatArray) -> IntArray:
    # Squared distances less the part that is the same for every centre.
    return np.asarray(np.argmin((centres**2).sum(axis=1) - 2 * design @ centres.T, axis=1), dtype=np.int64)


def _stability(design: FloatArray, k: int, seed: int) -> float:
    from sklearn.metrics import adjusted_rand_score

    halves = design[::2], design[1::2]
    told = [_nearest(_centres(half, k, seed + 1), design) for half in halves]
    return float(adjusted_rand_score(told[0], told[1]))


def _traits(usable: list[Feature], columns: Columns, here: BoolArray, top: int = 3) -> tuple[Trait, ...]:
    found = []
    for feature in usable:
        if isinstance(feature, Category):
            found.append(_level(feature, feature.codes(columns[feature.name]), here))
            continue
        values = tables.numbers(columns[feature.name])
        known = ~np.isnan(values)
        if not (here & known).any():
            continue
        # In ranks one giant does not make a trait of his whole group.
        place = np.searchsorted(np.sort(values[known]), values[known]) / known.sum()
        gap = float(place[here[known]].mean() - place.mean()) / (float(place.std()) or 1.0)
        middle = float(np.median(values[here & known])), float(np.median(values[known]))
        found.append(Trait(feature.name, None, middle[0], middle[1], gap))
    found.sort(key=lambda trait: -abs(trait.strength))
    return tuple(found[:top])


def _level(feature: Category, codes: IntArray, here: BoolArray) -> Trait:
    """The value by which a group differs most; of equals the one it has more of."""
    found = []
    for code, level in enumerate(feature.levels, start=1):
        yes = codes == code
        inside, everywhere = float(yes[here].mean()), float(yes.mean())
        strength = (inside - everywhere) / (float(yes.std()) or 1.0)
        found.append(Trait(feature.name, level, inside, everywhere, strength))
    return max(found, key=lambda trait: (round(abs(trait.strength), 9), trait.strength))
