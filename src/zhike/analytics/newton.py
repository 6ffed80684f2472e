"""Maximising a smooth log-likelihood of a few positive parameters."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from zhike.analytics.arrays import FloatArray
from zhike.analytics.errors import CannotFit

Derivatives: TypeAlias = tuple[float, FloatArray, FloatArray]
Likelihood: TypeAlias = Callable[[FloatArray], Derivatives]

LARGEST_LOG_STEP = 1.5
FARTHEST = 8.0
PRIOR_SD = 3.0
ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the climb ended. ``log_covariance`` belongs to the logs of the parameters, k rows of k.

    ``by_prior``: the likelihood alone is flat towards infinity in some direction, see ``maximise``.
    """

    parameters: FloatArray
    log_likelihood: float
    log_covariance: tuple[tuple[float, ...], ...]
    by_prior: bool


def maximise(likelihood: Likelihood, starts: Sequence[FloatArray]) -> Maximum:
    """Climb by Newton steps in the logs of the parameters, from the first of ``starts`` that arrives.

    A start is k positive numbers; ``likelihood`` returns value, gradient (k,) and Hessian (k, k) in the
    parameters themselves. Arrived means: a further full step would gain less than 1e-9 (or 1e-13 of
    the value). Data that say nothing about one direction (everybody leaves with the same probability,
    everybody spends the same) send it to infinity; then, and only then, a weak prior decides there:
    log-normal around the first start, sd 3 in the log, a factor of 20. ``by_prior`` tells.

    Raises CannotFit ``not_converged`` when even that does not arrive.
    """
    for start in starts:
        with contextlib.suppress(CannotFit):
            return _climb(likelihood, start, FARTHEST, by_prior=False)
    centre = np.log(starts[0])

    def with_prior(where: FloatArray) -> Derivatives:
        value, slope, bend = _in_logs(likelihood, where)
        away = (where - centre) / PRIOR_SD**2
        return value - float(away @ (where - centre)) / 2, slope - away, bend - np.eye(len(centre)) / PRIOR_SD**2

    found = _climb_logs(with_prior, centre, 3 * FARTHEST, by_prior=True)
    value, _, _ = likelihood(found.parameters)
    return Maximum(found.parameters, value, found.log_covariance, by_prior=True)


def _climb(likelihood: Likelihood, start: FloatArray, farthest: float, *, by_prior: bool) -> Maximum:
    return _climb_logs(lambda where: _in_logs(likelihood, where), np.log(start), farthest, by_prior=by_prior)


def _climb_logs(surface: Likelihood, start: FloatArray, farthest: float, *, by_prior: bool) -> Maximum:
    where = start
    value, gradient, hessian = surface(where)
    for _ in range(ROUNDS):
        curvature, directions = np.linalg.eigh(-hessian)
        # Where the surface bends the wrong way the sign of the curvature is ignored: the step stays uphill.
        steepness = np.maximum(np.abs(curvature), 1e-9 * max(1.0, float(np.abs(curvature).max())))
        step = directions @ ((directions.T @ gradient) / steepness)
        gain = float(gradient @ step) / 2
        if gain < max(1e-9, 1e-13 * abs(value)) and curvature.min() > 0:
            covariance = (directions / curvature) @ directions.T
            rows = tuple(tuple(map(float, row)) for row in covariance)
            return Maximum(np.exp(where), value, rows, by_prior)
        step *= min(1.0, LARGEST_LOG_STEP / float(np.abs(step).max()))
        climbed = _backtrack(surface, where, value, gradient, step)
        if climbed is None:
            break
        where, value, gradient, hessian = climbed
        if np.abs(where - start).max() > farthest:
            break
    raise CannotFit("not_converged", {"log_likelihood": value})


def _in_logs(likelihood: Likelihood, where: FloatArray) -> Derivatives:
    parameters = np.exp(where)
    value, gradient, hessian = likelihood(parameters)
    slope = gradient * parameters
    return value, slope, hessian * np.outer(parameters, parameters) + np.diag(slope)


def _backtrack(
    surface: Likelihood, where: FloatArray, value: float, gradient: FloatArray, step: FloatArray
) -> tuple[FloatArray, float, FloatArray, FloatArray] | None:
    promise = float(gradient @ step)
    # What a float cannot show does not count as a loss.
    noise = 1e-14 * abs(value)
    for halving in range(25):
        share = 0.5**halving
        found, slope, hessian = surface(where + share * step)
        if np.isfinite(found) and found + noise >= value + 1e-4 * share * promise:
            return where + share * step, found, slope, hessian
    return None
