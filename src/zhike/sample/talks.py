"""Calls, visits and messages with notes, what customers let drop in them, and deals on the way."""

from __future__ import annotations

import numpy as np

from zhike.sample import draws
from zhike.sample.course import EDGE, Course
from zhike.sample.draws import DayArray, IntArray, Rng, TextArray, pick, texts
from zhike.sample.organisation import ids_of
from zhike.sample.profile import Profile
from zhike.sample.tables import Contacts, Customers, Deals, Interactions
from zhike.sample.window import Window
from zhike.sample.wording.notes import KINDS, MENTIONS, came_in, mentioning, notes

_PER_MONTH = (2.3, 1.1, 0.5)
_PERSON_PER_MONTH = 0.34
# call visit email wechat meeting chat inquiry
_KIND_WEIGHTS = ((32, 13, 17, 25, 6, 7, 0), (46, 6, 6, 20, 1, 21, 0))
_DROPPED_INBOUND_SHARE = 0.4
_ALWAYS_INBOUND = (KINDS.index("chat"), KINDS.index("inquiry"))
_INQUIRY = KINDS.index("inquiry")
# What each story lets drop, and how often a contact after the turn does.
_DROPPED = {
    "price_pressure": (("price", 55), ("competitor", 45)),
    "slow_response": (("slow_response", 88), ("competitor", 12)),
    "budget_cut": (("budget_cut", 82), ("reorganisation", 18)),
    "declining_usage": (("reorganisation", 45), ("competitor", 55)),
}
_DROPS_SHARE = {"price_pressure": 0.5, "slow_response": 0.45, "budget_cut": 0.5, "declining_usage": 0.12}
_JITTER = 0.35
_NOISE_SHARE = 0.012
_STAGES = ("potential", "intent", "solution", "negotiation")


def interactions_of(
    rng: Rng,
    window: Window,
    profile: Profile,
    course: Course,
    customers: Customers,
    contacts: Contacts,
    size: int,
) -> Interactions:
    """Contacts of one block by day; ``size`` is the number of customers of the whole company."""
    first_id = int(customers.customer_id[0])
    row, day = _when(rng, window, profile, course)
    count = len(row)
    person = profile.is_person[row]
    kind = np.where(person, draws.weighted(rng, _KIND_WEIGHTS[1], count), draws.weighted(rng, _KIND_WEIGHTS[0], count))
    kind[course.tells("potential")[row]] = _INQUIRY
    row, day, kind, mention = _with_planted(rng, window, course, row, day, kind)
    order = np.lexsort((row, day))
    row, day, kind, mention = row[order], day[order], kind[order], mention[order]
    count, person = len(row), profile.is_person[row]
    note, inbound = _notes(rng, kind, mention, person)
    return Interactions(
        interaction_id=np.arange(1, count + 1),
        customer_id=row + first_id,
        contact_id=_contact(rng, contacts, customers, row),
        staff_id=_staff(rng, profile, row, kind, size),
        on=day,
        minute=draws.between(rng, np.full(count, 515), np.full(count, 1100)),
        kind=texts(KINDS)[kind],
        direction=texts(["out", "in"])[inbound.astype(np.int64)],
        note=note,
        mentions=texts([*MENTIONS, None])[mention],
    )


def _when(rng: Rng, window: Window, profile: Profile, course: Course) -> tuple[IntArray, DayArray]:
    rate = np.where(profile.is_person, _PERSON_PER_MONTH, np.array(_PER_MONTH)[profile.size])
    matrix = np.repeat(rate[:, None], len(window.months), axis=1) * window.coverage
    potential = course.tells("potential")
    matrix[potential | (course.archetype == EDGE)] = 0
    counts = draws.paced(rng, matrix, _JITTER).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    row, month = cell // len(window.months), cell % len(window.months)
    day = window.day_in(rng, profile.kind[row], month)
    # We still call after the last order, less and less.
    quiet = day > course.stops_on[row]
    tries = draws.chance(rng, 0.3, len(row)) & (day <= course.stops_on[row] + 75)
    kept = (day >= course.known_since[row]) & (~quiet | tries)
    asking = np.nonzero(potential)[0]
    times = np.repeat(asking, draws.between(rng, np.full(len(asking), 2), np.full(len(asking), 6)))
    low, high = np.where(course.is_cold[times], 220, 1), np.where(course.is_cold[times], 500, 150)
    asked = window.end - draws.between(rng, low, high)
    return np.concatenate([row[kept], times]), np.concatenate([day[kept], asked])


