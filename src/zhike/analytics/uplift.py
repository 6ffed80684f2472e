"""Did it work: who is held out, how many that takes, and what the comparison says.

A strategy is tried on the treated and kept from the control, the hold-out, drawn at random by
``assign``. ``plan`` says beforehand how many customers it takes, ``readout`` afterwards what came of it.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from zhike.analytics.arrays import BoolArray, Column, FloatArray, column, floats, same_length
from zhike.analytics.cautions import Caution, as_plain
from zhike.analytics.errors import CannotFit
from zhike.analytics.ranking import labels

FEWEST_EACH = 10
# A draw this lopsided happens once in a thousand honest trials, and one trial is looked at many times.
UNLIKELY = 0.001
# Below this many yes or no in an arm the plain interval is too narrow.
FEW_EVENTS = 10
# Skewness of the difference itself above which a tail holds over a tenth more or less than stated.
SKEWED = 0.1
DEFAULT_PLANNED = 5_000


def assign(*, customers: Sequence[object], strategy: str, holdout: float) -> BoolArray:
    """Who is held out of a strategy: (n,), true for the control.

    ``customers``: ids (n,), anything whose ``str`` is the id. ``holdout``: share from 0 to 1. The draw rests on id
    and strategy alone: the same on every day and machine, independent between strategies, and a larger
    share keeps everybody who was held out before.
    Raises ValueError for a blank strategy or a share outside 0 to 1. Proved: tests/test_uplift.py.
    """
    if not strategy.strip():
        raise ValueError("strategy must be named")
    if not 0 <= holdout <= 1:
        raise ValueError(f"holdout is {holdout}, but must be between 0 and 1")
    key = hashlib.sha256(strategy.encode()).digest()
    drawn = b"".join(hashlib.blake2b(str(one).encode(), key=key, digest_size=8).digest() for one in customers)
    return np.asarray(np.frombuffer(drawn, dtype=">u8") / 2.0**64 < holdout)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many customers a trial takes, and the chance ``power`` with which it then finds the effect."""

    n_treated: int
    n_control: int
    effect: float
    power: float


def plan(
    *,
    mean: float,
    effect: float,
    sd: float | None = None,
    holdout: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
) -> Plan:
    """Customers needed to find a difference of ``effect`` with chance ``power``, looked at once.

    ``mean`` and ``sd``: of the outcome without the strategy, in its unit; without ``sd`` the outcome is yes or no and
    ``mean`` its rate. ``holdout``: share kept as control.
    Raises ValueError for shares not strictly between 0 and 1, no effect, or rates outside 0 to 1.
    Source: the normal approximation for two means with unequal variances.
    """
    _strictly_between(holdout=holdout, power=power, confidence=confidence)
    treated, control = _variances(mean, sd, effect)
    reach = ndtri(0.5 + confidence / 2) + ndtri(power)
    total = float((reach / effect) ** 2 * (treated / (1 - holdout) + control / holdout))
    n_treated, n_control = math.ceil(total * (1 - holdout)), math.ceil(total * holdout)
    reached = power_of(n_treated=n_treated, n_control=n_control, mean=mean, effect=effect, sd=sd, confidence=confidence)
    return Plan(n_treated, n_control, effect, reached)


def power_of(
    *,
    n_treated: int,
    n_control: int,
    mean: float,
    effect: float,
    sd: float | None = None,
    confidence: float = 0.95,
) -> float:
    """Chance that a trial of this size finds a difference of ``effect``; arguments and errors as for ``plan``."""
    _strictly_between(confidence=confidence)
    if min(n_treated, n_control) < 1:
        raise ValueError(f"both groups need somebody, not {n_treated} and {n_control}")
    treated, control = _variances(mean, sd, effect)
    error = math.sqrt(treated / n_treated + control / n_control)
    if error == 0:
        return 1.0
    limit = ndtri(0.5 + confidence / 2)
    return float(ndtr(effect / error - limit) + ndtr(-effect / error - limit))


