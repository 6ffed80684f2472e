"""How long will subscribers stay: the shifted beta-geometric model of a contract renewed period by period.

Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1).
Everybody leaves at each renewal with a personal, constant probability; these are beta-distributed, so
that those who stay longer are those who leave less and retention of a cohort rises by itself.
"""

from dataclasses import dataclass, field

import numpy as np

from zhike.analytics.arrays import Column, FloatArray, counts, refuse
from zhike.analytics.errors import CannotFit
from zhike.analytics.newton import Derivatives, maximise


@dataclass(frozen=True, slots=True)
class Params:
    """Leaving probabilities beta(``alpha``, ``beta``). ``log_covariance``: of (ln alpha, ln beta).

    ``by_prior``: the data leave one direction open (nobody left), see ``newton``.
    """

    alpha: float
    beta: float
    log_likelihood: float = float("nan")
    n_customers: float = 0.0
    log_covariance: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    by_prior: bool = False

    def __post_init__(self) -> None:
        if not (self.alpha > 0 and self.beta > 0):
            raise ValueError(f"alpha and beta must be above 0, not {self.alpha} and {self.beta}")

    @property
    def values(self) -> FloatArray:
        """(alpha, beta) as an array."""
        return np.array([self.alpha, self.beta])

    @property
    def covariance(self) -> FloatArray:
        """Covariance (2, 2) of (alpha, beta) by the delta method."""
        return np.asarray(self.log_covariance) * np.outer(self.values, self.values)


def fit(*, survivors: Column) -> Params:
    """The parameters under which this cohort's history is likeliest.

    ``survivors`` (k + 1,): customers at the start, then those still there after each of k >= 2 periods;
    numbers of customers, not shares: the likelihood needs to know how many there were.

    Raises BadRow when numbers rise or are no counts; CannotFit ``span_too_short`` under two periods,
    ``no_customers``, ``not_converged``.
    Checked against: both cohorts of the paper, tests/test_sbg.py.
    """
    here = counts("survivors", survivors)
    refuse("survivors", here, np.append(False, np.diff(here) > 0), "must not rise")
    if len(here) < 3:
        raise CannotFit("span_too_short", {"periods": max(0, len(here) - 1), "needed": 2})
    if here[0] == 0:
        raise CannotFit("no_customers")
    starts = [np.array(start) for start in ((1.0, 1.0), (0.5, 5.0), (5.0, 20.0))]
    found = maximise(lambda values: _likelihood(values, here), starts)
    alpha, beta = map(float, found.parameters)
    return Params(
        alpha=alpha,
        beta=beta,
        log_likelihood=found.log_likelihood,
        n_customers=float(here[0]),
        log_covariance=found.log_covariance,
        by_prior=found.by_prior,
    )


def retention(*, periods: int, params: Params) -> FloatArray:
    """Share (periods,) of those there before period t = 1, 2, … who stay through it. Source: eq. (8)."""
    t = np.arange(1, periods + 1)
    return np.asarray((params.beta + t - 1) / (params.alpha + params.beta + t - 1))


def survival(*, periods: int, params: Params) -> FloatArray:
    """Share (periods,) of the first cohort still there after t = 1, 2, … periods."""
    return np.asarray(np.cumprod(retention(periods=periods, params=params)), dtype=np.float64)


def _likelihood(values: FloatArray, here: FloatArray) -> Derivatives:
    alpha, beta = values
    before, stayed = here[:-1], here[1:]
    lost = (before - stayed).sum()
    t = np.arange(len(stayed))
    kept, all_ = beta + t, alpha + beta + t
    value = lost * np.log(alpha) + stayed @ np.log(kept) - before @ np.log(all_)
    common = before @ (1 / all_)
    gradient = np.array([lost / alpha - common, stayed @ (1 / kept) - common])
    hessian = np.full((2, 2), before @ (1 / all_**2))
    hessian[0, 0] -= lost / alpha**2
    hessian[1, 1] -= stayed @ (1 / kept**2)
    return float(value), gradient, hessian