def _with_planted(
    rng: Rng, window: Window, course: Course, row: IntArray, day: DayArray, kind: IntArray
) -> tuple[IntArray, DayArray, IntArray, IntArray]:
    """What is let drop: at least once in each story that has it, and now and then by anybody else."""
    mention = np.full(len(row), len(MENTIONS))
    noise = draws.chance(rng, _NOISE_SHARE, len(row))
    mention[noise] = rng.integers(len(MENTIONS), size=int(noise.sum()))
    rows, days, kinds, said = [row], [day], [kind], [mention]
    for code, shares in _DROPPED.items():
        words = np.array([MENTIONS.index(word) for word, _ in shares])
        weights = [weight for _, weight in shares]
        after = course.suffers(code)[row] & (day >= course.began[row])
        hit = after & draws.chance(rng, _DROPS_SHARE[code], len(row))
        mention[hit] = words[draws.weighted(rng, weights, int(hit.sum()))]
        who = np.nonzero(course.suffers(code))[0]
        if code == "declining_usage":
            continue
        over = course.over_on(window)[who]
        since = (over - course.began[who]).astype(np.int64)
        rows.append(who)
        days.append(over - draws.between(rng, np.ones(len(who)), np.minimum(since, 80)))
        kinds.append(np.array([0, 3])[rng.integers(2, size=len(who))])
        # The first word is the story's own.
        said.append(np.full(len(who), words[0]))
    return np.concatenate(rows), np.concatenate(days), np.concatenate(kinds), np.concatenate(said)


def _contact(rng: Rng, contacts: Contacts, customers: Customers, row: IntArray) -> IntArray:
    """Mostly the primary contact of the firm, otherwise one of the others; 0 for a person."""
    ids = customers.customer_id[row]
    first = np.searchsorted(contacts.customer_id, ids, side="left")
    last = np.searchsorted(contacts.customer_id, ids, side="right")
    other = first + np.floor(rng.random(len(row)) * (last - first)).astype(np.int64)
    place = np.where(draws.chance(rng, 0.65, len(row)), first, other)
    known = last > first
    return np.where(known, contacts.contact_id[np.minimum(place, max(len(contacts) - 1, 0))], 0)


def _staff(rng: Rng, profile: Profile, row: IntArray, kind: IntArray, size: int) -> IntArray:
    """The owner; chats, and calls of persons, are taken by service."""
    service, counter = ids_of(size, "service_representative"), ids_of(size, "counter_staff")
    front = np.concatenate([service, counter])
    at_front = (kind == KINDS.index("chat")) | (profile.is_person[row] & (kind != _INQUIRY))
    return np.where(at_front, front[rng.integers(len(front), size=len(row))], profile.owner_id[row])


def _notes(rng: Rng, kind: IntArray, mention: IntArray, person: draws.BoolArray) -> tuple[TextArray, draws.BoolArray]:
    """The note of each contact, and whether the customer started it."""
    column = texts([None] * len(kind))
    inbound = draws.chance(rng, _DROPPED_INBOUND_SHARE, len(kind))
    for is_person in (False, True):
        here = person == is_person
        for number, name in enumerate(KINDS):
            mine = here & (kind == number) & (mention == len(MENTIONS))
            pool = notes(name, is_person)
            place = rng.integers(len(pool), size=int(mine.sum()))
            column[mine], inbound[mine] = pool[place], came_in(name, is_person)[place]
        for number, word in enumerate(MENTIONS):
            mine = here & (mention == number)
            column[mine] = pick(mentioning(word, is_person), rng, int(mine.sum()))
    inbound |= np.isin(kind, _ALWAYS_INBOUND)
    return column, inbound


def deals_of(rng: Rng, window: Window, profile: Profile, course: Course, customers: Customers) -> Deals:
    """Open deals of half the potential firms, and some deals with existing firms, won, lost and open."""
    potential = course.tells("potential") & ~profile.is_person & ~course.is_cold
    chance = np.where(potential, 0.5, np.where(profile.is_person, 0, 0.25))
    chance = np.where(
        course.tells("lost", "dormant", "silent_departure", "departed") | (course.orders.sum(axis=1) == 0), 0, chance
    )
    chance = np.where(potential, 0.5, chance)
    row = np.nonzero(draws.chance(rng, chance, len(chance)))[0]
    count = len(row)
    opened = window.end - draws.between(rng, np.full(count, 10), np.full(count, 330))
    opened = np.where(np.isnat(course.known_since[row]), opened, np.maximum(opened, course.known_since[row]))
    takes = draws.between(rng, np.full(count, 25), np.full(count, 150))
    # None = still open, then won, then lost. A potential customer has won nothing yet.
    result = draws.weighted(rng, (40, 38, 22), count)
    result = np.where(potential[row] | (opened + takes > window.final), 0, result)
    is_open = result == 0
    stage = np.where(is_open, rng.integers(len(_STAGES), size=count), len(_STAGES) - 1 + result)
    what = texts(["续约扩容", "新模块采购", "硬件更新", "年度培训计划", "咨询项目", "新厂区整体方案", "云订阅增购"])
    title = pick(what, rng, count)
    return Deals(
        deal_id=np.arange(1, count + 1),
        customer_id=customers.customer_id[row],
        owner_id=profile.owner_id[row],
        title=texts([f"{who} {plan}" for who, plan in zip(customers.short_name[row], title, strict=True)]),
        opened_on=opened,
        closed_on=np.where(is_open, np.datetime64("NaT", "D"), opened + takes),
        stage=texts([*_STAGES, "signed", "lost"])[stage],
        outcome=texts([None, "won", "lost"])[result],
        value_minor=np.rint(profile.yearly_minor[row] * draws.spread(rng, 0.5, count) / 3_000_000).astype(np.int64)
        * 1_000_000
        + 500_000,
    )
