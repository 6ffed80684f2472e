"""The planted truth: it stands in the facts, and noise stands beside it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from zhike.foundation.kit.clock import months_before
from zhike.sample.company import Company, generate
from zhike.sample.course import ARCHETYPES
from zhike.sample.draws import IntArray
from zhike.sample.edges import EDGES
from zhike.sample.tests.conftest import AS_OF


def day(months: int, as_of: dt.date = AS_OF) -> np.datetime64:
    return np.datetime64(months_before(as_of, months), "D")


def spend_of_the_last_year(company: Company, customer: int) -> Decimal:
    orders = company.orders
    mine = (orders.customer_id == customer) & (orders.status != "cancelled") & (orders.ordered_on > day(12))
    return Decimal(int(orders.amount_minor[mine].sum())) / 100


def edge_customer(company: Company, code: str) -> int:
    (place,) = np.nonzero(company.truth.edge == code)[0]
    return int(company.truth.customer_id[place])


@pytest.mark.parametrize(
    ("code", "spend", "tier"),
    [
        ("D4-1 500,000.00", "500000.00", "high"),
        ("D4-1 499,999.99", "499999.99", "core"),
        ("D4-1 100,000.00", "100000.00", "core"),
        ("D4-1 99,999.99", "99999.99", "low"),
    ],
)
def test_d4_1_spend_of_the_last_twelve_months_is_exact(company: Company, code: str, spend: str, tier: str) -> None:
    customer = edge_customer(company, code)

    assert spend_of_the_last_year(company, customer) == Decimal(spend)
    assert company.truth.expected_tier[customer - 1] == tier


@pytest.mark.parametrize(("code", "before", "now"), [("D4-3 50 to 40", 50, 40), ("D4-3 50 to 41", 50, 41)])
def test_d4_3_use_falls_in_the_last_complete_month(company: Company, code: str, before: int, now: int) -> None:
    assert company.usage is not None
    mine = company.usage.take(company.usage.customer_id == edge_customer(company, code))
    uses = dict(zip(mine.month.astype(str).tolist(), mine.feature_uses.tolist(), strict=True))

    assert (uses["2026-05-01"], uses["2026-06-01"]) == (before, now)
    assert {value for month, value in uses.items() if "2024-07-01" < month < "2026-06-01"} == {50}


def test_d4_12_last_order_15_january_today_15_july_and_no_other_signal(company: Company) -> None:
    customer = edge_customer(company, "D4-12")
    orders, truth = company.orders, company.truth

    assert orders.ordered_on[orders.customer_id == customer].max() == np.datetime64("2026-01-15")
    assert truth.expected_lifecycle[customer - 1] == "at_risk"
    assert truth.signals[customer - 1] == ("no_order",)
    assert company.complaints is not None
    assert company.tickets is not None
    assert company.interactions is not None
    assert company.contracts is not None
    assert customer not in company.complaints.customer_id
    assert customer not in company.tickets.customer_id
    talks = company.interactions.take(company.interactions.customer_id == customer)
    assert all(said is None for said in talks.mentions)
    assert (talks.on > day(1)).sum() >= 2
    assert company.contracts.ends_on[company.contracts.customer_id == customer].max() > np.datetime64("2026-12-01")


@pytest.mark.parametrize("as_of", ["2026-01-31", "2026-08-31", "2025-12-31"])
def test_d4_12_holds_at_the_end_of_long_months(as_of: str) -> None:
    today = dt.date.fromisoformat(as_of)
    company = generate(60, as_of=today)
    orders = company.orders

    last = orders.ordered_on[orders.customer_id == edge_customer(company, "D4-12")].max()
    assert last == day(6, today)


@pytest.mark.parametrize(("code", "count"), [("D4-13 one complaint", 1), ("D4-13 two complaints", 2)])
def test_d4_13_complaints_are_counted_out(company: Company, code: str, count: int) -> None:
    assert company.complaints is not None
    mine = company.complaints.customer_id == edge_customer(company, code)

    assert mine.sum() == count
    assert (company.complaints.received_on[mine] > day(2)).all()


@pytest.mark.parametrize(("code", "satisfaction"), [("D4-21 4.5", 4.5), ("D4-21 4.4", 4.4)])
def test_d4_21_the_high_value_portrait_and_its_near_miss(company: Company, code: str, satisfaction: float) -> None:
    customer = edge_customer(company, code)
    files = company.customers

    assert spend_of_the_last_year(company, customer) == Decimal(600_000)
    assert files.prefers_custom[customer - 1]
    assert files.satisfaction[customer - 1] == satisfaction
    assert files.cooperation_since[customer - 1] <= day(36)


def test_nothing_was_drawn_for_edge_customers(company: Company) -> None:
    assert company.tickets is not None
    assert company.deals is not None
    assert company.tickets.customer_id.min() > len(EDGES)
    assert company.deals.customer_id.min() > len(EDGES)
    assert company.interactions is not None
    talks = company.interactions.take(company.interactions.customer_id <= len(EDGES))
    assert set(talks.kind) == {"call"}
    assert all(said is None for said in talks.mentions)
    assert (company.orders.status[company.orders.customer_id <= len(EDGES)] == "done").all()


def test_every_story_is_told_about_as_often_as_planned(company: Company) -> None:
    total = sum(kind.share for kind in ARCHETYPES)
    for kind in ARCHETYPES:
        share = (company.truth.archetype == kind.code).mean()
        assert abs(share - kind.share / total) < 0.03, kind.code
        assert share > 0, kind.code


def test_every_tier_and_every_stage_occurs(company: Company) -> None:
    tier, stage = company.truth.expected_tier, company.truth.expected_lifecycle

    assert set(stage) == {"potential", "developing", "new", "active", "dormant", "at_risk", "lost"}
    firms = company.customers.kind == "firm"
    assert (tier[firms] == "high").mean() > 0.04
    assert 0.2 < (tier[firms] == "core").mean() < 0.45
    assert (tier[firms] == "low").mean() > 0.3


def test_the_expected_tier_follows_from_the_orders(company: Company) -> None:
    for customer in (20, 55, 300, 1_200, 1_999):
        spend = spend_of_the_last_year(company, customer)
        assert company.truth.spend_12m_minor[customer - 1] == spend * 100
        expected = "high" if spend >= 500_000 else "core" if spend >= 100_000 else "low"
        assert company.truth.expected_tier[customer - 1] in (expected, None)


def told_by(company: Company, code: str) -> IntArray:
    mine: IntArray = company.truth.customer_id[company.truth.archetype == code]
    return mine


def test_fading_use_falls_by_a_fifth_in_the_last_complete_month_for_nearly_all(company: Company) -> None:
    usage = company.usage
    assert usage is not None
    now = dict(zip(*_month(usage, "2026-06-01"), strict=True))
    before = dict(zip(*_month(usage, "2026-05-01"), strict=True))
    fading = [who for who in told_by(company, "declining_usage").tolist() if before.get(who, 0) >= 10]
    steady = [who for who in told_by(company, "steady").tolist() if before.get(who, 0) >= 10]

    def falls(who: int) -> bool:
        return now.get(who, 0) <= 0.8 * before[who]

    assert np.mean([falls(who) for who in fading]) > 0.85
    # Noise: some steady customers have a slow month, but few.
    assert 0 < np.mean([falls(who) for who in steady]) < 0.1


def _month(usage: object, month: str) -> tuple[list[int], list[int]]:
    mine = usage.take(usage.month == np.datetime64(month))  # type: ignore[attr-defined]
    return mine.customer_id.tolist(), mine.feature_uses.tolist()


def test_those_who_wait_for_answers_complain_twice_and_say_so(company: Company) -> None:
    assert company.complaints is not None
    recent = company.complaints.take(company.complaints.received_on > day(6))
    counts = np.bincount(recent.customer_id, minlength=company.size + 1)
    waiting, steady = told_by(company, "slow_response"), told_by(company, "steady")

    assert (counts[waiting] >= 2).all()
    assert (counts[steady] >= 2).mean() < 0.02
    assert (counts[steady] >= 1).mean() > 0.02
    assert set(waiting) <= _who_said(company, "slow_response")


def _who_said(company: Company, word: str) -> set[int]:
    assert company.interactions is not None
    mine = (company.interactions.mentions == word) & (company.interactions.on > day(3))
    return set(company.interactions.customer_id[mine].tolist())


def test_each_story_lets_its_cause_drop_and_others_do_so_too(company: Company) -> None:
    for code, word in (("price_pressure", "price"), ("budget_cut", "budget_cut")):
        said = _who_said(company, word)
        assert set(told_by(company, code)) <= said
        assert said - set(told_by(company, code)), "without noise the signal would give the story away"


def test_tickets_of_those_who_wait_stay_open_much_longer(company: Company) -> None:
    tickets = company.tickets
    assert tickets is not None
    closed = tickets.take(~np.isnat(tickets.closed_on) & (tickets.opened_on > day(2)))
    wait = (closed.closed_on - closed.opened_on).astype(int)
    waiting = np.isin(closed.customer_id, told_by(company, "slow_response"))

    assert np.median(wait[waiting]) >= 6
    assert np.median(wait[~waiting]) <= 2
    assert (wait[~waiting] >= 6).any()


def test_leavers_stop_and_the_won_back_return(company: Company) -> None:
    orders = company.orders
    last = np.full(company.size + 1, np.datetime64("NaT", "D"))
    bought = orders.amount_minor > 0
    order = np.argsort(orders.ordered_on[bought], kind="stable")
    last[orders.customer_id[bought][order]] = orders.ordered_on[bought][order]

    assert (last[told_by(company, "lost")] <= day(12)).all()
    assert (last[told_by(company, "dormant")] <= day(3)).all()
    assert (last[told_by(company, "dormant")] > day(6)).all()
    assert (last[told_by(company, "won_back")] > day(4)).all()
    assert np.isnat(last[told_by(company, "potential")]).all()
    assert not np.isnat(last[told_by(company, "new")]).any()


def test_strangers_asked_several_times(company: Company) -> None:
    assert company.interactions is not None
    counts = np.bincount(company.interactions.customer_id, minlength=company.size + 1)
    strangers = told_by(company, "potential")

    assert counts[strangers].min() >= 2
    kinds = company.interactions.kind[np.isin(company.interactions.customer_id, strangers)]
    assert set(kinds) == {"inquiry"}


def test_some_of_those_in_decline_stay_and_some_of_the_steady_leave(company: Company) -> None:
    for code in ("declining_usage", "slow_response", "price_pressure", "budget_cut"):
        leaving = company.truth.will_leave[company.truth.archetype == code].mean()
        assert 0.3 < leaving < 0.9, code
    assert 0 < company.truth.will_leave[company.truth.archetype == "steady"].mean() < 0.05


def test_the_spring_festival_is_quiet_for_firms_and_618_and_double_eleven_busy_for_persons(company: Company) -> None:
    orders = company.orders
    firm = company.customers.kind[orders.customer_id - 1] == "firm"
    month = orders.ordered_on.astype("M8[M]").astype(str)

    def count(name: str, of_firms: bool) -> int:
        return int(((month == name) & (firm == of_firms)).sum())

    # New Year's Day of the lunar calendar was 17 February 2026.
    assert count("2026-02", True) < 0.6 * count("2026-03", True)
    assert count("2025-06", False) > 1.3 * count("2025-05", False)
    assert count("2025-11", False) > 1.5 * count("2025-10", False)
    weekday = (orders.ordered_on[firm].astype(np.int64) + 3) % 7
    assert (weekday >= 5).mean() < 0.08


def test_there_are_arrears_returns_and_cancellations_but_few(company: Company) -> None:
    assert company.bills is not None
    due = company.bills.take(company.bills.due_on < np.datetime64(AS_OF))
    status = company.orders.status

    assert 0.005 < np.isnat(due.paid_on).mean() < 0.06
    assert 0.005 < (status == "returned").mean() < 0.04
    assert 0.01 < (status == "cancelled").mean() < 0.05
