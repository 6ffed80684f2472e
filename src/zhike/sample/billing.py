"""What runs by the month: subscriptions, their bills and payments, and the contracts behind the business."""

from __future__ import annotations

import numpy as np

from zhike.sample import draws
from zhike.sample.catalogue import monthly
from zhike.sample.course import EDGE, INDEX, Course
from zhike.sample.draws import BoolArray, DayArray, IntArray, Rng, texts
from zhike.sample.profile import Profile
from zhike.sample.tables import Bills, Contracts, Orders, Payments, Subscriptions
from zhike.sample.window import PERSON, Window, add_months

# Share of a firm's yearly spend that its monthly fees come to, in per cent.
_FEE_PERCENT = (4, 12)
_DUE_DAY = 14
_NEVER_PAID_SHARE = 0.004
_METHODS = ("bank_transfer", "acceptance_draft", "direct_debit", "alipay", "wechat_pay")
_METHOD_WEIGHTS = ((80, 12, 4, 4, 0), (2, 0, 26, 38, 34))
_TERM_MONTHS = np.array([12, 24, 36])
_TITLES = ("入网服务协议", "年度框架合同", "两年期服务合同", "三年期战略合作合同")
_MOST_TERMS = 14
_TERM_WEIGHTS = ((66, 22, 12), (45, 55, 0))
# Stories in which the last bills stay open, and how often.
_IN_ARREARS = {
    "budget_cut": 0.3,
    "price_pressure": 0.15,
    "lost": 0.35,
    "silent_departure": 0.25,
    "dormant": 0.2,
    "departed": 0.25,
}
_ARREARS_ELSEWHERE = 0.015


