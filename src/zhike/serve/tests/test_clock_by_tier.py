"""Clocks of service run round the clock, in working time, or as the tier of the customer has it."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock, Office, deliver, opened
from zhike.foundation import policies
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.serve.services.ticket import ticket_receive
from zhike.serve.tests.conftest import with_service

# A Friday, one hour before work ends.
FRIDAY = dt.datetime.combine(dt.date(2026, 11, 20), dt.time(17, 0))


@pytest.fixture
def office(db: None, moment: Clock) -> Office:
    made = with_service(opened())
    moment.at(clock.start_of(FRIDAY.date()) + dt.timedelta(hours=17))
    return made


def answer_due(office: Office, tier: str) -> dt.datetime:
    customer = office.firm("counter")
    CustomerState.objects.filter(pk=customer.pk).update(tier=tier)
    ticket = ticket_receive(viewer=office.viewer("service"), customer=customer.uid, subject="报表导不出")
    deliver()
    return clock.local(Duty.objects.get(code="B-03", subject_id=ticket.pk).due_at)


@pytest.mark.requirement("PLAT-08", "SEG-13", proof="rule")
def test_by_tier_the_vip_is_answered_on_saturday_and_the_others_when_work_has_gone_on(office: Office) -> None:
    policies.change(office.viewer("boss"), "serve.clocks.counted", "by_tier", reason="VIP 7×24")

    high, core = answer_due(office, "high"), answer_due(office, "core")

    assert (high.date(), high.hour) == (dt.date(2026, 11, 21), 17)
    assert core.date() > dt.date(2026, 11, 23)


@pytest.mark.parametrize(("counted", "is_weekend"), [("elapsed", True), ("working", False)])
def test_one_calendar_for_all_does_not_ask_for_the_tier(office: Office, counted: str, is_weekend: bool) -> None:
    policies.change(office.viewer("boss"), "serve.clocks.counted", counted, reason="统一")

    dues = {answer_due(office, tier).replace(second=0, microsecond=0) for tier in ("high", "low")}

    assert len(dues) == 1
    assert (dues.pop().date() == dt.date(2026, 11, 21)) is is_weekend
