"""Health below its limit: somebody of customer success says why within 48 hours (B-23)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from zhike.customers.models import Customer, TimelineEntry
from zhike.customers.tests.office import Clock, Office, deliver, team_of
from zhike.events.retain import HealthFell
from zhike.foundation import obligations, outbox
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import counters_in, text_of
from zhike.retain.models import HealthFall
from zhike.retain.policy import ClockPolicy
from zhike.retain.tests.casework import MONDAY_9, at_work

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("RET-04", proof="rule")]
CLOCKS = load_defaults().get(ClockPolicy)
SECOND = dt.timedelta(seconds=1)


def fell(customer: Customer, health: float = 61.5, cause: str = "complaints") -> HealthFall:
    with transaction.atomic():
        outbox.publish(HealthFell(customer_id=customer.pk, health=health, limit=70.0, cause=cause))
    deliver()
    return HealthFall.objects.filter(customer=customer).latest("id")


@pytest.mark.requirement("RET-04", proof="user")
def test_a_success_manager_corrects_the_cause_and_the_clock_stops(office: Office) -> None:
    customer = office.firm("manager one")
    fall = fell(customer)
    success = at_work(office, "success")
    owed = Duty.objects.get(code="B-23")

    assert (owed.person_id, fall.owner_id) == (office.person("success"), office.person("success"))
    assert abs((owed.due_at - clock.now()).total_seconds() - CLOCKS.cause_hours * 3600) < 60
    assert counters_in(text_of(success.get("/")))["待确认的健康度下降"][0] == 1
    page = text_of(success.get(f"/health_falls/{fall.uid}/"))
    assert "确认客户健康度下降的诱因" in page
    assert customer.name in page

    answer = success.post(
        f"/health_falls/{fall.uid}/do/confirm/", {"version": fall.version, "cause": "health_usage", "note": "换了系统"}
    )
    deliver()

    assert answer.status_code == 302
    owed.refresh_from_db()
    fall.refresh_from_db()
    assert (owed.state, fall.state, fall.confirmed_cause) == ("fulfilled", "confirmed", "health_usage")
    assert TimelineEntry.objects.filter(customer=customer, kind="health.explained").exists()
    again = {"version": fall.version, "cause": "complaints"}
    refused = success.post(f"/api/v1/health_falls/{fall.uid}/confirm", again, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "cause_known")


def test_another_night_refreshes_the_open_fall_and_starts_no_second_clock(office: Office) -> None:
    customer = office.firm("manager one")

    first, second = fell(customer), fell(customer, 48.0, "no_order")

    assert first.pk == second.pk
    assert (second.health, second.cause) == (48.0, "no_order")
    assert Duty.objects.filter(code="B-23").count() == 1


def test_who_looks_after_the_customer_is_asked_before_anybody_else_and_the_rest_is_shared(office: Office) -> None:
    own, shared = office.firm("success two"), office.firm("manager one")
    Customer.objects.filter(pk=shared.pk).update(team=team_of(office, "manager one", "success two"))

    owners = [
        fell(customer).owner_id for customer in (own, shared, office.firm("manager one"), office.firm("manager one"))
    ]

    assert owners[:2] == [office.person("success two")] * 2
    assert owners[2:] == [office.person("success")] * 2, "who has fewer to answer"


def test_a_cause_nobody_confirms_is_a_breach_and_the_superior_hears_of_it(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    fell(office.firm("manager one"))
    due = Duty.objects.get(code="B-23").due_at

    obligations.tick(due)
    assert Duty.objects.get(code="B-23").state == "open"
    obligations.tick(due + SECOND)

    breached = Duty.objects.get(code="B-23")
    assert (breached.state, breached.escalated_to_id) == ("breached", office.person("boss"))
