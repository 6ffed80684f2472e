"""Did a measure keep customers: what a handful of cases can tell, and what it cannot (RET-18). Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

# Two-sided 95 %: the usual limits of a share.
_Z = 1.959963984540054


class Limits(NamedTuple):
    """Between what a share lies, both ends from 0 to 1."""

    low: float
    high: float


def share_limits(hits: int, of: int) -> Limits:
    """Limits of the share ``hits`` ÷ ``of`` at 95 %. ValueError for nobody, or more hits than cases.

    Source: Wilson's score interval (1927), which stays within 0 and 1 and is honest for a handful of cases.
    """
    if not 0 <= hits <= of or of < 1:
        raise ValueError(f"{hits} of {of} is no share")
    share, square = hits / of, _Z**2 / of
    middle = share + square / 2
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return Limits(max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square)))


def compared(hits: int, of: int, rest_hits: int, rest_of: int) -> str:
    """Whether a part kept more than the rest: ``better``, ``worse``, or ``open`` where the cases cannot tell.

    Two shares are told apart when the limits of their difference leave out zero. Source: Newcombe (1998), method 10,
    which builds them from Wilson's limits of both.
    """
    if not of or not rest_of:
        return "open"
    one, other = hits / of, rest_hits / rest_of
    own, rest = share_limits(hits, of), share_limits(rest_hits, rest_of)
    difference = one - other
    low = difference - math.hypot(one - own.low, rest.high - other)
    high = difference + math.hypot(own.high - one, other - rest.low)
    if low > 0:
        return "better"
    return "worse" if high < 0 else "open"
