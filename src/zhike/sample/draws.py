"""Random draws that give the same answer on every machine.

The bit stream of PCG64 is the same everywhere; ``exp`` and ``log`` are not, to the last bit. So everything
that is not plain integers or uniforms comes from tables rounded well above that last bit.
"""

from __future__ import annotations

from functools import cache
from math import exp
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
DayArray = NDArray[np.datetime64]
TextArray = NDArray[np.object_]
Rng = np.random.Generator

# The order is part of the seed: append, never insert.
STREAMS = (
    "course", "customers", "firms", "persons", "contacts", "orders", "lines", "returns", "subscriptions",
    "bills", "payments", "contracts", "usage", "usage_days", "tickets", "complaints", "interactions", "deals",
    "staff",
)  # fmt: skip

_STEPS = 4096
_RATE_STEP = 0.005
_RATE_MAX = 12.0
_COUNT_MAX = 40


def stream(seed: int, name: str, block: int) -> Rng:
    """An own generator per part and block, so that leaving a part out changes no other part."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, STREAMS.index(name), block])))


@cache
def _normal_table() -> FloatArray:
    unit = NormalDist()
    return np.array([round(unit.inv_cdf((step + 0.5) / _STEPS), 6) for step in range(_STEPS)])


def normal(rng: Rng, size: int) -> FloatArray:
    """Standard normal, in 4,096 steps. Shape (size,)."""
    return _normal_table()[rng.integers(_STEPS, size=size)]


def spread(rng: Rng, sigma: float, size: int) -> FloatArray:
    """Log-normal factors with median 1. Shape (size,)."""
    table = np.array([round(exp(sigma * value), 6) for value in _normal_table()])
    return table[rng.integers(_STEPS, size=size)]


@cache
def _poisson_table() -> FloatArray:
    """Row per count, column per rate: P(N <= count)."""
    columns = []
    for step in range(int(_RATE_MAX / _RATE_STEP) + 1):
        rate = step * _RATE_STEP
        term, total, column = exp(-rate), 0.0, []
        for count in range(_COUNT_MAX):
            total += term
            column.append(round(total, 9))
            term *= rate / (count + 1)
        columns.append(column)
    return np.array(columns).T.copy()


def poisson(rng: Rng, rate: FloatArray) -> IntArray:
    """Counts with mean ``rate`` (rounded to 0.005, at most 12). Same shape as ``rate``."""
    table = _poisson_table()
    column = np.clip(np.rint(rate / _RATE_STEP), 0, table.shape[1] - 1).astype(np.int64)
    draw = rng.random(rate.shape)
    counts = np.zeros(rate.shape, np.int64)
    open_cells = np.nonzero((draw > table[0][column]).ravel())[0]
    flat_draw, flat_column, flat_counts = draw.ravel(), column.ravel(), counts.ravel()
    for row in table:
        open_cells = open_cells[flat_draw[open_cells] > row[flat_column[open_cells]]]
        if not open_cells.size:
            break
        flat_counts[open_cells] += 1
    return flat_counts.reshape(rate.shape)


def paced(rng: Rng, rate: FloatArray, sigma: float) -> IntArray:
    """Counts per row and period that keep a rhythm: business comes round, unlike pure chance.

    ``rate`` (n, periods) is jittered by ``sigma`` and added up; a count is how many whole numbers the sum passes.
    """
    reached = np.cumsum(rate * spread(rng, sigma, rate.size).reshape(rate.shape), axis=1)
    passed = np.floor(reached + rng.random((len(rate), 1))).astype(np.int64)
    return np.asarray(np.diff(passed, axis=1, prepend=0))


def weighted(rng: Rng, weights: ArrayLike, size: int) -> IntArray:
    """Indices drawn with integer ``weights``. Shape (size,)."""
    steps = np.cumsum(np.asarray(weights, np.int64))
    return np.searchsorted(steps, rng.integers(steps[-1], size=size), side="right").astype(np.int64)


def between(rng: Rng, low: ArrayLike, high: ArrayLike) -> IntArray:
    """Whole numbers, both ends included; ``low`` and ``high`` are arrays of one shape."""
    low_, high_ = np.asarray(low, np.int64), np.asarray(high, np.int64)
    return low_ + np.floor(rng.random(low_.shape) * (high_ - low_ + 1)).astype(np.int64)


def chance(rng: Rng, probability: ArrayLike, size: int) -> BoolArray:
    """True with ``probability`` (a number, or one per row). Shape (size,)."""
    return np.asarray(rng.random(size) < np.asarray(probability))


def texts(values: Any) -> TextArray:
    """A column of Python strings (or None)."""
    column = np.empty(len(values), object)
    column[:] = values
    return column


def pick(pool: TextArray, rng: Rng, size: int) -> TextArray:
    """``size`` entries of ``pool``; the strings are shared, not copied."""
    return pool[rng.integers(len(pool), size=size)]
