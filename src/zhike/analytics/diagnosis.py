"""Does the purchase model deserve belief on these data: fit the first part, predict the second, compare."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from zhike.analytics import bgnbd
from zhike.analytics.arrays import Column, FloatArray
from zhike.analytics.errors import CannotFit
from zhike.analytics.histories import Histories, summarise


class Verdict(StrEnum):
    """``good``: report the numbers; ``usable``: report with the error beside them; ``poor``: do not report
    them per customer; ``refused``: there is nothing to report, ``cause`` says why."""

    GOOD = "good"
    USABLE = "usable"
    POOR = "poor"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """When to believe. ``…_span`` is in the unit of time of the purchases (the defaults mean days).

    ``tracking``: largest |expected / real - 1| of all purchases in the second part; ``correlation``: least
    Pearson correlation over customers. The Fader-Hardie forecast of CDNOW has -0.12 and 0.63.
    """

    minimum_repeat_customers: int = 50
    minimum_later_purchases: int = 30
    minimum_span: float = 90.0
    good_tracking: float = 0.15
    good_correlation: float = 0.4
    usable_tracking: float = 0.35
    usable_correlation: float = 0.2


@dataclass(frozen=True, slots=True)
class FrequencyClass:
    """Customers with this many repeat purchases in the first part (the last class: or more)."""

    frequency: int
    customers: int
    expected: float
    real: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``cause`` explains ``poor`` (``tracking_error``, ``correlation``) and ``refused`` (a code of CannotFit).

    ``expected``, ``real``: repeat purchases in the second part; ``mae``: mean absolute error per customer,
    ``mae_of_same_rate`` that of assuming everybody goes on as before. NaN where not reached.
    """

    verdict: Verdict
    cause: str | None
    split: float
    end: float
    customers: int
    repeat_customers: int
    expected: float = math.nan
    real: float = math.nan
    tracking_error: float = math.nan
    correlation: float = math.nan
    mae: float = math.nan
    mae_of_same_rate: float = math.nan
    classes: tuple[FrequencyClass, ...] = ()
    params: bgnbd.Params | None = None


def holdout(
    *,
    customer: Column,
    time: Column,
    end: float,
    split: float | None = None,
    limits: Limits | None = None,
) -> Diagnosis:
    """Fit BG/NBD on purchases up to ``split``, predict those after it up to ``end``.

    Shapes: (n,) purchases in any order, times in any unit, no later than ``end`` counted. ``split`` defaults
    to two thirds of the way from the first purchase to ``end``. Never raises for data that do not carry
    the model: it then says ``refused``. Checked against: CDNOW sample, tests/test_diagnosis.py.
    """
    limits = limits or Limits()
    when = np.asarray(time, dtype=np.float64)
    begin = float(when[when <= end].min()) if (when <= end).any() else end
    split = begin + (end - begin) * 2 / 3 if split is None else split
    before = summarise(customer=customer, time=when, end=split)
    reached = Diagnosis(
        verdict=Verdict.REFUSED,
        cause=None,
        split=float(split),
        end=float(end),
        customers=len(before.customer),
        repeat_customers=int((before.frequency > 0).sum()),
    )
    real = _later_purchases(customer, when, split, end, before)
    try:
        _refuse_thin(before, split - begin, float(real.sum()), limits)
        params = bgnbd.fit(frequency=before.frequency, recency=before.recency, age=before.age)
    except CannotFit as refusal:
        return replace(reached, cause=refusal.code)
    return _compare(reached, before, params, real, limits)


def _compare(
    reached: Diagnosis, before: Histories, params: bgnbd.Params, real: FloatArray, limits: Limits
) -> Diagnosis:
    horizon = reached.end - reached.split
    history = {"frequency": before.frequency, "recency": before.recency, "age": before.age}
    expected = bgnbd.expected_purchases(horizon=horizon, params=params, **history)
    same_rate = before.frequency / np.maximum(before.age, 1.0) * horizon
    error = float(expected.sum() / real.sum() - 1)
    related = _correlation(expected, real)
    verdict, cause = _judge(error, related, limits)
    return replace(
        reached,
        verdict=verdict,
        cause=cause,
        expected=float(expected.sum()),
        real=float(real.sum()),
        tracking_error=error,
        correlation=related,
        mae=float(np.abs(expected - real).mean()),
        mae_of_same_rate=float(np.abs(same_rate - real).mean()),
        classes=_classes(before.frequency, expected, real),
        params=params,
    )


def _later_purchases(customer: Column, when: FloatArray, split: float, end: float, before: Histories) -> FloatArray:
    """Per customer of the first part, distinct purchase times after ``split``."""
    who = np.asarray(customer, dtype=np.int64)
    second = (when > split) & (when <= end)
    distinct = np.unique(np.stack([who[second].astype(np.float64), when[second]]), axis=1)[0]
    place = np.searchsorted(before.customer, distinct)
    inside = place < len(before.customer)
    place, distinct = place[inside], distinct[inside]
    known = before.customer[place] == distinct
    return np.bincount(place[known], minlength=len(before.customer)).astype(np.float64)


def _refuse_thin(before: Histories, span: float, later: float, limits: Limits) -> None:
    repeaters = int((before.frequency > 0).sum())
    if repeaters < limits.minimum_repeat_customers:
        raise CannotFit("too_few_repeat_customers")
    if span < limits.minimum_span or later < limits.minimum_later_purchases:
        raise CannotFit("span_too_short")


def _judge(error: float, related: float, limits: Limits) -> tuple[Verdict, str | None]:
    if abs(error) <= limits.good_tracking and related >= limits.good_correlation:
        return Verdict.GOOD, None
    if abs(error) > limits.usable_tracking:
        return Verdict.POOR, "tracking_error"
    if not related >= limits.usable_correlation:
        return Verdict.POOR, "correlation"
    return Verdict.USABLE, None


def _correlation(expected: FloatArray, real: FloatArray) -> float:
    if expected.std() == 0 or real.std() == 0:
        return math.nan
    return float(np.corrcoef(expected, real)[0, 1])


def _classes(frequency: FloatArray, expected: FloatArray, real: FloatArray) -> tuple[FrequencyClass, ...]:
    capped = np.minimum(frequency, 7).astype(int)
    return tuple(
        FrequencyClass(int(k), int(rows.sum()), float(expected[rows].mean()), float(real[rows].mean()))
        for k in np.unique(capped)
        for rows in (capped == k,)
    )
