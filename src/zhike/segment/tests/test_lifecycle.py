import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.kit.clock import months_before
from zhike.foundation.policies.load import load_defaults
from zhike.segment.policy import LifecyclePolicy
from zhike.segment.rules.arrays import add_months
from zhike.segment.rules.lifecycle import STAGES, LifecycleFacts, lifecycle, stage_by_last_order

SHIPPED = load_defaults().get(LifecyclePolicy)
TODAY = dt.date(2026, 7, 15)
NEVER = np.array(["NaT"], dtype="datetime64[D]")


def day(value):
    return np.array([value], dtype="datetime64[D]")


def facts(**changes):
    base = LifecycleFacts(
        as_of=np.datetime64(TODAY, "D"),
        is_customer=np.array([True]),
        first_order=NEVER,
        last_order=NEVER,
        since=NEVER,
        last_login=NEVER,
        last_contact=NEVER,
        open_deal=np.array([False]),
        contract_end=NEVER,
        tenure_months=np.array([np.nan]),
        known_lost=np.array([False]),
    )
    return dataclasses.replace(base, **changes)


def stage(**changes):
    found = lifecycle(facts(**changes), SHIPPED)
    return found.stage[0], found.cause[0]


@pytest.mark.requirement("SEG-09", proof="rule")
def test_last_order_15_january_today_15_july_is_stage_at_risk():
    assert stage_by_last_order("2026-01-15", "2026-07-15", SHIPPED) == ("at_risk", "lifecycle.no_order_at_risk")


@pytest.mark.requirement("SEG-09", proof="rule")
def test_last_order_15_january_today_14_july_is_not_yet_at_risk():
    assert stage_by_last_order("2026-01-15", "2026-07-14", SHIPPED)[0] == "dormant"


@pytest.mark.parametrize(
    ("months", "reached", "before"),
    [
        (SHIPPED.dormant_months, "dormant", "active"),
        (SHIPPED.at_risk_months, "at_risk", "dormant"),
        (SHIPPED.lost_months, "lost", "at_risk"),
    ],
)
def test_a_stage_begins_on_the_day_the_months_are_full_and_not_a_day_earlier(months, reached, before):
    turning = months_before(TODAY, months)
    first = day("2020-01-01")

    assert stage(first_order=first, last_order=day(turning))[0] == reached
    assert stage(first_order=first, last_order=day(turning + dt.timedelta(days=1)))[0] == before


def test_a_customer_is_new_until_the_months_are_full():
    turning = months_before(TODAY, SHIPPED.new_months)
    late, today = day(turning + dt.timedelta(days=1)), day(TODAY)

    assert stage(first_order=late, last_order=today)[0] == "new"
    assert stage(first_order=day(turning), last_order=today)[0] == "active"


def test_the_31st_has_full_months_on_the_last_day_of_a_shorter_month():
    assert stage_by_last_order("2025-08-31", "2026-02-28", SHIPPED)[0] == "at_risk"
    assert stage_by_last_order("2025-08-31", "2026-02-27", SHIPPED)[0] == "dormant"


def test_a_login_keeps_a_customer_awake_though_no_order_came():
    quiet = {"first_order": day("2020-01-01"), "last_order": day("2026-03-01")}

    assert stage(**quiet)[0] == "dormant"
    assert stage(**quiet, last_login=day("2026-07-01"))[0] == "active"


def test_a_login_does_not_hide_six_months_without_an_order():
    assert stage(last_order=day("2026-01-01"), last_login=day("2026-07-14"))[0] == "at_risk"


def test_a_known_loss_comes_before_everything_else():
    assert stage(last_order=day("2026-07-14"), known_lost=np.array([True]))[0] == "lost"


def test_somebody_who_never_ordered_is_developing_while_in_contact_and_a_prospect_otherwise():
    nobody = np.array([False])

    assert stage(is_customer=nobody, last_contact=day("2026-06-01"))[0] == "developing"
    assert stage(is_customer=nobody, open_deal=np.array([True]))[0] == "developing"
    assert stage(is_customer=nobody, last_contact=day("2025-06-01"))[0] == "potential"


def test_by_contract_a_customer_is_lost_on_the_day_after_the_days_of_grace():
    policy = load_defaults("saas").get(LifecyclePolicy)
    grace = dt.timedelta(days=policy.lost_contract_days)

    def stage_of(end):
        return lifecycle(facts(last_order=day("2026-01-01"), contract_end=day(end)), policy).stage[0]

    assert stage_of(TODAY - grace) != "lost"
    assert stage_of(TODAY - grace - dt.timedelta(days=1)) == "lost"


def test_where_no_order_is_recorded_at_all_their_absence_says_nothing():
    assert stage(since=day("2019-01-01")) == ("active", "lifecycle.signed")


def test_at_risk_began_on_the_day_the_months_were_full():
    found = lifecycle(facts(first_order=day("2020-01-01"), last_order=day("2026-01-10")), SHIPPED)

    assert found.since[0] == np.datetime64("2026-07-10")


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 60))
def test_adding_months_keeps_the_day_or_ends_the_month(start, months):
    later = add_months(day(start), months)[0].astype(dt.date)

    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or (later + dt.timedelta(days=1)).day == 1 < start.day + 1


@given(st.lists(st.integers(0, 1500), min_size=2, max_size=50))
def test_waiting_longer_never_moves_a_customer_back_towards_active(days_ago):
    ordered = np.sort(np.array(days_ago))
    last = np.datetime64(TODAY, "D") - ordered.astype("timedelta64[D]")
    n = len(last)
    never = np.full(n, np.datetime64("NaT", "D"))
    no = np.zeros(n, dtype=bool)
    found = lifecycle(
        LifecycleFacts(
            as_of=np.datetime64(TODAY, "D"),
            is_customer=~no,
            first_order=np.full(n, np.datetime64("2000-01-01", "D")),
            last_order=last,
            since=never,
            last_login=never,
            last_contact=never,
            open_deal=no,
            contract_end=never,
            tenure_months=np.full(n, np.nan),
            known_lost=no,
        ),
        SHIPPED,
    )

    assert (np.diff(found.stage.index) >= 0).all()
    assert STAGES[found.stage.index.max()] in ("active", "dormant", "at_risk", "lost")