def _variances(mean: float, sd: float | None, effect: float) -> tuple[float, float]:
    if effect == 0 or not math.isfinite(effect):
        raise ValueError(f"effect is {effect}, but must be a number other than 0")
    if sd is not None:
        if not (math.isfinite(sd) and sd > 0):
            raise ValueError(f"sd is {sd}, but must be above 0")
        return sd**2, sd**2
    rates = mean + effect, mean
    if not all(0 <= rate <= 1 for rate in rates):
        raise ValueError(f"rates must be between 0 and 1, not {mean} and {mean + effect}")
    return rates[0] * (1 - rates[0]), rates[1] * (1 - rates[1])


def _strictly_between(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} is {value}, but must be above 0 and below 1")


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its limits."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """One side of the comparison: customers, mean and standard deviation of the outcome."""

    n: int
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """Were customers divided as intended? ``p_value`` of the chi-squared test with one degree of freedom."""

    intended: float
    observed: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Treated against control, in the outcome's unit.

    ``difference`` with the limits of one planned look (Welch). ``any_time``: wider limits that hold at every look at
    once, so that one may look daily and stop when convinced. ``p_value`` of one look. ``relative``: difference
    over the control's mean, NaN where a mean is not above 0.
    """

    difference: Interval
    any_time: Interval
    relative: Interval
    p_value: float


@dataclass(frozen=True, slots=True)
class Readout:
    """What came of a strategy.

    ``plain`` compares outcomes as they are; ``adjusted`` takes out what the time before foretold (CUPED), None without
    ``before``; ``variance_removed`` is the share of variance that took away. ``ratio``: the sample-ratio
    check. ``detectable``: the smallest difference such groups find with 80 % power. ``verdict``: ``better`` or
    ``worse`` (higher or lower outcome), ``cannot_tell``, or ``not_comparable`` where the draw went wrong.
    """

    treated: Group
    control: Group
    confidence: float
    plain: Estimate
    adjusted: Estimate | None
    variance_removed: float
    ratio: Ratio
    detectable: float
    verdict: str
    warnings: tuple[Caution, ...]

    @property
    def best(self) -> Estimate:
        """The sharper estimate: adjusted where there is one."""
        return self.adjusted or self.plain

    def as_dict(self) -> dict[str, Any]:
        """Plain values only, NaN as None, for JSON."""
        return as_plain(self)


def readout(
    *,
    treated: Column,
    outcome: Column,
    holdout: float,
    before: Column | None = None,
    confidence: float = 0.95,
    planned: int | None = None,
    single_look: bool = False,
) -> Readout:
    """Compare treated with control.

    Shapes: (n,). ``treated``: 1 or 0, as drawn, whether or not they were reached. ``outcome``: a number or yes/no per
    customer, 0 for who did nothing; a gap is refused, for leaving somebody out undoes the draw. ``holdout``: share
    intended for the control. ``before``: the same or a related figure from before the draw, gaps allowed.
    ``planned``: customers the trial was meant for, where the any-time limits are tightest (any number fixed
    beforehand keeps them true). ``single_look``: the day of reading was fixed beforehand, so that the verdict
    rests on the narrower limits.

    Cautions: ``sample_ratio``, ``before_differs`` (groups unlike before they were treated), ``skewed`` (a few large
    values carry the difference), ``few_events``, ``no_spread``.
    Raises CannotFit ``too_few_customers`` under 10 in a group, BadRow, ValueError.
    Source: Welch 1947; Agresti & Caffo 2000 for few events; Deng, Xu, Kohavi & Walker 2013 (CUPED), eq. (4) and
    section 3.2; Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, theorem 2.2 (any time); Fabijan et al. 2019
    (sample ratio). Checked against: the Hillstrom e-mail trial and simulation, tests/test_uplift.py.
    """
    _strictly_between(holdout=holdout, confidence=confidence)
    yes, values = labels("treated", treated), column("outcome", outcome)
    n = same_length(treated=yes, outcome=values)
    if min(yes.sum(), n - yes.sum()) < FEWEST_EACH:
        raise CannotFit("too_few_customers", {"treated": int(yes.sum()), "control": int(n - yes.sum())})
    limits = _Limits(confidence, n, planned or DEFAULT_PLANNED)
    plain = _estimate(yes, values, limits)
    ratio = _ratio(yes, holdout)
    warnings = _cautions(yes, values, ratio)
    adjusted, removed = None, 0.0
    if before is not None:
        earlier = floats("before", before)
        same_length(treated=yes, before=earlier)
        warnings += _unlike_before(yes, earlier)
        cleaned, removed = _without_before(yes, values, earlier)
        adjusted = _estimate(yes, cleaned, limits) if removed > 0 else None
    return Readout(
        treated=_group(values[yes]),
        control=_group(values[~yes]),
        confidence=confidence,
        plain=plain,
        adjusted=adjusted,
        variance_removed=removed,
        ratio=ratio,
        detectable=_detectable(yes, values, confidence) * math.sqrt(1 - removed),
        verdict=_verdict(adjusted or plain, warnings, single_look),
        warnings=tuple(warnings),
    )


