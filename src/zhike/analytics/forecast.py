"""What the coming periods will bring, with limits, and whether that beats simply repeating the past."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from zhike.analytics.arrays import Column, FloatArray, column
from zhike.analytics.cautions import Caution
from zhike.analytics.errors import CannotFit

FEWEST = 8
MOST_ORIGINS = 24
# Smoothing must err this much less than the naive forecast, or the simpler one stays.
CLEARLY_BETTER = 0.98
LEVELS = (0.05, 0.15, 0.3, 0.5, 0.8)
TRENDS = (0.0, 0.05, 0.2)
DAMPINGS = (0.8, 0.95)
SEASONS = (0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """``value``, ``low`` and ``high`` (periods,). ``method``: ``smoothing`` or ``naive``.

    ``error`` and ``naive_error``: mean absolute error of smoothing and of the naive forecast on past periods forecast
    without knowing them; ``beats_naive`` whether smoothing was clearly better, and is therefore used.
    ``origins``: from how many past dates that was tried.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    method: str
    error: float
    naive_error: float
    beats_naive: bool
    origins: int
    warnings: tuple[Caution, ...]


def series(*, values: Column, periods: int, season: int = 1, confidence: float = 0.9) -> Forecast:
    """Forecast the ``periods`` after ``values`` (n,), evenly spaced, oldest first, any unit.

    ``season``: periods after which a pattern repeats, 1 for none (12 for months of a year, 7 for days of a week). The
    naive forecast repeats the last season. Smoothing with level, damped trend and season is tried against it from
    up to 24 past dates, and used only where its error was at least 2 % less and that by more than luck. Limits rest
    on those same errors and so hold for either method. Where no past value is below 0 no forecast is.

    Cautions: ``not_better_than_naive``, ``few_origins`` (under 5 tries: the limits are rough).
    Raises CannotFit ``too_short`` (under 8 values or two seasons and ``periods`` more), BadRow, ValueError.
    Source: Gardner & McKenzie 1985 (damped trend), Winters 1960 (season), Tashman 2000 (rolling origins).
    Proved: tests/test_forecast.py.
    """
    if periods < 1 or season < 1 or not 0 < confidence < 1:
        raise ValueError(f"periods {periods}, season {season} or confidence {confidence} is impossible")
    past = column("values", values)
    first = max(FEWEST - 2, 2 * season)
    origins = len(past) - first - periods + 1
    if len(past) < FEWEST or origins < 2:
        raise CannotFit("too_short", {"values": len(past), "needed": max(FEWEST, first + periods + 1)})
    starts = range(len(past) - periods - min(origins, MOST_ORIGINS) + 1, len(past) - periods + 1)
    tried = {
        name: np.stack([past[at : at + periods] - METHODS[name](past[:at], periods, season) for at in starts])
        for name in METHODS
    }
    error = {name: float(np.abs(missed).mean()) for name, missed in tried.items()}
    better = error["smoothing"] < CLEARLY_BETTER * error["naive"] and _not_luck(tried)
    method = "smoothing" if better else "naive"
    value = METHODS[method](past, periods, season)
    reach = _reach(tried[method], confidence)
    floor = 0.0 if past.min() >= 0 else -math.inf
    warnings = [] if better else [Caution("not_better_than_naive", {**error})]
    if len(starts) < 5:
        warnings.append(Caution("few_origins", {"origins": len(starts)}))
    return Forecast(
        value=np.maximum(value, floor),
        low=np.maximum(value - reach, floor),
        high=np.maximum(value + reach, floor),
        method=method,
        error=error["smoothing"],
        naive_error=error["naive"],
        beats_naive=better,
        origins=len(starts),
        warnings=tuple(warnings),
    )


def _not_luck(tried: dict[str, FloatArray]) -> bool:
    """Is smoothing's gain over the naive forecast above its own standard error? Tries that overlap count once."""
    gain = np.abs(tried["naive"]).mean(axis=1) - np.abs(tried["smoothing"]).mean(axis=1)
    return float(gain.mean()) > float(gain.std(ddof=1)) * math.sqrt(tried["naive"].shape[1] / len(gain))


def _reach(missed: FloatArray, confidence: float) -> FloatArray:
    """Half the width per horizon: errors of past tries, never less than for a nearer period."""
    spread = np.sqrt((missed**2).mean(axis=0))
    pooled = np.maximum.accumulate(np.maximum(spread, math.sqrt(float((missed[:, 0] ** 2).mean()))))
    tries = len(missed)
    return np.asarray(pooled * stdtrit(tries - 1, 0.5 + confidence / 2) * math.sqrt(1 + 1 / tries))


def _naive(past: FloatArray, periods: int, season: int) -> FloatArray:
    return np.asarray(past[-season:][np.arange(periods) % season])


def _smoothing(past: FloatArray, periods: int, season: int) -> FloatArray:
    """Level, damped trend and season by the constants that would have foretold ``past`` best, all tried at once."""
    constants = itertools.product(LEVELS, TRENDS, DAMPINGS, SEASONS if season > 1 else (0.0,))
    alpha, beta, damping, gamma = (np.array(one) for one in zip(*constants, strict=True))
    opening = past[:season]
    level = np.full(len(alpha), float(opening.mean()))
    trend = np.zeros(len(alpha))
    pattern = np.repeat((opening - opening.mean())[:, None] if season > 1 else np.zeros((1, 1)), len(alpha), axis=1)
    squares = np.zeros(len(alpha))
    for t in range(season, len(past)):
        place = t % season
        missed = past[t] - (level + damping * trend + pattern[place])
        squares += missed**2
        level = level + damping * trend + alpha * missed
        trend = damping * trend + alpha * beta * missed
        pattern[place] += gamma * (1 - alpha) * missed
    best = int(np.argmin(squares))
    ahead = np.cumsum(damping[best] ** np.arange(1, periods + 1))
    seasonal = pattern[(len(past) + np.arange(periods)) % season, best]
    return np.asarray(level[best] + ahead * trend[best] + seasonal)


METHODS = {"naive": _naive, "smoothing": _smoothing}
