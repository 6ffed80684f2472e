"""What a customer is still worth: BG/NBD purchases times Gamma-Gamma spend, and the handbook's formula."""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from zhike.analytics import bgnbd, gammagamma
from zhike.analytics.arrays import Column, FloatArray, counts, group
from zhike.analytics.errors import CannotFit

AGE_STEPS = 400


@dataclass(frozen=True, slots=True, eq=False)
class CLV:
    """Arrays (n,) in the unit of ``mean_value``; ``total…`` for all customers together.

    ``expected``: discounted value of the purchases in the horizon. ``low``, ``high``: limits between which
    the value that customer really brings will lie with probability ``level`` or, where
    bringing nothing is likely and ``low`` therefore 0, more; they hold both what chance does
    to one customer (leaving, number and size of purchases) and what the fit does not know about its
    parameters. One customer's future is mostly chance, so these are wide; ``total_low`` and ``total_high``
    are narrow because chance evens out and the parameters' share remains. ``expected`` is a mean and may
    exceed what nineteen in twenty such customers bring; the limits are then widened to include it.
    """

    expected: FloatArray
    low: FloatArray
    high: FloatArray
    purchases: FloatArray
    value_per_purchase: FloatArray
    alive: FloatArray
    total: float
    total_low: float
    total_high: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class _Customers:
    x: FloatArray
    last: FloatArray
    age: FloatArray
    mean: FloatArray
    mean_over: FloatArray
    cell: np.ndarray[tuple[int], np.dtype[np.int64]]
    cell_x: FloatArray
    cell_age: FloatArray


def predict(
    *,
    frequency: Column,
    recency: Column,
    age: Column,
    mean_value: Column,
    purchases: bgnbd.Params,
    spend: gammagamma.Params,
    horizon: float,
    year: float,
    discount_rate: float = 0.1,
    mean_over: Column | None = None,
    margin: float = 1.0,
    level: float = 0.9,
    draws: int = 20,
    seed: int = 0,
) -> CLV:
    """Discounted value of each customer's purchases in the next ``horizon``, with limits.

    Shapes: columns (n,). ``frequency``, ``recency``, ``age`` as in ``bgnbd``, in the unit ``purchases`` was
    fitted in; ``year`` is the length of a year in it. ``mean_value``: mean value per purchase, above 0, NaN where
    ``mean_over`` (purchases it is the mean of, default ``frequency``) is 0. ``discount_rate``: per year,
    taken in the middle of each month. ``margin`` turns spend into profit.

    Limits: moments of the horizon's spend are averaged over ``draws`` parameter sets from both
    covariances (none when the parameters carry none) and matched by a mass at zero (no purchase at
    all) and a gamma above it. Ages are put on a grid of 400 steps for this, not for ``expected``.

    Raises BadRow naming the first offending row; CannotFit ``spend_too_uneven`` when spend.q <= 1, where
    no mean exists. Proved by simulation: tests/test_clv.py.
    """
    if not (horizon > 0 and year > 0 and discount_rate > -1 and 0 < level < 1):
        raise ValueError("horizon and year must be above 0, discount_rate above -1, level between 0 and 1")
    if spend.q <= 1:
        raise CannotFit("spend_too_uneven", {"q": spend.q})
    who = _customers(frequency, recency, age, mean_value, mean_over)
    alive = bgnbd.alive(who.x, who.last, who.age, purchases)
    each = gammagamma.expected_value(frequency=who.mean_over, mean_value=who.mean, params=spend)
    cell, first = group(who.x, who.age)
    mean, _ = bgnbd.purchases_if_alive(horizon, who.x[first], who.age[first], purchases)
    bought = mean[cell] * alive
    discount = _discount(who, horizon, year, discount_rate, purchases)[who.cell]
    expected = bought * each * discount * margin
    pairs = _parameter_sets(purchases, spend, draws, seed)
    none, mean_spend, square, totals = _moments(who, horizon, pairs, discount * margin)
    low, high = (_quantile(q, none, mean_spend, square) for q in ((1 - level) / 2, (1 + level) / 2))
    spread = np.sqrt(np.var(totals) + np.sum(square - mean_spend**2))
    total = float(expected.sum())
    away = float(-ndtri((1 - level) / 2) * spread)
    return CLV(
        expected=expected,
        low=np.minimum(low, expected),
        high=np.maximum(high, expected),
        purchases=bought,
        value_per_purchase=each,
        alive=alive,
        total=total,
        total_low=max(0.0, total - away),
        total_high=total + away,
        level=level,
    )


