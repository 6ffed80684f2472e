"""Tickets and complaints as facts, in the customers' words."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhike.sample import draws
from zhike.sample.course import Course
from zhike.sample.draws import BoolArray, DayArray, FloatArray, IntArray, Rng, TextArray, texts
from zhike.sample.organisation import ids_of
from zhike.sample.profile import HIGH, Profile
from zhike.sample.tables import Complaints, Tickets
from zhike.sample.window import Window
from zhike.sample.wording import cases

_TICKETS_PER_MONTH = (0.7, 0.38, 0.2)
_PERSON_TICKETS_PER_MONTH = 0.09
_TICKET_CHANNELS = ("hotline", "web", "email", "app", "chat", "wechat", "counter")
_CHANNEL_WEIGHTS = ((30, 20, 16, 8, 10, 16, 0), (38, 6, 2, 20, 12, 6, 16))
_CATEGORY_WEIGHTS = ((38, 26, 14, 12, 10), (36, 20, 18, 14, 12))
_FORMS = ("spoken", "written", "online")
_FORM_WEIGHTS = (55, 20, 25)
_COMPLAINTS_PER_MONTH = 0.009
_CAUSE_WEIGHTS = {
    "slow_response": (0, 75, 8, 17, 0),
    "price_pressure": (80, 6, 4, 8, 2),
    "": (16, 18, 30, 24, 12),
}
_RATED_SHARE = 0.6


def _cells(rng: Rng, window: Window, profile: Profile, course: Course, rate: FloatArray) -> tuple[IntArray, DayArray]:
    """Rows and days of things that happen ``rate`` times in each month (n, months), while we knew them."""
    counts = draws.poisson(rng, rate * window.coverage).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    row, month = cell // len(window.months), cell % len(window.months)
    day = window.day_in(rng, profile.kind[row], month)
    # Some questions still come in for a while after the last order.
    gone = day > course.stops_on[row] + 25
    known = course.known_since[row]
    kept = ~gone & ((day >= known) | np.isnat(known))
    row, day = row[kept], day[kept]
    order = np.lexsort((row, day))
    return row[order], day[order]


def _after(window: Window, course: Course, code: str) -> BoolArray:
    """Months after the turn, for the customers with this story. Shape (n, months)."""
    since = window.months[None, :] >= course.began.astype("M8[M]").astype("M8[D]")[:, None]
    return np.asarray(since & course.suffers(code)[:, None])


def _office_minute(rng: Rng, count: int) -> IntArray:
    """A minute of the day between half past eight and seven in the evening."""
    return draws.between(rng, np.full(count, 510), np.full(count, 1139))


def _said(rng: Rng, person: BoolArray, choice: IntArray, pool_of: Any, codes: tuple[str, ...]) -> tuple[TextArray, ...]:
    """Texts per row from the pool of its code and kind; as many columns as the pool has."""
    share = rng.random(len(choice))
    columns: list[TextArray] = []
    for is_person in (False, True):
        for number, code in enumerate(codes):
            mine = (choice == number) & (person == is_person)
            pools = pool_of(code, is_person)
            pools = pools if isinstance(pools, tuple) else (pools,)
            while len(columns) < len(pools):
                columns.append(texts([None] * len(choice)))
            place = np.floor(share[mine] * len(pools[0])).astype(np.int64)
            for column, pool in zip(columns, pools, strict=True):
                column[mine] = pool[place]
    return tuple(columns)


def tickets_of(rng: Rng, window: Window, profile: Profile, course: Course, first_id: int, customers: int) -> Tickets:
    """Tickets of one block by day; those whose story is slow response wait for a week or three."""
    person = profile.is_person
    rate = np.where(person, _PERSON_TICKETS_PER_MONTH, np.array(_TICKETS_PER_MONTH)[profile.size])
    slow_now = _after(window, course, "slow_response")
    row, day = _cells(rng, window, profile, course, rate[:, None] * np.where(slow_now, 2.6, 1.0) * _alive(course))
    count = len(row)
    slow = course.suffers("slow_response")[row] & (day >= course.began[row])
    # A few others wait as long: slowness alone tells nobody.
    slow |= draws.chance(rng, 0.04, count)
    wait = np.where(
        slow,
        draws.between(rng, np.full(count, 6), np.full(count, 24)),
        draws.weighted(rng, (46, 30, 12, 6, 3, 2, 1), count),
    )
    closed = day + wait
    is_open = (closed > window.final) | (slow & draws.chance(rng, 0.12, count))
    category = _by_kind(rng, person[row], _CATEGORY_WEIGHTS)
    subject, text = _said(rng, person[row], category, cases.tickets, cases.CATEGORIES)
    score = np.clip(np.rint(np.where(slow, 2.4, 4.4) + 0.9 * draws.normal(rng, count)), 1, 5)
    rated = draws.chance(rng, _RATED_SHARE, count) & ~is_open
    opened_minute = _office_minute(rng, count)
    return Tickets(
        ticket_id=np.arange(1, count + 1),
        customer_id=row + first_id,
        opened_on=day,
        opened_minute=opened_minute,
        closed_on=np.where(is_open, np.datetime64("NaT", "D"), closed),
        closed_minute=np.where(wait == 0, np.minimum(opened_minute + 95, 1199), _office_minute(rng, count)),
        channel=texts(_TICKET_CHANNELS)[_by_kind(rng, person[row], _CHANNEL_WEIGHTS)],
        category=texts(cases.CATEGORIES)[category],
        subject=subject,
        text=text,
        handler_id=_handlers(rng, category, customers),
        satisfaction=np.where(rated, score, np.nan),
    )


def _alive(course: Course) -> FloatArray:
    """Nobody without orders or use writes tickets."""
    return np.where(course.orders > 0, 1.0, 0.0)


def _by_kind(rng: Rng, person: BoolArray, weights: tuple[tuple[int, ...], ...]) -> IntArray:
    firm, private = (draws.weighted(rng, shares, len(person)) for shares in weights)
    return np.where(person, private, firm)


def _handlers(rng: Rng, category: IntArray, customers: int) -> IntArray:
    """Engineers take what is technical, service representatives the rest."""
    engineers, service = ids_of(customers, "support_engineer"), ids_of(customers, "service_representative")
    count = len(category)
    technical = np.isin(category, [cases.CATEGORIES.index("technical"), cases.CATEGORIES.index("install")])
    return np.where(
        technical,
        engineers[rng.integers(len(engineers), size=count)],
        service[rng.integers(len(service), size=count)],
    )


def complaints_of(
    rng: Rng, window: Window, profile: Profile, course: Course, first_id: int, customers: int
) -> Complaints:
    """A few from everybody; two to four, close together, from those who wait for answers."""
    rate = np.full(course.orders.shape, _COMPLAINTS_PER_MONTH) * _alive(course)
    rate *= np.where(profile.size == HIGH, 1.6, 1.0)[:, None]
    rate += np.where(_after(window, course, "price_pressure"), 0.09, 0)
    row, day = _cells(rng, window, profile, course, rate)
    angry = np.nonzero(course.suffers("slow_response"))[0]
    extra = np.repeat(angry, draws.between(rng, np.full(len(angry), 2), np.full(len(angry), 4)))
    over = course.over_on(window)[extra]
    room = (over - course.began[extra]).astype(np.int64)
    row = np.concatenate([row, extra])
    day = np.concatenate([day, over - draws.between(rng, np.ones(len(extra)), np.minimum(room, 85))])
    order = np.lexsort((row, day))
    row, day = row[order], day[order]
    count = len(row)
    cause = draws.weighted(rng, _CAUSE_WEIGHTS[""], count)
    for code in ("slow_response", "price_pressure"):
        mine = course.suffers(code)[row] & (day >= course.began[row])
        cause[mine] = draws.weighted(rng, _CAUSE_WEIGHTS[code], int(mine.sum()))
    (text,) = _said(rng, profile.is_person[row], cause, cases.complaints, cases.CAUSES)
    closed = day + draws.between(rng, np.full(count, 1), np.full(count, 21))
    service = ids_of(customers, "service_representative")
    return Complaints(
        complaint_id=np.arange(1, count + 1),
        customer_id=row + first_id,
        received_on=day,
        received_minute=_office_minute(rng, count),
        closed_on=np.where(closed > window.final, np.datetime64("NaT", "D"), closed),
        form=texts(_FORMS)[draws.weighted(rng, _FORM_WEIGHTS, count)],
        cause=texts(cases.CAUSES)[cause],
        text=text,
        handler_id=service[rng.integers(len(service), size=count)],
    )