@dataclass(frozen=True, slots=True)
class _Limits:
    confidence: float
    n: int
    planned: int

    def once(self, df: float) -> float:
        """Standard errors on either side for one look."""
        return float(stdtrit(df, 0.5 + self.confidence / 2))

    def always(self) -> float:
        """Standard errors on either side for all looks together: the boundary of a normal mixture.

        Its one free number is set so that it lies closest to the single look at ``planned`` customers.
        """
        doubt = -2 * math.log(1 - self.confidence)
        spread = (doubt + math.log(doubt + 1)) * self.n / self.planned
        return math.sqrt((1 + spread) / spread * (math.log(1 + spread) + doubt))


def _group(values: FloatArray) -> Group:
    return Group(len(values), float(values.mean()), float(values.std(ddof=1)))


@dataclass(frozen=True, slots=True)
class _Mean:
    value: float
    variance: float
    df: float


def _mean(values: FloatArray, few: bool) -> _Mean:
    """A mean and its variance; for few events one imagined yes and one no are added (Agresti & Caffo)."""
    n = len(values)
    if few:
        rate = (values.sum() + 1) / (n + 2)
        return _Mean(float(rate), float(rate * (1 - rate) / (n + 2)), math.inf)
    return _Mean(float(values.mean()), float(values.var(ddof=1) / n), n - 1.0)


def _estimate(yes: BoolArray, values: FloatArray, limits: _Limits) -> Estimate:
    few = _few_events(yes, values)
    treated, control = _mean(values[yes], few), _mean(values[~yes], few)
    difference = float(values[yes].mean() - values[~yes].mean())
    middle, variance = treated.value - control.value, treated.variance + control.variance
    error = math.sqrt(variance)
    if error == 0:
        flat = Interval(difference, difference, difference)
        return Estimate(flat, flat, Interval(math.nan, math.nan, math.nan), math.nan)
    parts = treated.variance**2 / treated.df + control.variance**2 / control.df
    df = min(variance**2 / parts, 1e9) if parts > 0 else 1e9
    once, always = limits.once(df) * error, limits.always() * error
    return Estimate(
        difference=Interval(difference, middle - once, middle + once),
        any_time=Interval(difference, middle - always, middle + always),
        relative=_relative(treated, control, values[yes].mean(), values[~yes].mean(), limits.once(df)),
        p_value=float(2 * stdtr(df, -abs(middle) / error)),
    )


def _relative(treated: _Mean, control: _Mean, mean_treated: float, mean_control: float, reach: float) -> Interval:
    if min(treated.value, control.value, mean_control) <= 0:
        return Interval(math.nan, math.nan, math.nan)
    # In the logarithm a ratio of means is closer to normal than as it stands.
    error = math.sqrt(treated.variance / treated.value**2 + control.variance / control.value**2)
    centre = math.log(treated.value / control.value)
    low, high = math.expm1(centre - reach * error), math.expm1(min(centre + reach * error, 700.0))
    return Interval(float(mean_treated / mean_control - 1), low, high)