def subscriptions_of(rng: Rng, window: Window, profile: Profile, course: Course, first_id: int) -> Subscriptions:
    """At most one per customer, from when we knew them until they left; edge customers get theirs by hand."""
    row = np.nonzero(profile.subscribes & (course.archetype != EDGE))[0]
    count = len(row)
    product, fee, quantity = (np.zeros(count, np.int64) for _ in range(3))
    percent = draws.between(rng, np.full(count, _FEE_PERCENT[0]), np.full(count, _FEE_PERCENT[1]))
    aim = profile.yearly_minor[row] * percent // 1200
    for audience, mine in (("firm", ~profile.is_person[row]), ("person", profile.is_person[row])):
        ids, prices = monthly(audience)
        pick = rng.integers(len(ids), size=int(mine.sum()))
        product[mine], fee[mine] = ids[pick], prices[pick]
        quantity[mine] = 1 if audience == "person" else np.maximum(aim[mine] // prices[pick], 1)
    ends = course.stops_on[row]
    return Subscriptions(
        subscription_id=np.arange(1, count + 1),
        customer_id=row + first_id,
        product_id=product,
        quantity=quantity,
        monthly_fee_minor=fee * quantity,
        starts_on=course.known_since[row],
        ends_on=ends,
    )


def running(window: Window, starts_on: DayArray, ends_on: DayArray) -> BoolArray:
    """Whether a subscription runs in each month of the window, the months of start and end included."""
    month = window.months.astype("M8[M]")[None, :]
    begun = month >= starts_on.astype("M8[M]")[:, None]
    over = month > ends_on.astype("M8[M]")[:, None]
    return np.asarray(begun & ~over)


def bills_of(
    rng: Rng, window: Window, profile: Profile, course: Course, subscriptions: Subscriptions, first_id: int
) -> Bills:
    """A bill per complete month of a running subscription, due two weeks into the next one."""
    row = subscriptions.customer_id - first_id
    complete = (window.is_complete == 1)[None, :]
    place, month = np.nonzero(running(window, subscriptions.starts_on, subscriptions.ends_on) & complete)
    count = len(place)
    who = row[place]
    noise = np.where(profile.is_person[who], draws.spread(rng, 0.07, count), draws.spread(rng, 0.025, count))
    amount = subscriptions.monthly_fee_minor[place] * course.bills[who, month] * noise
    due = (window.months.astype("M8[M]") + 1).astype("M8[D]")[month] + _DUE_DAY
    return Bills(
        bill_id=np.arange(1, count + 1),
        customer_id=subscriptions.customer_id[place],
        subscription_id=subscriptions.subscription_id[place],
        period=window.months[month],
        amount_minor=np.rint(amount).astype(np.int64),
        due_on=due,
        paid_on=_paid_on(rng, window, course, who, month, due),
    )


def _paid_on(rng: Rng, window: Window, course: Course, who: IntArray, month: IntArray, due: DayArray) -> DayArray:
    """Most pay in the two weeks before the due day, some late, a few not at all."""
    count = len(who)
    share = np.full(len(course.archetype), _ARREARS_ELSEWHERE)
    for code, value in _IN_ARREARS.items():
        share[course.archetype == INDEX[code]] = value
    owes = draws.chance(rng, share, len(share))
    last_month = np.zeros(len(share), np.int64)
    np.maximum.at(last_month, who, month)
    open_now = owes[who] & (last_month[who] - month < 3)
    late = draws.chance(rng, 0.06, count)
    offset = np.where(
        late,
        draws.between(rng, np.full(count, 1), np.full(count, 38)),
        draws.between(rng, np.full(count, -12), np.full(count, 0)),
    )
    paid = due + offset
    unpaid = open_now | draws.chance(rng, _NEVER_PAID_SHARE, count) | (paid > window.final)
    return np.where(unpaid, np.datetime64("NaT", "D"), paid)


def payments_of(rng: Rng, window: Window, profile: Profile, bills: Bills, orders: Orders, first_id: int) -> Payments:
    """One per paid bill and one per order paid by now: persons pay at once, firms within about six weeks."""
    paid = bills.take(~np.isnat(bills.paid_on))
    bought = orders.take(orders.status == "done")
    is_person = profile.kind[bought.customer_id - first_id] == PERSON
    credit_days = draws.between(rng, np.zeros(len(bought)), np.full(len(bought), 45))
    settled = bought.ordered_on + np.where(is_person, 0, credit_days)
    arrived = settled <= window.final
    bought, settled = bought.take(arrived), settled[arrived]
    none_paid, none_bought = np.zeros(len(paid), np.int64), np.zeros(len(bought), np.int64)
    customer = np.concatenate([paid.customer_id, bought.customer_id])
    kind = profile.kind[customer - first_id]
    count = len(customer)
    by_kind = [draws.weighted(rng, weights, count) for weights in _METHOD_WEIGHTS]
    payments = Payments(
        payment_id=np.arange(1, count + 1),
        customer_id=customer,
        bill_id=np.concatenate([paid.bill_id, none_bought]),
        order_id=np.concatenate([none_paid, bought.order_id]),
        paid_on=np.concatenate([paid.paid_on, settled]),
        amount_minor=np.concatenate([paid.amount_minor, bought.amount_minor]),
        method=texts(_METHODS)[np.where(kind == PERSON, by_kind[1], by_kind[0])],
    )
    by_day = np.lexsort((payments.customer_id, payments.paid_on))
    return payments.take(by_day).changed(payment_id=payments.payment_id)


def contracts_of(rng: Rng, window: Window, profile: Profile, course: Course, first_id: int) -> Contracts:
    """Every term that touches the window, one renewing the other; who left did not renew."""
    row = np.nonzero(profile.is_signed & (course.archetype != EDGE))[0]
    count = len(row)
    kind = profile.kind[row]
    drawn = [draws.weighted(rng, weights, count) for weights in _TERM_WEIGHTS]
    term = _TERM_MONTHS[np.where(kind == PERSON, drawn[1], drawn[0])]
    auto = draws.chance(rng, 0.4, count)
    lead = draws.between(rng, np.full(count, 1), np.full(count, 25))
    value = np.rint(profile.yearly_minor[row] * (term / 12) * draws.spread(rng, 0.15, count) / 10_000)
    title = texts(_TITLES)[np.where(kind == PERSON, 0, np.searchsorted(_TERM_MONTHS, term) + 1)]
    since, stop = course.known_since[row], course.stops_on[row]
    parts: list[Contracts] = []
    before, last_id = np.zeros(count, np.int64), 0
    for turn in range(_MOST_TERMS):
        starts, ends = add_months(since, term * turn), add_months(since, term * (turn + 1)) - 1
        # A term is signed while they still buy, and only if its first day has come.
        place = np.nonzero((starts < window.end) & ~(starts > stop) & (ends >= window.start))[0]
        ids = last_id + np.arange(1, len(place) + 1)
        last_id += len(place)
        part = Contracts(
            contract_id=ids,
            customer_id=row[place] + first_id,
            number=texts([None] * len(place)),
            title=title[place],
            signed_on=starts[place] - lead[place],
            starts_on=starts[place],
            ends_on=ends[place],
            value_minor=value[place].astype(np.int64) * 10_000,
            renews_contract_id=before[place],
            is_auto_renewed=auto[place] & (turn > 0),
        )
        parts.append(part)
        before[place] = ids
    return Contracts.joined(parts)
