"""What columns of a table can tell, learnt from the columns alone and never from the outcome."""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhike.analytics.arrays import FloatArray, IntArray
from zhike.analytics.tables import Columns, ObjectArray, numbers

MOST_BINS = 48
MOST_LEVELS = 40
LEAST_PER_LEVEL = 5
LEAST_KNOWN = 0.05
NUMERIC_TEXT = 0.95

# An identifier by its name, in the spellings that exports use.
NAMED_ID = re.compile(r"(^|[_\W])(id|ids|uuid|guid|key|number|no)$|id$|编号|编码|账号|单号|流水号", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column left out. ``reason``: ``identifier``, ``constant``, ``too_sparse``, ``too_many_values``,
    ``leak_suspected``, ``known_later``; ``detail`` the number behind it (distinct share, known share, AUC)."""

    name: str
    reason: str
    detail: float


@dataclass(frozen=True, slots=True, eq=False)
class Numeric:
    """A number: for the linear family in standard deviations, for the others in bins of like size."""

    name: str
    centre: float
    mean: float
    scale: float
    missing: float
    edges: FloatArray

    @property
    def n_codes(self) -> int:
        """Bins plus code 0 for missing."""
        return len(self.edges) + 2

    def codes(self, values: FloatArray | ObjectArray) -> IntArray:
        found = numbers(values)
        return np.where(np.isnan(found), 0, 1 + np.searchsorted(self.edges, found, side="right"))

    def design(self, values: FloatArray | ObjectArray) -> FloatArray:
        """Standardised, missing filled by the median; a second column tells missing where that is common."""
        found = numbers(values)
        absent = np.isnan(found)
        # Far outliers would swing a linear score without bound.
        z = np.clip((np.where(absent, self.centre, found) - self.mean) / self.scale, -8, 8)
        return np.stack([z, absent - self.missing], axis=1) if self.missing > 0.01 else z[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Category:
    """A text: the common values by name, the rest together."""

    name: str
    levels: tuple[str, ...]
    shares: FloatArray

    @property
    def n_codes(self) -> int:
        """Levels plus code 0 for missing and the last one for everything else."""
        return len(self.levels) + 2

    def codes(self, values: FloatArray | ObjectArray) -> IntArray:
        place: dict[object, int] = {level: i + 1 for i, level in enumerate(self.levels)}
        place[None] = 0
        other = len(self.levels) + 1
        return np.array([place.get(value, other) for value in texts(values)], dtype=np.int64)

    def design(self, values: FloatArray | ObjectArray) -> FloatArray:
        """One column per code, each minus its share, so that an average customer is at 0."""
        return np.eye(self.n_codes)[self.codes(values)] - self.shares


Feature = Numeric | Category


def texts(values: FloatArray | ObjectArray) -> list[str | None]:
    """Values as text, None for missing: the reading of a column that was text when it was learnt."""
    if values.dtype.kind == "f":
        return [None if np.isnan(value) else f"{value:g}" for value in values]
    return list(values)


def learn(columns: Columns, n: int) -> tuple[list[Feature], list[Dropped]]:
    """Per column either how to read it or why it is left out; n rows."""
    features: list[Feature] = []
    dropped: list[Dropped] = []
    for name, values in columns.items():
        found = _numeric(name, values, n) or _category(name, values, n)
        if isinstance(found, Dropped):
            dropped.append(found)
        else:
            features.append(found)
    return features, dropped


def _numeric(name: str, values: FloatArray | ObjectArray, n: int) -> Numeric | Dropped | None:
    """None when the column is not one of numbers."""
    found = numbers(values)
    known = found[~np.isnan(found)]
    if values.dtype.kind != "f":
        filled = sum(value is not None for value in values)
        if len(known) < NUMERIC_TEXT * filled or not filled:
            return None
    sparse = _too_sparse(name, len(known), n)
    if sparse:
        return sparse
    distinct = np.unique(known)
    if len(distinct) == 1 and len(known) == n:
        return Dropped(name, "constant", 1.0)
    if _is_identifier(name, known, distinct, n):
        return Dropped(name, "identifier", len(distinct) / n)
    centre = float(np.median(known))
    filled_in = np.where(np.isnan(found), centre, found)
    return Numeric(
        name=name,
        centre=centre,
        mean=float(filled_in.mean()),
        scale=float(filled_in.std()) or 1.0,
        missing=1 - len(known) / n,
        edges=_edges(known, distinct),
    )


def _edges(known: FloatArray, distinct: FloatArray) -> FloatArray:
    if len(distinct) <= MOST_BINS:
        return np.asarray((distinct[1:] + distinct[:-1]) / 2)
    cuts = np.quantile(known, np.arange(1, MOST_BINS) / MOST_BINS)
    return np.unique(cuts[cuts > distinct[0]])


def _is_identifier(name: str, known: FloatArray, distinct: FloatArray, n: int) -> bool:
    """Whole numbers, each once, that are called an id, count up row by row or fill their range."""
    if len(known) < n or len(distinct) < n or n < 20 or (known != np.floor(known)).any():
        return False
    steps = np.diff(known)
    dense = distinct[-1] - distinct[0] < 2 * n
    return bool(NAMED_ID.search(name)) or bool((steps > 0).all()) or dense


def _category(name: str, values: FloatArray | ObjectArray, n: int) -> Category | Dropped:
    counted = Counter(texts(values))
    missing = counted.pop(None, 0)
    sparse = _too_sparse(name, n - missing, n)
    if sparse:
        return sparse
    if len(counted) == 1 and not missing:
        return Dropped(name, "constant", 1.0)
    if len(counted) >= 0.95 * (n - missing) and n >= 20:
        return Dropped(name, "identifier", len(counted) / n)
    # Ties by name, so that the order of rows cannot matter.
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0] or ""))
    levels = tuple(level for level, times in ordered[:MOST_LEVELS] if level and times >= LEAST_PER_LEVEL)
    covered = sum(counted[level] for level in levels)
    if covered < LEAST_KNOWN * n:
        return Dropped(name, "too_many_values", len(counted) / n)
    shares = np.array([missing, *(counted[level] for level in levels), n - missing - covered]) / n
    return Category(name=name, levels=levels, shares=shares)


def _too_sparse(name: str, known: int, n: int) -> Dropped | None:
    if known == 0 or known < LEAST_KNOWN * n:
        return Dropped(name, "too_sparse", known / n if n else 0.0)
    return None


def rates(codes: IntArray, positive: npt.NDArray[np.bool_], n_codes: int, *, strength: float) -> FloatArray:
    """Share of positives per code, drawn towards that of all by ``strength`` imagined customers."""
    total = np.bincount(codes, minlength=n_codes)
    hits = np.bincount(codes, weights=positive, minlength=n_codes)
    base = positive.mean()
    return np.asarray((hits + strength * base) / (total + strength))
