"""What will a purchase be worth: the Gamma-Gamma model of spend per purchase.

Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value. Each customer's purchases are gamma
with shape p around a personal mean, and the means differ between customers. Assumes that how much
a customer spends has nothing to do with how often: ``correlation`` says whether that holds.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from zhike.analytics.arrays import (
    Column,
    FloatArray,
    column,
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
    """``p`` and ``q`` are shapes without unit, ``v`` has the unit of money.

    ``log_covariance``: covariance of (ln p, ln q, ln v) from the Hessian, three rows of three.
    ``by_prior``: the data leave one direction open (everybody spends the same), see ``newton``.
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")
    n_customers: float = 0.0
    log_covariance: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    by_prior: bool = False

    def __post_init__(self) -> None:
        for name in ("p", "q", "v"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}, but must be above 0")

    @property
    def values(self) -> FloatArray:
        """(p, q, v) as an array."""
        return np.array([self.p, self.q, self.v])

    @property
    def covariance(self) -> FloatArray:
        """Covariance (3, 3) of (p, q, v) by the delta method."""
        return np.asarray(self.log_covariance) * np.outer(self.values, self.values)

    def draws(self, *, n: int, seed: int) -> list["Params"]:
        """``n`` parameter sets as uncertain as the fit, all positive."""
        logs = np.random.default_rng(seed).multivariate_normal(
            np.log(self.values), np.asarray(self.log_covariance), size=n, method="eigh"
        )
        return [Params(*row) for row in np.exp(np.clip(logs, -50, 50)).tolist()]


def fit(*, frequency: Column, mean_value: Column, weights: Column | None = None) -> Params:
    """The parameters under which these mean spends are likeliest.

    Shapes: inputs (n,). ``frequency``: purchases the mean is over, 1 or more; ``mean_value``: mean value of
    them, above 0, any unit of money. Scaling money scales ``v`` alone.

    Raises BadRow naming the first offending row; CannotFit ``no_customers`` or ``not_converged``.
    Source: eq. (1a) of the note. Checked against: CDNOW sample, tests/test_gammagamma.py.
    """
    x = counts("frequency", frequency)
    mean = column("mean_value", mean_value)
    same_length(frequency=x, mean_value=mean)
    refuse("frequency", x, x < 1, "must be 1 or more: leave out customers without repeat purchases")
    refuse("mean_value", mean, mean <= 0, "must be above 0: leave out customers without positive spend")
    weight = weights_or_ones(weights, len(x))
    if not len(x):
        raise CannotFit("no_customers")
    # In units of the overall mean, so that the start suits every currency.
    unit = float(np.exp(np.average(np.log(mean), weights=weight)))
    likelihood = _Likelihood(x, mean / unit, weight)
    starts = ((4.0, 4.0, 1.0), (1.0, 2.0, 1.0), (20.0, 10.0, 0.5), (0.5, 20.0, 20.0))
    found = maximise(likelihood, [np.array(start) for start in starts])
    p, q, v = map(float, found.parameters)
    return Params(
        p=p,
        q=q,
        v=v * unit,
        # The density of m / unit is unit times that of m.
        log_likelihood=found.log_likelihood - float(weight.sum()) * float(np.log(unit)),
        n_customers=float(weight.sum()),
        log_covariance=found.log_covariance,
        by_prior=found.by_prior,
    )


def expected_value(*, frequency: Column, mean_value: Column, params: Params) -> FloatArray:
    """Expected mean value (n,) of a customer's future purchases, in the unit of ``mean_value``.

    The customer's own mean pulled towards that of all, the more the fewer purchases there are; with
    ``frequency`` 0 the mean of all (``mean_value`` is then not read).

    Raises BadRow naming the first offending row; ValueError when q <= 1, where the mean does not exist.
    Source: eq. (5) of the note. Checked against: Hardie's spreadsheet, tests/test_gammagamma.py.
    """
    x = counts("frequency", frequency)
    mean = np.where(x > 0, np.asarray(mean_value, dtype=np.float64), 0.0)
    refuse("mean_value", mean, ~np.isfinite(mean), "must be a finite number")
    refuse("mean_value", mean, (x > 0) & (mean <= 0), "must be above 0 where frequency is")
    if params.q <= 1 and (x == 0).any():
        raise ValueError(f"q is {params.q}: the expected spend of a new customer exists only above 1")
    return np.asarray(params.p * (params.v + x * mean) / (params.p * x + params.q - 1))


def correlation(*, frequency: Column, mean_value: Column) -> float:
    """Pearson correlation of how often and how much; the model wants it near 0, above ±0.3 it misleads.

    NaN when fewer than three customers or one column does not vary.
    """
    x, mean = column("frequency", frequency), column("mean_value", mean_value)
    if same_length(frequency=x, mean_value=mean) < 3 or x.std() == 0 or mean.std() == 0:
        return float("nan")
    return float(np.corrcoef(x, mean)[0, 1])


class _Likelihood:
    """Log-likelihood with derivatives; what depends on the count alone is worked out once per count."""

    def __init__(self, x: FloatArray, mean: FloatArray, weight: FloatArray) -> None:
        self.x, self.weight = x, weight
        self.total = x * mean
        cell, first = group(x)
        self.cell, self.count = cell, x[first]
        self.per_count = np.bincount(cell, weights=weight)
        self.log_mean_sum = float(weight @ np.log(mean))
        self.x_log_total_sum = float((weight * x) @ np.log(self.total))

    def __call__(self, values: FloatArray) -> Derivatives:
        p, q, v = values
        x, w, n, per_count = self.x, self.weight, self.count, self.per_count
        everybody = per_count.sum()
        log_spent = np.log(v + self.total)
        inverse = 1 / (v + self.total)
        shape = p * x + q
        value = (
            per_count @ (gammaln(p * n + q) - gammaln(p * n))
            + everybody * (q * np.log(v) - gammaln(q))
            + p * self.x_log_total_sum
            - self.log_mean_sum
            - (w * shape) @ log_spent
        )
        gradient = np.array(
            [
                (per_count * n) @ (digamma(p * n + q) - digamma(p * n)) + self.x_log_total_sum - (w * x) @ log_spent,
                per_count @ digamma(p * n + q) + everybody * (np.log(v) - digamma(q)) - w @ log_spent,
                everybody * q / v - (w * shape) @ inverse,
            ]
        )
        bend = polygamma(1, p * n + q)
        pp = (per_count * n**2) @ (bend - polygamma(1, p * n))
        pq = (per_count * n) @ bend
        qq = per_count @ bend - everybody * polygamma(1, q)
        pv = -((w * x) @ inverse)
        qv = everybody / v - w @ inverse
        vv = -everybody * q / v**2 + (w * shape) @ inverse**2
        return float(value), gradient, np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])
