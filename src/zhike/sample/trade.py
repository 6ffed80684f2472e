"""Orders with their lines, cancellations and returns."""

from __future__ import annotations

import numpy as np

from zhike.sample import draws
from zhike.sample.catalogue import FIRM_STYLES, on_sale
from zhike.sample.course import Course
from zhike.sample.draws import BoolArray, DayArray, FloatArray, IntArray, Rng, texts
from zhike.sample.profile import Profile
from zhike.sample.tables import OrderLines, Orders
from zhike.sample.window import Window

_CANCELLED_SHARE = 0.03
_RETURNED_SHARE = (0.015, 0.04)
_FIRM_JITTER, _PERSON_JITTER = 0.25, 0.45
_AMOUNT_SPREAD = 0.26
_LINE_SHARES = (50, 33, 17)
_DISCOUNTS_BP = np.array([0, 300, 500, 800, 1000, 1200, 1500])
_DISCOUNT_WEIGHTS = (58, 6, 12, 8, 8, 4, 4)
# A line of an order buys things that cost at least this part of what the line is to come to.
_CHEAPEST_PART = 30


def orders_of(
    rngs: dict[str, Rng], window: Window, profile: Profile, course: Course, first_id: int
) -> tuple[Orders, OrderLines]:
    """Orders and lines of one block, by day; order and line ids count from 1 in the block."""
    rng = rngs["orders"]
    row, day, month = _order_days(rng, window, profile, course)
    by_day = np.lexsort((row, day))
    row, day, month = row[by_day], day[by_day], month[by_day]
    wanted = _wanted(rng, profile, course, row, month)
    lines = _lines(rngs["lines"], profile, row, wanted)
    amount = _sums(lines.order_id, lines.amount_minor, len(row))
    forced = _is_forced(course, row, day)
    cancelled = draws.chance(rng, _CANCELLED_SHARE, len(row)) & ~forced
    orders = Orders(
        order_id=np.arange(1, len(row) + 1),
        customer_id=row + first_id,
        number=texts([None] * len(row)),
        ordered_on=day,
        amount_minor=amount,
        status=texts(["done", "cancelled"])[cancelled.astype(np.int64)],
        returns_order_id=np.zeros(len(row), np.int64),
    )
    returned = _returns(rngs["returns"], window, profile, course, orders, lines, row, forced)
    return Orders.joined([orders, returned[0]]), OrderLines.joined([lines, returned[1]])


def _sums(key: IntArray, amount: IntArray, count: int) -> IntArray:
    """Sum of ``amount`` per ``key`` (1 … count), in integers."""
    total = np.zeros(count, np.int64)
    np.add.at(total, key - 1, amount)
    return total


def _order_days(rng: Rng, window: Window, profile: Profile, course: Course) -> tuple[IntArray, DayArray, IntArray]:
    """Row, day and month index of every order: drawn month by month, then cut to the story."""
    busy = window.busyness[profile.kind]
    rate = profile.orders_per_month[:, None] * course.orders * busy
    firms, persons = draws.paced(rng, rate, _FIRM_JITTER), draws.paced(rng, rate, _PERSON_JITTER)
    cells = np.where(profile.is_person[:, None], persons, firms).ravel()
    cell = np.repeat(np.arange(cells.size), cells)
    row, month = cell // len(window.months), cell % len(window.months)
    day = window.day_in(rng, profile.kind[row], month)
    kept = _fits(course, row, day)
    row, day, month = row[kept], day[kept], month[kept]
    extra_row, extra_day = _turning_points(window, course)
    extra_month = (extra_day.astype("M8[M]") - window.months[0].astype("M8[M]")).astype(np.int64)
    return (
        np.concatenate([row, extra_row]),
        np.concatenate([day, extra_day]),
        np.concatenate([month, extra_month]),
    )


def _fits(course: Course, row: IntArray, day: DayArray) -> BoolArray:
    """Not before we knew them, not after they stopped, not while they were away."""
    known, stop = course.known_since[row], course.stops_on[row]
    left, back = course.began[row], course.returns_on[row]
    away = ~np.isnat(back) & (day > left) & (day < back)
    # Comparisons with NaT are False: no known_since means no order, no stop means no cut.
    return np.asarray((day >= known) & ~(day > stop) & ~away)


def _turning_points(window: Window, course: Course) -> tuple[IntArray, DayArray]:
    """Orders that the story needs: the first of a newcomer, the last of a leaver, both ends of a pause."""
    rows, days = [], []
    new = course.tells("new")
    for column, mask in (
        (course.known_since, new | (course.known_since >= window.start)),
        (course.stops_on, ~np.isnat(course.stops_on)),
        (course.began, course.tells("won_back")),
        (course.returns_on, course.tells("won_back")),
    ):
        mine = np.nonzero(mask & (column >= window.start) & (course.orders[:, -1] + course.orders[:, 0] > 0))[0]
        rows.append(mine)
        days.append(column[mine])
    return np.concatenate(rows), np.concatenate(days)


