"""Who may be given a step of a plan, and who may not decide on one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.customers.tests.office import Clock, Office
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import text_of
from zhike.retain.models import RetentionStep
from zhike.retain.tests.casework import MONDAY_9, at_work, do, interviewed, opened_case

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SEC-04", proof="user")
def test_a_step_is_owed_by_somebody_who_may_do_it_and_sees_the_case(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case, manager = opened_case(office), at_work(office, "manager one")
    interviewed(manager, case, MONDAY_9)
    do(manager, case, "plan", cause="slow_response", measure="dedicated_service", offer="专线", goal="续约",
       goal_on=clock.today() + dt.timedelta(days=20))  # fmt: skip

    def added(who: str) -> Any:
        return do(manager, case, "add-step", what="回访", owner=str(office.people[who].uid), due_on=clock.today())

    form = manager.get(f"/retentions/{case.uid}/do/add-step/").content.decode()
    blind, idle = added("success"), added("market")

    assert str(office.people["success"].uid) in form
    assert str(office.people["market"].uid) not in form
    assert "员工success看不到该客户，无法办理此项工作" in text_of(blind)
    assert idle.status_code == 422
    assert not RetentionStep.objects.exists()
    assert added("lead one").status_code == 302


@pytest.mark.requirement("RET-10", proof="user")
def test_who_wrote_or_submitted_a_plan_does_not_decide_on_it(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case, manager, lead = opened_case(office), at_work(office, "manager one"), at_work(office, "lead one")
    interviewed(manager, case, MONDAY_9)
    do(manager, case, "plan", cause="slow_response", measure="dedicated_service", offer="专线", goal="续约",
       goal_on=clock.today() + dt.timedelta(days=20))  # fmt: skip
    do(manager, case, "add-step", what="回访", owner=str(office.people["lead one"].uid), due_on=clock.today())
    assert do(lead, case, "submit").status_code == 302

    refused = do(lead, case, "approve")

    assert "该方案由您制定或提交，须由其他销售负责人或管理层审批。" in text_of(refused)
    assert case.state == "decision"
    assert do(at_work(office, "chief"), case, "approve").status_code == 302
