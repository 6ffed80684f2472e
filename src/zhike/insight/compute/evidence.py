"""Evidence as JSON text, built column by column: a million customers are never walked through one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhike.segment.rules.arrays import Coded

DECIMALS = 4


def json_objects(columns: Mapping[str, Any], *, size: int) -> pa.Array:
    """``{"key":value,…}`` per row (size,); unknown values are left out, so an empty row is ``{}``.

    Values: float arrays (whole numbers printed without a point, others rounded to four decimals),
    datetime64[D] arrays, :class:`Coded`, Arrow text arrays of machine words, or one plain str for every row.
    Words are written as they are: they must need no escaping.
    """
    parts = [_part(name, values, size) for name, values in columns.items()]
    if not parts:
        return pa.array(["{}"] * size, pa.string())
    body = pc.binary_join_element_wise(*parts, "") if len(parts) > 1 else parts[0]
    # Every part begins with its comma; the first one is cut off.
    inner = pc.utf8_slice_codeunits(body, start=1)
    return pc.binary_join_element_wise("{", inner, "}", "")


def _part(name: str, values: Any, size: int) -> pa.Array:
    text = _text(values, size)
    return pc.fill_null(pc.binary_join_element_wise(f',"{name}":', text, ""), "")


def _text(values: Any, size: int) -> pa.Array:
    """JSON text per row, null where unknown."""
    if isinstance(values, str):
        return pa.array([f'"{values}"'] * size, pa.string())
    if isinstance(values, Coded):
        return _quoted(words(values))
    if isinstance(values, pa.Array):
        return _quoted(values)
    if values.dtype.kind == "M":
        return _quoted(dates(values).cast(pa.string()))
    return _numbers(np.asarray(values, dtype=np.float64))


def _quoted(text: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('"', text, '"', "")


def _numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    known = np.isfinite(values)
    rounded = np.round(np.where(known, values, 0.0), DECIMALS)
    whole = rounded == np.floor(rounded)
    whole &= np.abs(rounded) < 2**53
    integers = pa.array(np.where(whole, rounded, 0).astype(np.int64)).cast(pa.string())
    if whole.all():
        return pc.if_else(pa.array(known), integers, pa.scalar(None, pa.string()))
    floats = pa.array(rounded).cast(pa.string())
    return pc.if_else(pa.array(known), pc.if_else(pa.array(whole), integers, floats), pa.scalar(None, pa.string()))


def words(coded: Coded) -> pa.Array:
    """A coded column as Arrow text, null where there is no word."""
    index = pa.array(coded.index, mask=coded.index < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(coded.words, pa.string())).cast(pa.string())


def dates(days: npt.NDArray[np.datetime64]) -> pa.Array:
    """datetime64[D] as date32, null for NaT."""
    return pa.array(days.astype("datetime64[D]"), mask=np.isnat(days)).cast(pa.date32())


def whole(values: npt.NDArray[np.float64]) -> pa.Array:
    """Floats as int64, rounded, null for NaN."""
    known = np.isfinite(values)
    return pa.array(np.rint(np.where(known, values, 0)).astype(np.int64), mask=~known)


def numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    """Floats as float64, null for NaN."""
    return pa.array(np.asarray(values, dtype=np.float64), mask=~np.isfinite(values))


def lists(size: int, entries: Sequence[tuple[npt.NDArray[np.int64], Mapping[str, pa.Array]]]) -> pa.Array:
    """One list of structs per row (size,): each entry brings its rows, rising, and its fields.

    Within a row the structs keep the order of ``entries``. ``entries`` must not be empty.
    """
    rows = np.concatenate([rows for rows, _ in entries])
    order = np.argsort(rows, kind="stable")
    taken = pa.array(order)
    fields = {name: pa.concat_arrays([entry[name] for _, entry in entries]).take(taken) for name in entries[0][1]}
    structs = pa.StructArray.from_arrays(list(fields.values()), names=list(fields))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), structs)