def handbook(*, annual_spend: Column, lifetime_years: Column, retention_rate: Column) -> FloatArray:
    """Yearly spend × years as a customer × retention rate, in the unit of ``annual_spend``.

    Numbers or arrays that fit together, NaN for unknown. Neither discounted nor fitted: the formula of
    the company's handbook, kept because people check it by hand. Raises ValueError for a retention rate
    outside 0 to 1 or a negative lifetime. Proved: tests/test_clv.py.
    """
    years, rate = np.asarray(lifetime_years, dtype=float), np.asarray(retention_rate, dtype=float)
    if ((rate < 0) | (rate > 1)).any():
        raise ValueError("retention_rate must be between 0 and 1")
    if (years < 0).any():
        raise ValueError("lifetime_years must be 0 or more")
    return np.asarray(np.asarray(annual_spend, dtype=float) * years * rate)


def _customers(
    frequency: Column, recency: Column, age: Column, mean_value: Column, mean_over: Column | None
) -> _Customers:
    x, last, old = bgnbd.checked(frequency, recency, age)
    over = x if mean_over is None else counts("mean_over", mean_over)
    mean = np.asarray(mean_value, dtype=np.float64)
    if not len(x) == len(mean) == len(over):
        raise ValueError(f"columns differ in length: frequency {len(x)}, mean_value {len(mean)}")
    step = float(old.max()) / AGE_STEPS if len(old) else 1.0
    snapped = np.round(old / step) * step if step > 0 else old
    cell, first = group(x, snapped)
    return _Customers(x, last, old, mean, over, cell, x[first], snapped[first])


def _discount(who: _Customers, horizon: float, year: float, rate: float, params: bgnbd.Params) -> FloatArray:
    """Per cell, the present value of one unit spent with each purchase of the horizon."""
    months = max(1, int(np.ceil(12 * horizon / year - 1e-9)))
    ends = np.linspace(0, horizon, months + 1)
    reached = np.zeros(len(who.cell_x))
    present = np.zeros(len(who.cell_x))
    for start, end in itertools.pairwise(ends.tolist()):
        until, _ = bgnbd.purchases_if_alive(end, who.cell_x, who.cell_age, params)
        present += (until - reached) * (1 + rate) ** (-(start + end) / 2 / year)
        reached = until
    return np.asarray(present / reached)


def _parameter_sets(
    purchases: bgnbd.Params, spend: gammagamma.Params, draws: int, seed: int
) -> list[tuple[bgnbd.Params, gammagamma.Params]]:
    if draws < 1:
        return [(purchases, spend)]
    often = purchases.draws(n=draws, seed=seed) if purchases.log_covariance else [purchases] * draws
    much = spend.draws(n=draws, seed=seed + 1) if spend.log_covariance else [spend] * draws
    return list(zip(often, much, strict=True))


def _moments(
    who: _Customers,
    horizon: float,
    pairs: list[tuple[bgnbd.Params, gammagamma.Params]],
    worth: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Chance of no purchase, mean and mean square of the spend over all parameter sets; totals per set."""
    n = len(who.x)
    none, mean, square, totals = np.zeros(n), np.zeros(n), np.zeros(n), []
    with_mean = who.mean_over * np.where(who.mean_over > 0, who.mean, 0.0)
    for often, much in pairs:
        first, second = bgnbd.purchases_if_alive(horizon, who.cell_x, who.cell_age, often)
        at_least_one = -np.expm1(-(often.r + who.cell_x) * np.log1p(horizon / (often.alpha + who.cell_age)))
        alive = bgnbd.alive(who.x, who.last, who.age, often)
        shape = much.p * who.mean_over + much.q
        scale = (much.v + with_mean) * worth
        # A draw with hardly any mean or variance would drown the others: the shape is held off both edges.
        once = np.maximum(shape - 1, 0.1)
        spent = alive * first[who.cell] * much.p * scale / once
        none += 1 - alive * at_least_one[who.cell]
        mean += spent
        twice = (much.p**2 * second + much.p * first)[who.cell]
        square += alive * scale**2 * twice / (once * np.maximum(shape - 2, 0.1))
        totals.append(float(spent.sum()))
    k = len(pairs)
    return none / k, mean / k, square / k, np.array(totals)


def _quantile(level: float, none: FloatArray, mean: FloatArray, square: FloatArray) -> FloatArray:
    """Of a mass ``none`` at zero and a gamma distribution above it, by Wilson and Hilferty's cube."""
    some = np.maximum(1 - none, 1e-300)
    centre = mean / some
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        # Customers all but certainly gone: 0/0 of numbers too small for a float; their limits are 0.
        variation = np.nan_to_num(square / some / centre**2, nan=2.0, posinf=2.0) - 1
    ninth = np.maximum(variation, 0.0) / 9
    rank = np.clip((level - none) / some, 1e-12, 1 - 1e-12)
    value = centre * np.maximum(1 - ninth + ndtri(rank) * np.sqrt(ninth), 0.0) ** 3
    return np.where(level <= none, 0.0, value)
