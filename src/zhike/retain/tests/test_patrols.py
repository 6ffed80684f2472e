"""Customers are reviewed by the cycle of their tier, and what a review leads to is owed by somebody (RET-05)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import cases, text_of
from zhike.retain.models import HealthPatrol, PatrolTask
from zhike.retain.policy import PatrolPolicy
from zhike.retain.rules.patrol import next_due
from zhike.retain.services.patrol import patrols_plan
from zhike.retain.tests.casework import at_work
from zhike.retain.tests.test_records import _customer

POLICY = load_defaults().get(PatrolPolicy)
TODAY = dt.date(2026, 7, 13)


@given(some.integers(1, 24), some.integers(1, 10**9))
def test_customers_never_looked_at_are_spread_over_the_first_cycle(months: int, customer: int) -> None:
    due = next_due(TODAY, months, None, customer)
    assert TODAY + dt.timedelta(days=7) <= due <= clock.months_before(TODAY, -months)


def test_the_next_patrol_comes_a_cycle_after_the_last_and_never_in_the_past() -> None:
    assert next_due(TODAY, 3, TODAY, 1) == dt.date(2026, 10, 13)
    assert next_due(TODAY, 3, dt.date(2025, 1, 1), 1) == TODAY


def a_patrol(owner: Person) -> HealthPatrol:
    customer = _customer(owner)
    CustomerState.objects.filter(customer=customer).update(tier="high", health=64.0)
    patrols_plan()
    return HealthPatrol.objects.get(customer=customer)


@pytest.mark.django_db
class TestPatrols(cases("health_patrols", make=a_patrol, allowed="customer_manager", denied="it_team")):  # type: ignore[misc]
    """Generated from the declaration."""


def do(client: Any, patrol: HealthPatrol, act: str, **answers: Any) -> Any:
    patrol.refresh_from_db()
    response = client.post(f"/health_patrols/{patrol.uid}/do/{act}/", {"version": patrol.version, **answers})
    deliver()
    patrol.refresh_from_db()
    return response


@pytest.fixture
def patrols(office: Office) -> list[HealthPatrol]:
    """Two customers of high value and one of low; a success manager in the first department."""
    firms = [office.firm("manager one") for _one in range(3)]
    for firm, tier in zip(firms, ("high", "high", "low"), strict=True):
        CustomerState.objects.filter(customer=firm).update(tier=tier, health=64.0)
    assert patrols_plan() == (2, firms[1].pk)
    assert patrols_plan() == (0, None), "nobody is planned twice"
    deliver()
    return list(HealthPatrol.objects.order_by("customer_id"))


@pytest.mark.django_db
@pytest.mark.requirement("RET-05", proof="user")
def test_a_success_manager_holds_the_patrol_and_what_it_led_to_is_owed(
    office: Office, patrols: list[HealthPatrol]
) -> None:
    patrol = patrols[0]
    name = next(name for name, person in office.people.items() if person.pk == patrol.owner_id)
    success = at_work(office, name)
    assert Person.objects.filter(pk=patrol.owner_id, holdings__post="success_manager").exists()
    assert patrol.customer.name in text_of(success.get("/health_patrols/?state=planned"))
    owed = Duty.objects.get(code="RET-05", subject_id=patrol.pk)
    assert (owed.person_id, clock.local(owed.due_at).date()) == (patrol.owner_id, patrol.due_on + dt.timedelta(days=1))
    assert do(success, patrol, "hold", findings="").status_code == 422
    assert do(success, patrol, "hold", findings="x", recommend="11").status_code == 422
    tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
    assert do(success, patrol, "hold", findings="x", held_on=tomorrow).status_code == 422

    done = do(success, patrol, "hold", findings="功能用得少，想要培训", recommend="7", service="安排一次培训",
              renewal="提前谈续约", cross="")  # fmt: skip

    assert done.status_code == 302
    assert (patrol.state, patrol.health, patrol.recommend) == ("held", 64.0, 7)
    owed.refresh_from_db()
    assert owed.state == "fulfilled"
    service, renewal = (
        PatrolTask.objects.order_by("kind").filter(kind="service").get(),
        PatrolTask.objects.get(kind="renewal"),
    )
    assert service.owner_id == patrol.owner_id
    assert renewal.owner_id == office.person("manager one")
    assert renewal.due_on == clock.today() + dt.timedelta(days=POLICY.task_days)
    assert Duty.objects.get(code="RET-05.task", subject_id=renewal.pk).person_id == office.person("manager one")
    page = text_of(success.get(f"/health_patrols/{patrol.uid}/"))
    assert "提前谈续约" in page
    assert "安排一次培训" in page
    manager = at_work(office, "manager one")
    assert do(manager, patrol, "task-done", task=str(renewal.uid)).status_code == 302
    assert Duty.objects.get(code="RET-05.task", subject_id=renewal.pk).state == "fulfilled"
    timeline = text_of(manager.get(f"/customers/{patrol.customer.uid}/"))
    assert "健康度巡检" in timeline
    assert "64.0" in timeline
    assert patrols_plan() == (1, patrol.customer_id)
    following = HealthPatrol.objects.get(customer=patrol.customer_id, state="planned")
    assert following.due_on == clock.months_before(clock.today(), -POLICY.high_months)


@pytest.mark.django_db
@pytest.mark.requirement("RET-05", proof="user")
def test_one_called_off_ends_its_duty_and_comes_again_after_the_cycle(
    office: Office, patrols: list[HealthPatrol]
) -> None:
    patrol = patrols[1]
    manager = at_work(office, "manager one")
    assert do(manager, patrol, "call-off", reason="").status_code == 422
    assert do(manager, patrol, "call-off", reason="客户正在搬迁").status_code == 302
    assert Duty.objects.get(code="RET-05", subject_id=patrol.pk).state == "cancelled"
    again = do(manager, patrol, "hold", findings="x")
    assert again.status_code in (409, 422)
    assert patrols_plan()[0] == 1
    following = HealthPatrol.objects.get(customer=patrol.customer_id, state="planned")
    assert following.due_on == clock.months_before(patrol.due_on, -POLICY.high_months)


@pytest.mark.django_db
def test_a_patrol_nobody_holds_reminds_and_breaches(office: Office, moment: Clock, patrols: list[HealthPatrol]) -> None:
    patrol = patrols[0]
    moment.at(clock.start_of(patrol.due_on + dt.timedelta(days=1)) + dt.timedelta(minutes=1))
    obligations.tick(clock.now())
    assert Duty.objects.get(code="RET-05", subject_id=patrol.pk).state == "breached"


@pytest.mark.django_db
def test_a_lost_customer_is_reviewed_no_more(office: Office, patrols: list[HealthPatrol]) -> None:
    from zhike.retain.services.patrol import patrol_end

    patrol_end(patrols[0].customer_id)
    CustomerState.objects.filter(customer=patrols[0].customer_id).update(lifecycle="lost")
    deliver()
    assert HealthPatrol.objects.get(pk=patrols[0].pk).state == "off"
    assert patrols_plan() == (0, None)
    assert system("t").is_system