def _is_forced(course: Course, row: IntArray, day: DayArray) -> BoolArray:
    """Orders on a turning point are neither cancelled nor returned: the story would change."""
    points = (course.known_since, course.stops_on, course.began, course.returns_on)
    return np.asarray(np.logical_or.reduce([day == column[row] for column in points]))


def _wanted(rng: Rng, profile: Profile, course: Course, row: IntArray, month: IntArray) -> IntArray:
    """What each order is to come to, in minor units."""
    per_order = profile.yearly_minor[row] / (12 * profile.orders_per_month[row])
    factor = draws.spread(rng, _AMOUNT_SPREAD, len(row)) * course.amounts[row, month]
    # Products come in whole pieces; on the whole that loses this much.
    return np.rint(per_order * factor * 1.16).astype(np.int64)


def _lines(rng: Rng, profile: Profile, row: IntArray, wanted: IntArray) -> OrderLines:
    count = len(row)
    how_many = draws.weighted(rng, _LINE_SHARES, count) + 1
    order = np.repeat(np.arange(count), how_many)
    number = np.arange(len(order)) - np.repeat(np.cumsum(how_many) - how_many, how_many)
    discount = _DISCOUNTS_BP[draws.weighted(rng, _DISCOUNT_WEIGHTS, count)][order]
    # The first line is the big one.
    part = np.where(how_many[order] == 1, 1.0, np.where(number == 0, 0.62, 0.38 / np.maximum(how_many[order] - 1, 1)))
    budget = np.rint(wanted[order] * part).astype(np.int64)
    product, price = _chosen(rng, profile, row[order], budget)
    quantity = np.maximum(budget // price, 1)
    return OrderLines(
        line_id=np.arange(1, len(order) + 1),
        order_id=order + 1,
        line_no=number + 1,
        product_id=product,
        quantity=quantity,
        unit_price_minor=price,
        discount_bp=discount,
        amount_minor=quantity * price * (10_000 - discount) // 10_000,
    )


def _chosen(rng: Rng, profile: Profile, row: IntArray, budget: IntArray) -> tuple[IntArray, IntArray]:
    """A product within the budget of each line, from what this customer buys."""
    product, price = np.zeros(len(row), np.int64), np.ones(len(row), np.int64)
    share: FloatArray = rng.random(len(row))
    person = profile.is_person[row]
    shelves = [(person, on_sale("person"))]
    shelves += [(~person & (profile.style[row] == n), on_sale("firm", s)) for n, s in enumerate(FIRM_STYLES)]
    for mine, (ids, prices) in shelves:
        top = np.searchsorted(prices, budget[mine], side="right")
        bottom = np.searchsorted(prices, budget[mine] // _CHEAPEST_PART, side="left")
        bottom = np.minimum(bottom, np.maximum(top - 1, 0))
        top = np.maximum(top, bottom + 1)
        place = bottom + np.floor(share[mine] * (top - bottom)).astype(np.int64)
        product[mine], price[mine] = ids[place], prices[place]
    return product, price


def _returns(
    rng: Rng,
    window: Window,
    profile: Profile,
    course: Course,
    orders: Orders,
    lines: OrderLines,
    row: IntArray,
    forced: BoolArray,
) -> tuple[Orders, OrderLines]:
    """Some give back the first line of an order within three weeks: a credit, dated when it came back."""
    likely = np.array(_RETURNED_SHARE)[profile.kind[row]]
    chosen = draws.chance(rng, likely, len(orders)) & (orders.status == "done") & ~forced
    back_on = orders.ordered_on + draws.between(rng, np.full(len(orders), 3), np.full(len(orders), 20))
    chosen &= (back_on <= window.final) & ~(back_on > course.stops_on[row])
    index = np.nonzero(chosen)[0]
    first_line = np.searchsorted(lines.order_id, index + 1, side="left")
    source = lines.take(first_line)
    count = len(index)
    ids = len(orders) + np.arange(1, count + 1)
    credit = Orders(
        order_id=ids,
        customer_id=orders.customer_id[index],
        number=texts([None] * count),
        ordered_on=back_on[index],
        amount_minor=-source.amount_minor,
        status=texts(["returned"] * count),
        returns_order_id=orders.order_id[index],
    )
    given_back = source.changed(
        line_id=len(lines) + np.arange(1, count + 1),
        order_id=ids,
        line_no=np.ones(count, np.int64),
        quantity=-source.quantity,
        amount_minor=-source.amount_minor,
    )
    return credit, given_back
