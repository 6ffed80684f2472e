"""Recency, frequency, money: one to five each, five best."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhike.analytics.arrays import Column, FloatArray, column, refuse, same_length

Int8Array = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Bands:
    """Limits between the scores, ``n_bands - 1`` per letter, the limit of score 2 first.

    ``recency_days``: falling; score k is reached by a recency of *at most* its limit.
    ``frequency``, ``monetary``: rising; score k is reached by a value of *at least* its limit.
    A limit nobody reaches is infinite (minus infinity for recency).
    """

    recency_days: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.recency_days) == len(self.frequency) == len(self.monetary) > 0:
            raise ValueError("recency_days, frequency and monetary need equally many limits, at least 1")
        rising = (tuple(-x for x in self.recency_days), self.frequency, self.monetary)
        for name, limits in zip(("recency_days", "frequency", "monetary"), rising, strict=True):
            if any(math.isnan(x) for x in limits) or list(limits) != sorted(limits):
                word = "fall" if name == "recency_days" else "rise"
                raise ValueError(f"the limits of {name} must {word}")


@dataclass(frozen=True, slots=True, eq=False)
class RFM:
    """``r``, ``f``, ``m``: int8 arrays (n,), 1 to ``n_bands``; ``bands``: the limits that gave them."""

    r: Int8Array
    f: Int8Array
    m: Int8Array
    bands: Bands

    @property
    def codes(self) -> npt.NDArray[np.str_]:
        """The usual three letters, for example ``'545'``."""
        digits = np.array([str(k) for k in range(len(self.bands.frequency) + 2)])
        return np.char.add(np.char.add(digits[self.r], digits[self.f]), digits[self.m])


def score(
    *,
    recency_days: Column,
    frequency: Column,
    monetary: Column,
    bands: Bands | None = None,
    n_bands: int = 5,
) -> RFM:
    """Score customers by how lately, how often and for how much they bought.

    Shapes: inputs (n,). ``recency_days``: days since the last purchase, 0 or more. ``frequency``:
    purchases, 0 or more. ``monetary``: any one currency and unit, negative after returns allowed.
    With ``bands`` the limits are fixed (``n_bands`` is then theirs). Without, they come from the
    customers given: score k when at least (k - 1) / n_bands of all customers are strictly worse.
    Equal values therefore always get equal scores, and where most customers bought once they all
    get 1. An empty input gives empty scores.

    Raises BadRow (a ValueError) naming the first offending row.
    Proved: tests/test_rfm.py.
    """
    recency, times, money = _checked(recency_days, frequency, monetary)
    if bands is None:
        if not 2 <= n_bands <= 9:
            raise ValueError(f"n_bands is {n_bands}, but must be 2 to 9")
        bands = Bands(
            recency_days=tuple(-limit for limit in _limits(-recency, n_bands)),
            frequency=_limits(times, n_bands),
            monetary=_limits(money, n_bands),
        )
    return RFM(
        r=_scored(-recency, tuple(-limit for limit in bands.recency_days)),
        f=_scored(times, bands.frequency),
        m=_scored(money, bands.monetary),
        bands=bands,
    )


def _checked(recency_days: Column, frequency: Column, monetary: Column) -> tuple[FloatArray, FloatArray, FloatArray]:
    recency = column("recency_days", recency_days)
    times = column("frequency", frequency)
    money = column("monetary", monetary)
    same_length(recency_days=recency, frequency=times, monetary=money)
    refuse("recency_days", recency, recency < 0, "must be 0 or more")
    refuse("frequency", times, times < 0, "must be 0 or more")
    return recency, times, money


def _limits(goodness: FloatArray, n_bands: int) -> tuple[float, ...]:
    """Per score from 2 up, the smallest value seen that has enough customers strictly below it."""
    values, how_many = np.unique(goodness, return_counts=True)
    below = np.cumsum(how_many) - how_many
    limits = []
    for k in range(1, n_bands):
        # Compared in whole numbers: a share such as 3/5 of 5 customers must not fail by rounding.
        reached = values[below * n_bands >= k * len(goodness)]
        limits.append(float(reached[0]) if len(reached) else math.inf)
    return tuple(limits)


def _scored(goodness: FloatArray, limits: tuple[float, ...]) -> Int8Array:
    return (1 + np.searchsorted(np.asarray(limits), goodness, side="right")).astype(np.int8)
