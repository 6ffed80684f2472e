"""How each customer's story goes: the archetype, when it turned, and what that does to orders, bills and usage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.sample import draws
from zhike.sample.draws import BoolArray, DayArray, FloatArray, IntArray, Rng
from zhike.sample.window import Window


@dataclass(frozen=True)
class Archetype:
    """One kind of story.

    ``began`` bounds the days before as_of at which it turned; ``months_known`` how long we have known them at
    least; ``leaves`` is the probability that they will leave; ``signals`` are those that surely show at as_of.
    """

    code: str
    share: int
    cause: str | None
    began: tuple[int, int] | None
    months_known: int
    leaves: float
    signals: tuple[str, ...] = ()


ARCHETYPES = (
    Archetype("steady", 640, None, None, 5, 0.02),
    Archetype("growing", 115, None, None, 6, 0.005),
    Archetype("seasonal", 55, None, None, 14, 0.03),
    Archetype("declining_usage", 13, "usage", (64, 150), 12, 0.7, ("feature_use_drop",)),
    Archetype("slow_response", 11, "slow_response", (50, 200), 10, 0.65, ("complaints", "mention_slow_response")),
    Archetype("price_pressure", 13, "price", (60, 210), 10, 0.6, ("mention_price",)),
    Archetype("budget_cut", 10, "budget_cut", (30, 150), 10, 0.45, ("mention_budget_cut",)),
    Archetype("silent_departure", 13, "silent", (20, 300), 12, 1.0),
    Archetype("new", 60, None, (5, 85), 0, 0.08),
    Archetype("dormant", 12, "silent", (124, 174), 14, 0.6),
    Archetype("lost", 50, "silent", (400, 620), 26, 1.0),
    Archetype("departed", 12, None, (290, 440), 16, 1.0),
    Archetype("won_back", 20, None, (300, 420), 20, 0.3),
    Archetype("potential", 60, None, None, 0, 0.0),
)
INDEX = {archetype.code: number for number, archetype in enumerate(ARCHETYPES)}
# Reproduces a case by hand: nothing is drawn for it.
EDGE = len(ARCHETYPES)
CODES = draws.texts([archetype.code for archetype in ARCHETYPES] + ["edge"])

_STOPS = ("silent_departure", "dormant", "lost", "departed")
# Who has departed suffered from one of these first.
_BEFORE_DEPARTURE = ("declining_usage", "slow_response", "price_pressure")


@dataclass(frozen=True, eq=False)
class Course:
    """Stories of one block. Arrays (n,), matrices (n, months of the window).

    ``theme`` is the archetype whose troubles show: their own, but for the departed what drove them away.
    """

    archetype: IntArray
    theme: IntArray
    known_since: DayArray
    began: DayArray
    stops_on: DayArray
    returns_on: DayArray
    will_leave: BoolArray
    is_cold: BoolArray  # asked long ago and never again
    orders: FloatArray
    amounts: FloatArray
    bills: FloatArray
    usage: FloatArray

    def tells(self, *codes: str) -> BoolArray:
        """Whose story is one of these."""
        return np.isin(self.archetype, [INDEX[code] for code in codes])

    def suffers(self, code: str) -> BoolArray:
        """Whose troubles are of this kind, the departed included."""
        return np.asarray(self.theme == INDEX[code])

    def over_on(self, window: Window) -> DayArray:
        """The day after which nothing more is planted: when they stopped, otherwise as_of."""
        return np.where(np.isnat(self.stops_on), window.end, self.stops_on)


def draw(rng: Rng, window: Window, count: int, edges: int) -> Course:
    """Stories for ``count`` customers; the first ``edges`` are left to be told by hand."""
    archetype = draws.weighted(rng, [kind.share for kind in ARCHETYPES], count)
    archetype[:edges] = EDGE
    began = _began(rng, window, archetype)
    stops = np.isin(archetype, [INDEX[code] for code in _STOPS])
    nat = np.datetime64("NaT", "D")
    is_new = archetype == INDEX["new"]
    known_since = np.where(is_new, began, _known_since(rng, window, archetype))
    leaves = np.array([kind.leaves for kind in ARCHETYPES] + [0.0])
    returns_on = window.end - draws.between(rng, np.full(count, 20), np.full(count, 100))
    departed = archetype == INDEX["departed"]
    driven = np.array([INDEX[code] for code in _BEFORE_DEPARTURE])[rng.integers(3, size=count)]
    theme = np.where(departed, driven, archetype)
    lasted = draws.between(rng, np.full(count, 60), np.full(count, 100))
    effect = _effects(rng, window, theme, began)
    return Course(
        archetype=archetype,
        theme=theme,
        known_since=np.where(archetype == INDEX["potential"], nat, known_since),
        began=np.where(is_new, nat, began),
        stops_on=np.where(stops, np.where(departed, began + lasted, began), nat),
        returns_on=np.where(archetype == INDEX["won_back"], returns_on, nat),
        will_leave=draws.chance(rng, leaves[archetype], count),
        is_cold=(archetype == INDEX["potential"]) & draws.chance(rng, 0.2, count),
        orders=effect[0],
        amounts=effect[1],
        bills=effect[2],
        usage=effect[3],
    )


def _began(rng: Rng, window: Window, archetype: IntArray) -> DayArray:
    low = np.array([kind.began[0] if kind.began else -1 for kind in ARCHETYPES] + [-1])[archetype]
    high = np.array([kind.began[1] if kind.began else -1 for kind in ARCHETYPES] + [-1])[archetype]
    days = draws.between(rng, low, high)
    return np.where(days > 0, window.end - days, np.datetime64("NaT", "D"))


def _known_since(rng: Rng, window: Window, archetype: IntArray) -> DayArray:
    """Most for one to three years, some for nine; never shorter than the story needs."""
    count = len(archetype)
    least = np.array([kind.months_known for kind in ARCHETYPES] + [36])[archetype]
    share = rng.random(count)
    months = least + np.floor(share * share * 100).astype(np.int64)
    return np.asarray(window.end - months * 30 - draws.between(rng, np.full(count, 3), np.full(count, 32)))


def _effects(
    rng: Rng, window: Window, archetype: IntArray, began: DayArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Factors on order count, order amount, bill and usage, month by month."""
    count, months = len(archetype), len(window.months)
    orders, amounts, bills, usage = (np.ones((count, months)) for _ in range(4))
    # Whole months since the turn; 0 in the month of the turn, negative before.
    since = (window.months.astype("M8[M]")[None, :] - began.astype("M8[M]")[:, None]).astype(np.float64)
    since = np.where(np.isnat(began)[:, None], -1, since)
    after, since = since >= 1, np.clip(since, 0, 12)

    def of(code: str) -> BoolArray:
        return np.asarray(archetype == INDEX[code])

    ramp = 0.6 + (24 - window.months_ago) / 24
    growing = of("growing")
    orders[growing], usage[growing] = ramp, 0.7 + ramp * 0.4
    _seasons(rng, window, of("seasonal"), orders)
    speed = draws.between(rng, np.full(count, 60), np.full(count, 75)) / 100
    fading = of("declining_usage")[:, None] & after
    usage *= np.where(fading, _powers(speed, since), 1)
    orders *= np.where(fading, 0.55, 1)
    unheard = of("slow_response")[:, None] & after
    orders *= np.where(unheard, 0.45, 1)
    usage *= np.where(unheard, 0.85, 1)
    haggling = of("price_pressure")[:, None] & after
    amounts *= np.where(haggling, _powers(np.full(count, 0.82), since), 1)
    orders *= np.where(haggling, 0.75, 1)
    short = of("budget_cut")[:, None] & after
    amounts *= np.where(short, 0.45, 1)
    orders *= np.where(short, 0.6, 1)
    bills *= np.where(short, 0.58, 1)
    orders[of("new")] *= 1.3
    for code in ("potential",):
        for matrix in (orders, bills, usage):
            matrix[of(code)] = 0
    orders[archetype == EDGE] = bills[archetype == EDGE] = usage[archetype == EDGE] = 0
    return orders, amounts, bills, usage


def _seasons(rng: Rng, window: Window, seasonal: BoolArray, orders: FloatArray) -> None:
    """Two busy months half a year apart, little in between."""
    peak = rng.integers(6, size=len(seasonal))
    busy = (window.calendar_month[None, :] - peak[:, None]) % 6 == 0
    orders[seasonal] = np.where(busy[seasonal], 3.2, 0.45)


def _powers(base: FloatArray, exponent: FloatArray) -> FloatArray:
    """base ** exponent for whole exponents up to 12, by multiplication. (n,), (n, m) -> (n, m)."""
    table = np.ones((len(base), 13))
    for step in range(1, 13):
        table[:, step] = table[:, step - 1] * base
    return np.asarray(np.take_along_axis(table, exponent.astype(np.int64), axis=1))
