"""Maximising a smooth log-likelihood of a few positive parameters."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from zhike.analytics.arrays import FloatArray
from zhike.analytics.errors import CannotFit

Derivatives: TypeAlias = tuple[float, FloatArray, FloatArray]

LARGEST_LOG_STEP = 1.5
LARGEST_LOG = 25.0
DECREMENT = 1e-9
ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the climb ended. ``log_covariance`` (k, k) belongs to the logs of the parameters."""

    parameters: FloatArray
    log_likelihood: float
    log_covariance: FloatArray
    rounds: int


def maximise(likelihood: Callable[[FloatArray], Derivatives], starts: Sequence[FloatArray]) -> Maximum:
    """Climb by Newton steps in the logs of the parameters, from the first of ``starts`` that arrives.

    A start is k positive numbers; ``likelihood`` returns value, gradient (k,) and Hessian (k, k) in the
    parameters themselves.
    Ends when a further full step would gain less than 1e-9 of log-likelihood.

    Raises CannotFit ``not_converged`` when no such point exists within e^±25: the usual cause is data
    that say nothing about one parameter (nobody ever leaves, everybody spends the same).
    """
    for start in starts[:-1]:
        with contextlib.suppress(CannotFit):
            return _climb(likelihood, start)
    return _climb(likelihood, starts[-1])


def _climb(likelihood: Callable[[FloatArray], Derivatives], start: FloatArray) -> Maximum:
    where = np.log(start)
    value, gradient, hessian = _in_logs(likelihood, where)
    for done in range(ROUNDS):
        curvature, directions = np.linalg.eigh(-hessian)
        # Where the surface bends the wrong way the sign of the curvature is ignored: the step stays uphill.
        steepness = np.maximum(np.abs(curvature), 1e-9 * max(1.0, float(np.abs(curvature).max())))
        step = directions @ ((directions.T @ gradient) / steepness)
        if float(gradient @ step) / 2 < DECREMENT and curvature.min() > 0:
            return _maximum(where, value, curvature, directions, done)
        step *= min(1.0, LARGEST_LOG_STEP / float(np.abs(step).max()))
        climbed = _backtrack(likelihood, where, value, gradient, step)
        if climbed is None:
            # No step gains anything a float can show: at the top as far as the numbers can tell.
            if curvature.min() > 0 and float(gradient @ step) < 1e-6 * max(1.0, abs(value) * 1e-3):
                return _maximum(where, value, curvature, directions, done)
            break
        where, value, gradient, hessian = climbed
        if np.abs(where).max() > LARGEST_LOG:
            break
    raise CannotFit("not_converged", {"rounds": done + 1, "log_likelihood": value})


def _in_logs(likelihood: Callable[[FloatArray], Derivatives], where: FloatArray) -> Derivatives:
    parameters = np.exp(where)
    value, gradient, hessian = likelihood(parameters)
    slope = gradient * parameters
    return value, slope, hessian * np.outer(parameters, parameters) + np.diag(slope)


def _backtrack(
    likelihood: Callable[[FloatArray], Derivatives],
    where: FloatArray,
    value: float,
    gradient: FloatArray,
    step: FloatArray,
) -> tuple[FloatArray, float, FloatArray, FloatArray] | None:
    promise = float(gradient @ step)
    for halving in range(30):
        share = 0.5**halving
        moved = where + share * step
        if np.abs(moved).max() > LARGEST_LOG + LARGEST_LOG_STEP:
            continue
        found, slope, hessian = _in_logs(likelihood, moved)
        if np.isfinite(found) and found >= value + 1e-4 * share * promise:
            return moved, found, slope, hessian
    return None


def _maximum(
    where: FloatArray, value: float, curvature: FloatArray, directions: FloatArray, rounds: int
) -> Maximum:
    return Maximum(
        parameters=np.exp(where),
        log_likelihood=value,
        log_covariance=(directions / curvature) @ directions.T,
        rounds=rounds,
    )
