"""Who moves between two computations over the same snapshot: from which band into which."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

BANDS = ("tier", "group", "lifecycle", "rfm", "strategy_row", "risk", "warned")
NUMBERS = ("potential", "health", "clv_handbook_minor", "clv_fitted_minor")
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Moved:
    """The customers of one measure that move; all (n,), "" for no band."""

    customer_ids: npt.NDArray[np.int64]
    before: Words
    after: Words

    def pairs(self) -> list[tuple[str, str, int]]:
        """From, to, how many: the most first."""
        counted = Counter(zip(self.before.tolist(), self.after.tolist(), strict=True))
        return [(*pair, n) for pair, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


@dataclass(frozen=True)
class Moves:
    """``bands`` that somebody moves between, and of how many customers each number changes; none where it is 0."""

    customers: int
    bands: dict[str, Moved]
    numbers: dict[str, int]


def moves(before: pa.Table, after: pa.Table) -> Moves:
    """Compare two tables of measures of the same customers. Raises ValueError where they are others."""
    ids = before["customer_id"].to_numpy()
    if not np.array_equal(ids, after["customer_id"].to_numpy()):
        raise ValueError("the tables are not of the same customers in the same order")
    bands = {}
    for name in BANDS:
        was, is_now = _words(before, name), _words(after, name)
        rows = np.flatnonzero(was != is_now)
        if len(rows):
            bands[name] = Moved(ids[rows], was[rows], is_now[rows])
    numbers = {name: _changed(before, after, name) for name in NUMBERS}
    return Moves(len(ids), bands, {name: count for name, count in numbers.items() if count})


def _words(table: pa.Table, name: str) -> Words:
    column = table[name].cast(pa.string()).fill_null("")
    return np.array(column.to_pylist(), dtype=object)


def _changed(before: pa.Table, after: pa.Table, name: str) -> int:
    was, is_now = (t[name].cast(pa.float64()).to_numpy() for t in (before, after))
    same = (was == is_now) | (np.isnan(was) & np.isnan(is_now))
    return int((~same).sum())
