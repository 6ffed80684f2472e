"""What kind of buyer each customer is: firm or person, how much a year, how often, where, served by whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.sample import draws
from zhike.sample.course import EDGE, INDEX, Course
from zhike.sample.draws import BoolArray, IntArray, Rng
from zhike.sample.organisation import DEPARTMENT_IDS, ids_of
from zhike.sample.places import EAST, PLACES, SOUTH
from zhike.sample.window import FIRM, PERSON

HIGH, CORE, LOW = 0, 1, 2
# Yearly spend of a firm by size class, in yuan: median, and how far it spreads.
_FIRM_SPEND = ((830_000, 0.38), (215_000, 0.36), (46_000, 0.6))
_FIRM_SIZES = (11, 35, 54)
# Big buyers order hardly more often than small ones, they order more.
_FIRM_ORDERS_PER_MONTH = ((0.9, 2.6), (0.8, 2.3), (0.6, 1.9))
_PERSON_SPEND = (1_500, 0.7)
_PERSON_ORDERS_PER_MONTH = (0.5, 1.6)
_PERSON_SHARE = 0.30


@dataclass(frozen=True, eq=False)
class Profile:
    """Buyers of one block; arrays of shape (n,). ``kind`` is FIRM or PERSON, ``size`` HIGH, CORE or LOW."""

    kind: IntArray
    size: IntArray
    yearly_minor: IntArray
    orders_per_month: draws.FloatArray
    style: IntArray
    place: IntArray
    owner_id: IntArray
    department_id: IntArray
    subscribes: BoolArray
    is_signed: BoolArray

    @property
    def is_person(self) -> BoolArray:
        return np.asarray(self.kind == PERSON)


def draw(rng: Rng, course: Course, customers: int) -> Profile:
    """Profiles that go with the stories of ``course``; ``customers`` is the size of the whole company."""
    count = len(course.archetype)
    edge = course.archetype == EDGE
    kind = np.where(draws.chance(rng, _PERSON_SHARE, count) & ~edge, PERSON, FIRM)
    person = kind == PERSON
    size = np.where(person, LOW, draws.weighted(rng, _FIRM_SIZES, count))
    median = np.where(person, _PERSON_SPEND[0], np.array([spend for spend, _ in _FIRM_SPEND])[size])
    factors = np.column_stack([draws.spread(rng, sigma, count) for _, sigma in _FIRM_SPEND])
    factor = np.where(person, draws.spread(rng, _PERSON_SPEND[1], count), factors[np.arange(count), size])
    low = np.where(person, _PERSON_ORDERS_PER_MONTH[0], np.array(_FIRM_ORDERS_PER_MONTH)[size, 0])
    high = np.where(person, _PERSON_ORDERS_PER_MONTH[1], np.array(_FIRM_ORDERS_PER_MONTH)[size, 1])
    place = draws.weighted(rng, [spot.weight for spot in PLACES], count)
    owner_id, department_id = _owners(rng, place, size, person, customers)
    # These two stories are told by usage and bills, so there must be some.
    must_subscribe = course.tells("declining_usage", "budget_cut")
    buys = course.archetype != INDEX["potential"]
    subscribes = draws.chance(rng, np.where(person, 0.85, 0.72), count) | must_subscribe
    signed = draws.chance(rng, np.where(person, 0.7, 0.85), count)
    return Profile(
        kind=kind,
        size=size,
        yearly_minor=np.rint(median * factor * 100).astype(np.int64),
        orders_per_month=np.round(low + rng.random(count) * (high - low), 3),
        style=draws.weighted(rng, (34, 22, 10, 12, 22), count),
        place=place,
        owner_id=owner_id,
        department_id=department_id,
        subscribes=(subscribes & buys) | edge,
        is_signed=(signed & buys) | edge,
    )


def _owners(rng: Rng, place: IntArray, size: IntArray, person: BoolArray, customers: int) -> tuple[IntArray, IntArray]:
    """Customer managers keep the big firms, sales specialists the rest, each in the department of the region."""
    count = len(place)
    east = np.array([spot.department == EAST for spot in PLACES])[place]
    managed = ~person & ((size == HIGH) | ((size == CORE) & draws.chance(rng, 0.45, count)))
    owner = np.zeros(count, np.int64)
    for department, here in ((EAST, east), (SOUTH, ~east)):
        for post, of_post in (("customer_manager", managed), ("sales_specialist", ~managed)):
            candidates = ids_of(customers, post, department)
            mine = here & of_post
            owner[mine] = candidates[rng.integers(len(candidates), size=int(mine.sum()))]
    return owner, np.where(east, DEPARTMENT_IDS[EAST], DEPARTMENT_IDS[SOUTH])