def _few_events(yes: BoolArray, values: FloatArray) -> bool:
    if not np.isin(values, (0.0, 1.0)).all():
        return False
    return any(min(arm.sum(), len(arm) - arm.sum()) < FEW_EVENTS for arm in (values[yes], values[~yes]))


def _ratio(yes: BoolArray, holdout: float) -> Ratio:
    n, held = len(yes), float((~yes).sum())
    squared = (held - n * holdout) ** 2 / (n * holdout * (1 - holdout))
    return Ratio(intended=holdout, observed=held / n, p_value=float(chdtrc(1, squared)))


def _cautions(yes: BoolArray, values: FloatArray, ratio: Ratio) -> list[Caution]:
    found = []
    if ratio.p_value < UNLIKELY:
        found.append(Caution("sample_ratio", {"intended": ratio.intended, "observed": ratio.observed}))
    arms = values[yes], values[~yes]
    variance = sum(float(arm.var()) / len(arm) for arm in arms)
    if variance == 0:
        return [*found, Caution("no_spread", {"customers": len(values)})]
    if _few_events(yes, values):
        return [*found, Caution("few_events", {"treated": int(arms[0].sum()), "control": int(arms[1].sum())})]
    third = [float(((arm - arm.mean()) ** 3).mean()) / len(arm) ** 2 for arm in arms]
    skewness = (third[0] - third[1]) / variance**1.5
    if abs(skewness) > SKEWED:
        found.append(Caution("skewed", {"skewness": skewness}))
    return found


def _unlike_before(yes: BoolArray, earlier: FloatArray) -> list[Caution]:
    known = np.isfinite(earlier)
    arms = earlier[known & yes], earlier[known & ~yes]
    if min(map(len, arms)) < FEWEST_EACH:
        return []
    error = math.sqrt(sum(arm.var(ddof=1) / len(arm) for arm in arms))
    gap = float(arms[0].mean() - arms[1].mean())
    unlike = error > 0 and 2 * ndtr(-abs(gap) / error) < UNLIKELY
    return [Caution("before_differs", {"difference": gap})] if unlike else []


def _without_before(yes: BoolArray, values: FloatArray, earlier: FloatArray) -> tuple[FloatArray, float]:
    """Outcomes less what the time before foretold, and the share of variance within groups that took away."""
    known = np.isfinite(earlier)
    if not known.any():
        return values, 0.0
    # Who is unknown before counts as average: the draw knows nothing of it, so no side is favoured.
    filled = np.where(known, earlier, earlier[known].mean())
    x, y = filled.copy(), values.copy()
    for arm in (yes, ~yes):
        x[arm] -= filled[arm].mean()
        y[arm] -= values[arm].mean()
    squares = float(x @ x)
    # With few events the adjusted outcome is no longer yes or no, and its plain limits would be too narrow.
    if squares <= 1e-12 * (1.0 + float(filled @ filled)) or not y.any() or _few_events(yes, values):
        return values, 0.0
    slope = float(x @ y) / squares
    removed = min(slope**2 * squares / float(y @ y), 1.0)
    return np.asarray(values - slope * (filled - filled.mean())), removed


def _detectable(yes: BoolArray, values: FloatArray, confidence: float) -> float:
    error = math.sqrt(sum(float(arm.var(ddof=1)) / len(arm) for arm in (values[yes], values[~yes])))
    return float(ndtri(0.5 + confidence / 2) + ndtri(0.8)) * error


def _verdict(best: Estimate, warnings: list[Caution], single_look: bool) -> str:
    if {"sample_ratio", "before_differs"} & {warning.code for warning in warnings}:
        return "not_comparable"
    limits = best.difference if single_look else best.any_time
    if math.isnan(best.p_value) or limits.low <= 0 <= limits.high:
        return "cannot_tell"
    return "better" if limits.low > 0 else "worse"
