"""What the rules pass around: numbers with NaN for unknown, days with NaT, and coded words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8] | npt.NDArray[np.int16]


@dataclass(frozen=True)
class Coded:
    """One word out of ``words`` per customer; ``index`` is whole (n,), -1 where there is none."""

    words: tuple[str, ...]
    index: Codes

    def __getitem__(self, row: int) -> str | None:
        place = int(self.index[row])
        return None if place < 0 else self.words[place]

    def __len__(self) -> int:
        return len(self.index)

    def where(self, *words: str) -> Bools:
        """(n,) true where the word is one of ``words``."""
        return np.isin(self.index, [self.words.index(word) for word in words])

    def given(self) -> Bools:
        """(n,) true where there is a word."""
        return self.index >= 0


def first_that_holds(words: tuple[str, ...], cases: Mapping[str, Bools], *, size: int) -> Coded:
    """The first of ``cases`` that is true for each customer, in the order of the mapping; none is -1.

    Raises ValueError when a case is not among ``words``.
    """
    index = np.full(size, -1, dtype=np.int8)
    undecided = np.ones(size, dtype=bool)
    for word, holds in cases.items():
        chosen = undecided & holds
        index[chosen] = words.index(word)
        undecided &= ~holds
    return Coded(words, index)


def add_months(days: Days, months: int) -> Days:
    """The same day of the month, ``months`` later; the month's last day where there is no such day.

    ``days`` is datetime64[D] (n,), NaT stays NaT.
    """
    month = days.astype("datetime64[M]")
    target = month + np.timedelta64(months, "M")
    length = ((target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(
        np.int64
    )
    into = (days - month.astype("datetime64[D]")).astype(np.int64)
    with np.errstate(invalid="ignore"):
        clamped = np.minimum(into, length - 1)
    moved = target.astype("datetime64[D]") + np.where(np.isnat(days), 0, clamped).astype("timedelta64[D]")
    return np.where(np.isnat(days), np.datetime64("NaT", "D"), moved)


def full_months_passed(days: Days, months: int, as_of: np.datetime64) -> Bools:
    """True where ``months`` whole calendar months lie between the day and ``as_of``; NaT is false."""
    due = add_months(days, months)
    return ~np.isnat(due) & (due <= as_of)
