"""Reading a table of mixed columns: pandas, Arrow or a mapping of names to sequences."""

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from zhike.analytics.arrays import FloatArray

ObjectArray: TypeAlias = npt.NDArray[np.object_]
Table: TypeAlias = Any  # pandas.DataFrame | pyarrow.Table | Mapping[str, Sequence[object]]
Columns: TypeAlias = dict[str, FloatArray | ObjectArray]

DATE = re.compile(r"\d{4}([-/])\d{2}\1\d{2}(\D|$)")
EPOCH = datetime.date(1970, 1, 1)


def read(features: Table) -> tuple[Columns, int]:
    """Columns by name and the number of rows.

    Numbers, truth values and dates (days since 1970) become float64 with NaN for missing; anything
    else text, stripped, with None for missing or blank. Raises ValueError for columns of different
    length or a name that occurs twice, TypeError for something that is no table.
    """
    named = _named(features)
    names = [name for name, _ in named]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"columns occur more than once: {', '.join(twice)}")
    columns = {name: column(values) for name, values in named}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        told = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
        raise ValueError(f"columns differ in length: {told}")
    return columns, lengths.pop() if lengths else 0


def _named(features: Table) -> list[tuple[str, Any]]:
    if hasattr(features, "column_names") and hasattr(features, "column"):
        return [(str(name), features.column(i)) for i, name in enumerate(features.column_names)]
    if hasattr(features, "iloc") and hasattr(features, "columns"):
        return [(str(name), features.iloc[:, i]) for i, name in enumerate(features.columns)]
    if isinstance(features, Mapping):
        return [(str(name), values) for name, values in features.items()]
    raise TypeError(f"features must be a pandas or Arrow table or a mapping, not {type(features).__name__}")


def column(values: Any) -> FloatArray | ObjectArray:
    """One column as ``read`` reads it."""
    array = _array(values)
    if array.dtype.kind in "biuf":
        numbers = array.astype(np.float64)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    if array.dtype.kind == "M":
        days = array.astype("datetime64[s]").astype(np.int64) / 86_400
        return np.where(np.isnat(array), np.nan, days)
    return _mixed(array.astype(object))


def _array(values: Any) -> npt.NDArray[Any]:
    if hasattr(values, "to_numpy"):
        try:
            # Arrow wants to be told that a copy is allowed; pandas has no such argument.
            array = values.to_numpy(zero_copy_only=False) if hasattr(values, "combine_chunks") else None
        except TypeError:
            array = values.to_numpy()
        return np.asarray(values.to_numpy() if array is None else array)
    if isinstance(values, np.ndarray):
        return values
    return np.array(list(values), dtype=object)


def _mixed(array: ObjectArray) -> FloatArray | ObjectArray:
    cleaned = [_clean(value) for value in array.tolist()]
    if all(value is None or isinstance(value, float) for value in cleaned):
        return np.array([math.nan if value is None else value for value in cleaned], dtype=np.float64)
    texts = [value if value is None or isinstance(value, str) else f"{value:g}" for value in cleaned]
    return np.array(texts, dtype=object)


def _clean(value: Any) -> float | str | None:
    if isinstance(value, str):
        return value.strip() or None
    if value is None or _is_missing(value):
        return None
    if isinstance(value, datetime.date):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return float((day - EPOCH).days)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if math.isfinite(number) else None


def _is_missing(value: Any) -> bool:
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        # pandas.NA refuses to be a truth value.
        return True


def numbers(values: FloatArray | ObjectArray) -> FloatArray:
    """Text read as numbers, NaN where it is none; thousands separators and dates (year first) are understood."""
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    seen: dict[str | None, float] = {None: math.nan}
    for text in values:
        if text not in seen:
            seen[text] = _number(text)
    return np.array([seen[text] for text in values], dtype=np.float64)


def _number(text: str) -> float:
    if DATE.match(text):
        try:
            return float((datetime.date(*map(int, re.split(r"\D", text[:10])[:3])) - EPOCH).days)
        except ValueError:
            return math.nan
    try:
        number = float(text.replace(",", "").replace("_", "x"))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
