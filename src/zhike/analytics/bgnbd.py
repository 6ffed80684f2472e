"""How often will they buy again, and are they still customers: the BG/NBD model.

Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2). Customers
buy as Poisson processes with gamma-distributed rates and may leave after any purchase, each with a
beta-distributed probability. ``frequency`` counts repeat purchases (the first one is not counted),
``recency`` is the time from first to last purchase, ``age`` the time from first purchase to the day of
looking. One unit of time throughout, any unit; purchases of one day count as one.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import betainc, digamma, expit, gammaln, polygamma

from zhike.analytics.arrays import (
    Column,
    FloatArray,
    column,
    compress,
    counts,
    group,
    refuse,
    same_length,
    weights_or_ones,
)
from zhike.analytics.errors import CannotFit
from zhike.analytics.newton import Derivatives, maximise


@dataclass(frozen=True, slots=True)
class Params:
    """Purchase rates gamma(``r``, ``alpha``), leaving beta(``a``, ``b``); ``alpha`` has the unit of time.

    ``log_covariance``: covariance of (ln r, ln alpha, ln a, ln b) from the Hessian, four rows of four;
    empty for parameters not fitted here. ``by_prior``: the data leave one direction open, see ``newton``.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    n_customers: float = 0.0
    log_covariance: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    by_prior: bool = False

    def __post_init__(self) -> None:
        for name in ("r", "alpha", "a", "b"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}, but must be above 0")

    @property
    def values(self) -> FloatArray:
        """(r, alpha, a, b) as an array."""
        return np.array([self.r, self.alpha, self.a, self.b])

    @property
    def covariance(self) -> FloatArray:
        """Covariance (4, 4) of (r, alpha, a, b) by the delta method."""
        return np.asarray(self.log_covariance) * np.outer(self.values, self.values)

    def draws(self, *, n: int, seed: int) -> list["Params"]:
        """``n`` parameter sets as uncertain as the fit: log-normal, so that none is ever negative."""
        logs = np.random.default_rng(seed).multivariate_normal(
            np.log(self.values), np.asarray(self.log_covariance), size=n, method="eigh"
        )
        return [Params(*row) for row in np.exp(np.clip(logs, -50, 50)).tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class _History:
    """Checked customers, identical ones joined, those with and without a repeat purchase apart."""

    x: FloatArray
    last: FloatArray
    age: FloatArray
    weight: FloatArray
    age_once: FloatArray
    weight_once: FloatArray
    count: FloatArray
    weight_of_count: FloatArray


def fit(*, frequency: Column, recency: Column, age: Column, weights: Column | None = None) -> Params:
    """The parameters under which these histories are likeliest.

    Shapes: inputs (n,). ``0 <= recency <= age``; ``recency`` 0 where ``frequency`` is 0. ``weights``: how
    many customers a row stands for. Identical rows are joined before the climb. Scaling time scales
    ``alpha`` alone.

    Raises BadRow naming the first offending row; CannotFit ``no_customers``, ``no_repeat_customers`` or
    ``not_converged``.
    Source: eq. (6) of the paper. Checked against: CDNOW sample, tests/test_bgnbd.py.
    """
    history = _history(frequency, recency, age, weights)
    found = maximise(lambda values: _likelihood(values, history), _starts(history))
    r, alpha, a, b = map(float, found.parameters)
    return Params(
        r=r,
        alpha=alpha,
        a=a,
        b=b,
        log_likelihood=found.log_likelihood,
        n_customers=float(history.weight_of_count.sum()),
        log_covariance=found.log_covariance,
        by_prior=found.by_prior,
    )


def probability_alive(*, frequency: Column, recency: Column, age: Column, params: Params) -> FloatArray:
    """Chance (n,) that a customer has not left for good by ``age``; 1 for one without repeat purchase.

    Raises BadRow naming the first offending row.
    Source: Fader, Hardie & Lee (2008), Computing P(alive) Using the BG/NBD Model.
    Proved: tests/test_bgnbd.py.
    """
    return alive(*checked(frequency, recency, age), params)


def expected_purchases(
    *, horizon: float, frequency: Column, recency: Column, age: Column, params: Params
) -> FloatArray:
    """Expected repeat purchases (n,) per customer in the next ``horizon``, from the time of ``age`` on.

    Summed as a series of positive terms (see ``purchases_if_alive``), which needs no hypergeometric
    function and so has no overflow for frequent buyers and no pole at a = 1.

    Raises BadRow naming the first offending row, ValueError for a negative horizon.
    Source: eq. (10) of the paper. Checked against: CDNOW sample, numerical integration, tests/test_bgnbd.py.
    """
    if not 0 <= horizon < float("inf"):
        raise ValueError(f"horizon is {horizon}, but must be 0 or more")
    x, last, age_ = checked(frequency, recency, age)
    cell, first = group(x, age_)
    mean, _ = purchases_if_alive(horizon, x[first], age_[first], params)
    return mean[cell] * alive(x, last, age_, params)


def checked(frequency: Column, recency: Column, age: Column) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three columns as float arrays, or BadRow for the first row that cannot be."""
    x = counts("frequency", frequency)
    last = column("recency", recency)
    age_ = column("age", age)
    same_length(frequency=x, recency=last, age=age_)
    refuse("recency", last, last < 0, "must be 0 or more")
    refuse("recency", last, last > age_, "must not exceed age")
    refuse("recency", last, (x == 0) & (last != 0), "must be 0 where frequency is 0")
    return x, last, age_


def alive(x: FloatArray, last: FloatArray, age: FloatArray, params: Params) -> FloatArray:
    """``probability_alive`` for columns already checked."""
    chance = np.ones(len(x))
    again = np.flatnonzero(x > 0)
    n, lately, old = x[again], last[again], age[again]
    odds_left = (
        np.log(params.a)
        - np.log(params.b + n - 1)
        + (params.r + n) * (np.log(params.alpha + old) - np.log(params.alpha + lately))
    )
    chance[again] = expit(-odds_left)
    return chance


LONGEST_SERIES = 4096


def purchases_if_alive(horizon: float, x: FloatArray, age: FloatArray, params: Params) -> tuple[FloatArray, FloatArray]:
    """Mean and mean square (n,) of the purchases in ``horizon`` of a customer who has not left yet.

    Without leaving, purchases K would be negative binomial; the customer survives j of them with
    probability (b+x)_j / (a+b+x)_j, independent of K. So P(Y > j) is the product of the two, and the
    moments are sums over j of positive terms. Only (x, age) matter: callers pass distinct pairs.
    """
    size = params.r + x
    reach = horizon / (params.alpha + age)
    # How many terms until the tail is below the last digit; long ones go to the integral.
    terms = size * reach + 40 * (1 + reach) + 12 * np.sqrt(size * reach * (1 + reach))
    short = (terms <= LONGEST_SERIES) & (size * np.log1p(reach) < 600)
    mean, square = np.zeros(len(x)), np.zeros(len(x))
    for rows, method in ((np.flatnonzero(short), _by_recursion), (np.flatnonzero(~short), _by_integral)):
        if len(rows):
            mean[rows], square[rows] = method(size[rows], reach[rows], params.b + x[rows], params.a)
    return mean, square


def _by_recursion(size: FloatArray, reach: FloatArray, stay: FloatArray, a: float) -> tuple[FloatArray, FloatArray]:
    mean, square = np.zeros(len(size)), np.zeros(len(size))
    share = reach / (1 + reach)
    mass = np.exp(-size * np.log1p(reach))
    above, survive = 1 - mass, np.ones(len(size))
    rows = np.arange(len(size))
    j = 0
    while len(rows):
        term = above * survive
        mean[rows] += term
        square[rows] += (2 * j + 1) * term
        survive = survive * (stay + j) / (a + stay + j)
        mass = mass * share * (size + j) / (j + 1)
        above = above - mass
        j += 1
        if j % 16 == 0:
            # The mean alone may end at its last digit; the square weighs late terms by 2j + 1.
            going = (above * survive * (2 * j + 1) > 1e-14 * square[rows]) & (above > 1e-15)
            rows, above, survive, mass = rows[going], above[going], survive[going], mass[going]
            size, share, stay = size[going], share[going], stay[going]
    return mean, square


def _by_integral(size: FloatArray, reach: FloatArray, stay: FloatArray, a: float) -> tuple[FloatArray, FloatArray]:
    """The same sums for very frequent buyers or very long horizons: first terms, then Euler-Maclaurin."""
    mean, square = np.zeros(len(size)), np.zeros(len(size))
    early = np.arange(256.0)
    knots, knot_weights = np.polynomial.legendre.leggauss(24)
    for i in range(len(size)):
        share = reach[i] / (1 + reach[i])

        def tail(j: FloatArray, i: int = i, share: float = share) -> FloatArray:
            b = stay[i]
            survive = gammaln(b + j) - gammaln(a + b + j) + gammaln(a + b) - gammaln(b)
            return np.asarray(betainc(j + 1, size[i], share) * np.exp(survive))

        centre = size[i] * reach[i]
        end = centre + 40 * (1 + reach[i]) + 12 * np.sqrt(centre * (1 + reach[i])) + 512
        edges = np.geomspace(256.0, end, 200)
        middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
        j = (middle[:, None] + half[:, None] * knots).ravel()
        step = (half[:, None] * knot_weights).ravel()
        near, far, edge = tail(early), tail(j), tail(np.array([256.0, 257.0]))
        slope = edge[1] - edge[0]
        mean[i] = near.sum() + (far * step).sum() + edge[0] / 2 - slope / 12
        grown = (2 * 257.0 + 1) * edge[1] - (2 * 256.0 + 1) * edge[0]
        square[i] = (
            ((2 * early + 1) * near).sum()
            + ((2 * j + 1) * far * step).sum()
            + (2 * 256.0 + 1) * edge[0] / 2
            - grown / 12
        )
    return mean, square


def _history(frequency: Column, recency: Column, age: Column, weights: Column | None) -> _History:
    x, last, age_ = checked(frequency, recency, age)
    weight = weights_or_ones(weights, len(x))
    if not len(x):
        raise CannotFit("no_customers")
    if not (x > 0).any():
        raise CannotFit("no_repeat_customers", {"customers": len(x)})
    again = x > 0
    (n, lately, old), joined = compress(x[again], last[again], age_[again], weights=weight[again])
    (once,), joined_once = compress(age_[~again], weights=weight[~again])
    (count,), weight_of_count = compress(x, weights=weight)
    return _History(n, lately, old, joined, once, joined_once, count, weight_of_count)


def _starts(history: _History) -> list[FloatArray]:
    """A rate that matches the mean, then others for awkward data."""
    purchases = float(history.count @ history.weight_of_count)
    time = float(history.age @ history.weight + history.age_once @ history.weight_once)
    rate = purchases / time if time > 0 else 1.0
    return [
        np.array([r, r / rate * factor, a, b])
        for r, factor, a, b in ((0.5, 0.7, 0.8, 2.0), (2.0, 1.0, 0.3, 3.0), (0.1, 0.5, 1.0, 1.0))
    ]


def _likelihood(values: FloatArray, history: _History) -> Derivatives:
    """Log-likelihood, gradient and Hessian in (r, alpha, a, b): counts, once-only buyers, repeaters."""
    total, gradient, hessian = _of_counts(values, history)
    for part in (_of_once, _of_repeaters):
        value, slope, bend = part(values, history)
        total, gradient, hessian = total + value, gradient + slope, hessian + bend
    return total, gradient, hessian


def _of_counts(values: FloatArray, history: _History) -> Derivatives:
    r, alpha, a, b = values
    x, w = history.count, history.weight_of_count
    n = w.sum()
    value = w @ (gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x))
    value += n * (-gammaln(r) + r * np.log(alpha) + gammaln(a + b) - gammaln(b))
    of_ab = n * digamma(a + b) - w @ digamma(a + b + x)
    gradient = np.array(
        [
            w @ digamma(r + x) + n * (np.log(alpha) - digamma(r)),
            n * r / alpha,
            of_ab,
            of_ab + w @ digamma(b + x) - n * digamma(b),
        ]
    )
    bend_ab = n * polygamma(1, a + b) - w @ polygamma(1, a + b + x)
    hessian = np.zeros((4, 4))
    hessian[0, 0] = w @ polygamma(1, r + x) - n * polygamma(1, r)
    hessian[0, 1] = hessian[1, 0] = n / alpha
    hessian[1, 1] = -n * r / alpha**2
    hessian[2:, 2:] = bend_ab
    hessian[3, 3] += w @ polygamma(1, b + x) - n * polygamma(1, b)
    return float(value), gradient, hessian


def _of_once(values: FloatArray, history: _History) -> Derivatives:
    r, alpha = values[:2]
    w, waited = history.weight_once, alpha + history.age_once
    gradient, hessian = np.zeros(4), np.zeros((4, 4))
    log_waited = w @ np.log(waited)
    inverse = w @ (1 / waited)
    gradient[:2] = -log_waited, -r * inverse
    hessian[0, 1] = hessian[1, 0] = -inverse
    hessian[1, 1] = r * (w @ (1 / waited**2))
    return float(-r * log_waited), gradient, hessian


def _of_repeaters(values: FloatArray, history: _History) -> Derivatives:
    """ln of (still here) + (left after the last purchase); ``p`` is the share of the second."""
    r, alpha, a, b = values
    x, w = history.x, history.weight
    waited, lasted, chances = alpha + history.age, alpha + history.last, b + x - 1
    log_waited, log_lasted, size = np.log(waited), np.log(lasted), r + x
    here = -size * log_waited
    left = np.log(a) - np.log(chances) - size * log_lasted
    p = expit(left - here)
    value = w @ (here + np.logaddexp(0.0, left - here))

    wp = w * p
    spread = wp * (1 - p)
    inv_w, inv_l, inv_c = 1 / waited, 1 / lasted, 1 / chances
    # Slopes of ``here`` and what ``left`` adds to them, per parameter.
    more = (log_waited - log_lasted, size * (inv_w - inv_l), 1 / a, -inv_c)
    gradient = np.array([-(w @ log_waited), -((w * size) @ inv_w), 0.0, 0.0])
    gradient += np.array([wp @ more[0], wp @ more[1], wp.sum() * more[2], wp @ more[3]])

    hessian = np.zeros((4, 4))
    for i in range(4):
        for k in range(i, 4):
            hessian[i, k] = hessian[k, i] = np.sum(spread * more[i] * more[k])
    cross = -(w @ inv_w) + wp @ (inv_w - inv_l)
    hessian[0, 1] += cross
    hessian[1, 0] += cross
    hessian[1, 1] += (w * size) @ inv_w**2 + (wp * size) @ (inv_l**2 - inv_w**2)
    hessian[2, 2] -= wp.sum() / a**2
    hessian[3, 3] += wp @ inv_c**2
    return float(value), gradient, hessian
