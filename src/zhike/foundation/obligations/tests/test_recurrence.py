import datetime as dt

import pytest

from zhike.foundation import obligations, policies
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add
from zhike.foundation.access.viewer import system
from zhike.foundation.obligations import Subject
from zhike.foundation.obligations.models import Duty, DutyState
from zhike.foundation.obligations.tests import deeds
from zhike.foundation.obligations.tests.conftest import at, tell
from zhike.foundation.obligations.tests.deeds import TestClocks

MONDAY = at("2026-06-01 00:00")
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-08", proof="rule")]


@pytest.fixture
def specialist(db: None) -> Person:
    return person_add(username="data", name="数据专员", post_codes=["data_specialist"])


@pytest.fixture
def weekly_list(specialist: Person) -> None:
    obligations.recurring(
        code="T-42", title="list", rhythm="weekly", owed_by="post:data_specialist", fulfils=deeds.ListPublished
    )


def test_each_week_has_its_duty_once_due_when_the_week_ends(weekly_list: None, specialist: Person) -> None:
    for moment in (MONDAY, MONDAY + dt.timedelta(hours=1), MONDAY + dt.timedelta(days=6)):
        obligations.tick(moment)
    obligations.tick(MONDAY + dt.timedelta(days=7))

    first, second = Duty.objects.order_by("period")
    assert (first.period, second.period) == ("2026-W23", "2026-W24")
    assert first.due_at == at("2026-06-07 23:59:59")
    assert first.person_id == specialist.pk


def test_publishing_the_list_does_the_week(weekly_list: None) -> None:
    obligations.tick(MONDAY)
    tell(deeds.ListPublished(count=3, at=MONDAY + dt.timedelta(days=1)))
    obligations.tick(MONDAY + dt.timedelta(days=2))

    assert [duty.state for duty in Duty.objects.all()] == [DutyState.FULFILLED]


def test_a_missed_week_is_a_breach_and_the_next_list_closes_it_late(weekly_list: None) -> None:
    obligations.tick(MONDAY)
    obligations.tick(MONDAY + dt.timedelta(days=7))
    assert Duty.objects.get(period="2026-W23").state == DutyState.BREACHED

    tell(deeds.ListPublished(count=3, at=MONDAY + dt.timedelta(days=8)))

    missed, kept = Duty.objects.order_by("period")
    assert (missed.state, missed.is_late) == (DutyState.FULFILLED, True)
    assert (kept.state, kept.is_late) == (DutyState.FULFILLED, False)


def test_a_worker_that_comes_late_does_not_eat_the_time_of_the_owner(weekly_list: None) -> None:
    saturday = MONDAY + dt.timedelta(days=5)

    obligations.tick(saturday)

    assert Duty.objects.get().started_at == saturday
    assert Duty.objects.get().reminded_at is None


def test_a_duty_of_every_holder_is_made_for_each_and_done_by_each(db: None) -> None:
    one, two = (person_add(username=n, name=n, post_codes=["sales_specialist"]) for n in ("one", "two"))
    obligations.recurring(
        code="T-44", title="call", rhythm="weekly", owed_by="post:sales_specialist", each="holder",
        subject="person", fulfils=deeds.CallMade,
    )  # fmt: skip
    obligations.tick(MONDAY)

    tell(deeds.CallMade(person_id=two.pk, at=MONDAY + dt.timedelta(hours=9)))

    states = dict(Duty.objects.values_list("person_id", "state"))
    assert states == {one.pk: DutyState.OPEN, two.pk: DutyState.FULFILLED}


def test_a_duty_for_each_subject_follows_who_is_there(owners: dict[int, int]) -> None:
    valued = [1, 2]
    obligations.recurring(
        code="T-54", title="plan", rhythm="quarterly", owed_by="relation:customer_manager", subject="customer",
        subjects=lambda period: [Subject("customer", n, n) for n in valued], fulfils=deeds.PlanMade,
    )  # fmt: skip

    obligations.tick(MONDAY)
    valued.append(3)
    obligations.tick(MONDAY + dt.timedelta(days=1))
    tell(deeds.PlanMade(customer_id=2, at=MONDAY + dt.timedelta(days=2)))

    states = dict(Duty.objects.values_list("customer_id", "state"))
    assert states == {1: DutyState.OPEN, 2: DutyState.FULFILLED, 3: DutyState.OPEN}
    assert Duty.objects.first().period == "2026-Q2"  # type: ignore[union-attr]


def test_a_daily_duty_rests_on_days_that_are_not_worked(specialist: Person) -> None:
    obligations.recurring(
        code="T-40", title="check", rhythm="daily", owed_by="post:data_specialist", workdays_only=True
    )

    for day in ("2026-09-30", "2026-10-01", "2026-10-10", "2026-10-11"):
        obligations.tick(at(f"{day} 08:00"))

    # The 10th of October is a Saturday that is worked, the 1st a Thursday that is not.
    assert sorted(Duty.objects.values_list("period", flat=True)) == ["2026-09-30", "2026-10-10"]


def test_the_time_within_the_period_may_be_a_policy(specialist: Person) -> None:
    obligations.recurring(
        code="T-43", title="meeting", rhythm="weekly", owed_by="post:data_specialist",
        within=(TestClocks, "hand_over_days"), unit="working_days",
    )  # fmt: skip

    obligations.tick(MONDAY)

    assert Duty.objects.get().due_at == at("2026-06-04 09:00")


def test_the_rhythm_may_be_a_policy(specialist: Person) -> None:
    obligations.recurring(code="T-49", title="review", rhythm=(TestClocks, "rhythm"), owed_by="post:data_specialist")
    obligations.tick(MONDAY)
    policies.change(system("test"), "obligations_tests.clocks.rhythm", "monthly", reason="less often")
    future = dt.datetime.now(dt.UTC) + dt.timedelta(days=40)

    obligations.tick(future)

    periods = sorted(Duty.objects.values_list("period", flat=True))
    assert periods[0] == "2026-W23"
    assert len(periods[1]) == len("2026-12")
