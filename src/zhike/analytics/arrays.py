"""Reading columns given by a caller: one dimension, one length, finite, within bounds."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from zhike.analytics.errors import BadRow

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Column: TypeAlias = npt.ArrayLike


def column(name: str, values: Column) -> FloatArray:
    """``values`` as a float64 array of shape (n,); anything not finite is refused with its row."""
    array = floats(name, values)
    refuse(name, array, ~np.isfinite(array), "must be a finite number")
    return array


def floats(name: str, values: Column) -> FloatArray:
    """``values`` as a float64 array of shape (n,), NaN allowed."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not {array.ndim}")
    return array


def same_length(**columns: npt.NDArray[Any]) -> int:
    """The common length; ValueError naming every length otherwise."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"columns differ in length: {told}")
    return next(iter(lengths.values()))


def refuse(name: str, values: npt.NDArray[Any], bad: BoolArray, rule: str) -> None:
    """Raise BadRow for the first row where ``bad`` is true."""
    if bad.any():
        row = int(np.argmax(bad))
        raise BadRow(column=name, row=row, value=values[row].item(), rule=rule)


def counts(name: str, values: Column) -> FloatArray:
    """Whole numbers of 0 or more, as float64 because the formulas need them so."""
    array = column(name, values)
    refuse(name, array, (array < 0) | (array != np.floor(array)), "must be a whole number of 0 or more")
    return array


def weights_or_ones(weights: Column | None, n: int) -> FloatArray:
    """How many customers each row stands for: 1 each unless given; a weight must be above 0."""
    if weights is None:
        return np.ones(n)
    array = column("weights", weights)
    if len(array) != n:
        raise ValueError(f"columns differ in length: weights {len(array)}, others {n}")
    refuse("weights", array, array <= 0, "must be above 0")
    return array


def compress(*columns: FloatArray, weights: FloatArray) -> tuple[tuple[FloatArray, ...], FloatArray]:
    """Identical rows become one row; its weight is the sum of theirs."""
    inverse, first = group(*columns)
    total = np.bincount(inverse, weights=weights, minlength=len(first)).astype(np.float64)
    return tuple(c[first] for c in columns), total


def group(*columns: FloatArray) -> tuple[IntArray, IntArray]:
    """Number the distinct rows: (group of every row, a first row of every group)."""
    if len(columns[0]) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    order = np.lexsort(columns)
    changed = np.zeros(len(order), dtype=bool)
    changed[0] = True
    for values in columns:
        ordered = values[order]
        changed[1:] |= ordered[1:] != ordered[:-1]
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.cumsum(changed) - 1
    return inverse, order[changed].astype(np.int64)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numpy scalars replaced by Python's, so that the result goes into JSON."""
    return {key: value.item() if isinstance(value, np.generic) else value for key, value in values.items()}
