"""From single purchases to the few numbers per customer that the models read."""

from dataclasses import dataclass

import numpy as np

from zhike.analytics.arrays import Column, FloatArray, IntArray, column, same_length


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """One row per customer, by rising ``customer``; the time unit is that of the purchases.

    ``frequency`` repeat purchases, ``recency`` time from first to last, ``age`` time from first to the day
    of looking, ``first`` time of the first; ``mean_value`` of the repeat purchases, NaN without one.
    """

    customer: IntArray
    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    first: FloatArray
    mean_value: FloatArray


def summarise(*, customer: Column, time: Column, end: float, value: Column | None = None) -> Histories:
    """Histories as of ``end``; later purchases are left out, those of one customer and time are one.

    Shapes: (n,), one row per purchase, in any order. ``time`` in whole days gives the papers' one purchase
    per day. Returns, cancellations and their values are the caller's to settle first.
    Checked against: the published CDNOW summary, tests/test_histories.py.
    """
    who = np.asarray(customer, dtype=np.int64)
    when = column("time", time)
    paid = column("value", value) if value is not None else np.zeros(len(when))
    same_length(customer=who, time=when, value=paid)
    kept = when <= end
    who, when, paid = who[kept], when[kept], paid[kept]
    order = np.lexsort((when, who))
    who, when, paid = who[order], when[order], paid[order]
    new = np.append(True, (who[1:] != who[:-1]) | (when[1:] != when[:-1]))[: len(who)]
    paid = np.add.reduceat(paid, np.flatnonzero(new)) if len(who) else paid
    who, when = who[new], when[new]
    starts = np.flatnonzero(np.append(True, who[1:] != who[:-1])[: len(who)])
    purchases = np.diff(np.append(starts, len(who)))
    first = when[starts]
    repeats = (purchases - 1).astype(np.float64)
    later = (np.add.reduceat(paid, starts) if len(who) else paid) - paid[starts]
    return Histories(
        customer=who[starts],
        frequency=repeats,
        recency=when[starts + purchases - 1] - first,
        age=end - first,
        first=first,
        mean_value=np.where(repeats > 0, later / np.maximum(repeats, 1), np.nan)
        if value is not None
        else np.full(len(starts), np.nan),
    )
