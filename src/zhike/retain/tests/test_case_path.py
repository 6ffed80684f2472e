"""A case from the published warning to the customer saved, through the pages of the posts that act."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import Customer, Interaction, TimelineEntry
from zhike.customers.tests.office import Clock, Office, deliver, team_of
from zhike.foundation import obligations
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import counters_in, text_of
from zhike.retain.models import RetentionCase, RetentionPlan, RetentionStep, Warning
from zhike.retain.policy import ClockPolicy, RoutePolicy
from zhike.retain.tests.casework import (
    MONDAY_9,
    TUESDAY_15,
    WEDNESDAY_9,
    WEDNESDAY_15,
    at_work,
    do,
    interviewed,
    night,
    opened_case,
    planned,
    proposal,
)

pytestmark = pytest.mark.django_db
CLOCKS, ROUTE = load_defaults().get(ClockPolicy), load_defaults().get(RoutePolicy)
MINUTE = dt.timedelta(minutes=1)


def duty(code: str) -> Duty:
    return Duty.objects.get(code=code)


def near(moment: dt.datetime, wanted: dt.datetime) -> bool:
    return abs((moment - wanted).total_seconds()) < 60


@pytest.mark.requirement("RET-08", proof="user")
@pytest.mark.requirement("RET-09", proof="user")
def test_d4_6_on_the_list_mon_09_00_interview_ends_tue_15_00_contact_due_wed_09_00_plan_due_wed_15_00(
    office: Office, moment: Clock
) -> None:
    """D4-6: on the list Mon 09:00; interview ends Tue 15:00 → contact due Wed 09:00; plan due Wed 15:00."""
    moment.at(MONDAY_9)
    case = opened_case(office)
    manager = at_work(office, "manager one")
    assert near(duty("B-18").due_at, WEDNESDAY_9)
    assert near(case.contact_due_at or MONDAY_9, WEDNESDAY_9)

    moment.at(TUESDAY_15 + 5 * MINUTE)
    assert interviewed(manager, case, TUESDAY_15).status_code == 302

    assert (duty("B-18").state, duty("B-18").is_late) == ("fulfilled", False)
    assert (duty("B-19").due_at, duty("B-19").person_id) == (WEDNESDAY_15, office.person("manager one"))
    page = text_of(manager.get(f"/retentions/{case.uid}/"))
    for words in (
        "服务响应慢",
        "报修三天没人回",
        "访谈结束后提交《挽留方案》",
        "制定方案",
    ):
        assert words in page
    talk = Interaction.objects.get(customer=case.customer)
    assert (talk.kind, talk.at, talk.mentions) == ("visit", TUESDAY_15, "slow_response")


def test_an_interview_of_tomorrow_or_before_the_case_is_refused_beside_its_field(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")

    early = interviewed(manager, case, clock.now() - dt.timedelta(hours=3))
    late = interviewed(manager, case, clock.now() + dt.timedelta(hours=3))
    silent = interviewed(manager, case, clock.now(), words=" ")

    assert [early.status_code, late.status_code, silent.status_code] == [422, 422, 422]
    assert "案例建立得更晚" in text_of(early)
    assert case.state == "contact"
    assert not Interaction.objects.exists()


@pytest.mark.requirement("RET-08", proof="user")
def test_a_plain_call_is_the_contact_but_only_the_interview_starts_the_plans_clock(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")

    call = {"kind": "call", "direction": "out", "feedback": "打过电话，改天面谈"}
    assert manager.post(f"/customers/{case.customer.uid}/follow-up/", call).status_code == 302
    deliver()
    case.refresh_from_db()

    assert (duty("B-18").state, case.state) == ("fulfilled", "interview")
    assert not Duty.objects.filter(code="B-19").exists()
    assert interviewed(manager, case, clock.now()).status_code == 302
    assert duty("B-19").state == "open"


@pytest.mark.requirement("RET-10", proof="user")
@pytest.mark.parametrize(
    ("tier", "risk", "lead", "words"),
    [
        ("high", "high", "lead one", "高价值客户：无论风险高低，由销售负责人牵头"),
        ("high", "low", "lead one", "高价值客户：无论风险高低，由销售负责人牵头"),
        ("core", "medium", "success", "中、低风险：由客户成功团队牵头"),
        ("low", "low", "success", "中、低风险：由客户成功团队牵头"),
        ("core", "high", "manager one", "高风险、非高价值：由客户经理牵头"),
    ],
)
def test_d4_19_high_value_to_the_sales_lead_ordinary_at_medium_risk_to_customer_success(
    office: Office, tier: str, risk: str, lead: str, words: str
) -> None:
    """D4-19: high-value at high risk / ordinary at medium risk → 销售负责人 with 30-day goal / 客户成功团队."""
    case = opened_case(office, tier=tier, risk=risk)

    assert case.owner_id == office.person(lead)
    page = text_of(at_work(office, lead).get(f"/retentions/{case.uid}/"))
    assert words in page, "who leads sees the case, with the reason"
    assert case.customer.name in page
    home = text_of(at_work(office, lead).get("/"))
    assert str(case.uid) in home


@pytest.mark.requirement("RET-10", proof="user")
def test_d4_19_the_sales_lead_gets_a_goal_of_30_days_when_the_plan_is_approved(office: Office) -> None:
    case = opened_case(office, tier="high", risk="high")
    lead, boss = at_work(office, "lead one"), at_work(office, "boss")
    interviewed(lead, case, clock.now())
    late = clock.today() + dt.timedelta(days=ROUTE.goal_days + 1)
    answers = {"cause": "price", "measure": "executive_visit", "offer": "高层回访", "goal": "续约", "cost": ""}

    refused = do(lead, case, "plan", **answers, goal_on=late)
    assert refused.status_code == 422
    assert "高价值客户的挽回目标须更早达成" in text_of(refused)
    planned(lead, case, office.people["lead one"], goal_on=late - dt.timedelta(days=1))
    assert not Duty.objects.filter(code="B-22").exists(), "the goal's clock starts with the approval"
    approved_at = clock.now()
    assert do(boss, case, "approve", note="").status_code == 302

    goal = duty("B-22")
    assert ROUTE.goal_days == 30
    assert near(goal.due_at, approved_at + dt.timedelta(days=ROUTE.goal_days))
    assert goal.person_id == office.person("lead one")
    assert "达成高价值客户的挽回目标" in text_of(lead.get(f"/retentions/{case.uid}/"))
    assert do(lead, case, "save", evidence="renewal", outcome="续约合同已签").status_code == 302
    assert duty("B-22").state == "fulfilled"


def test_an_ordinary_customer_has_no_goal_clock(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")
    interviewed(manager, case, clock.now())
    planned(manager, case, office.people["manager one"])

    assert do(at_work(office, "lead one"), case, "approve", note="").status_code == 302

    assert not Duty.objects.filter(code="B-22").exists()


@pytest.mark.requirement("RET-09", proof="user")
def test_the_plan_with_cost_and_steps_is_decided_by_the_sales_lead_and_its_steps_are_tasks(office: Office) -> None:
    case = opened_case(office)
    manager, lead = at_work(office, "manager one"), at_work(office, "lead one")
    interviewed(manager, case, clock.now())
    form = text_of(manager.get(f"/retentions/{case.uid}/do/plan/"))
    assert "专属客服 (尚无案例)" in form, "what the playbook proposes, and that it is not proved yet"

    Customer.objects.filter(pk=case.customer_id).update(team=team_of(office, "manager one", "success"))
    assert planned(manager, case, office.people["success"]).status_code == 302

    assert (duty("B-19").state, case.state) == ("fulfilled", "decision")
    assert counters_in(text_of(lead.get("/")))["待审批方案"] == (1, "/retentions/?state=decision")
    assert do(lead, case, "return", reason="写明费用由谁承担").status_code == 302
    page = text_of(manager.get(f"/retentions/{case.uid}/"))
    assert "写明费用由谁承担" in page
    assert "已退回" in page
    assert do(manager, case, "submit").status_code == 302
    assert not Duty.objects.filter(code="RET-09.step").exists()
    assert do(lead, case, "approve", note="同意").status_code == 302

    step = RetentionStep.objects.get()
    task = duty("RET-09.step")
    assert (task.person_id, task.due_at) == (
        office.person("success"), clock.start_of(step.due_on + dt.timedelta(days=1)),
    )  # fmt: skip
    tasks = text_of(at_work(office, "success").get("/tasks/"))
    assert "完成挽留方案的步骤" in tasks
    assert tasks.count(f">{case.customer.name}</a>") == 1
    plan = RetentionPlan.objects.get(case=case)
    assert (plan.state, plan.cost_minor, plan.decided_by_id) == ("approved", 300_000, office.person("lead one"))

    assert do(manager, case, "step-done", step=str(step.uid), note="已指定").status_code == 302
    assert duty("RET-09.step").state == "fulfilled"
    assert do(manager, case, "save", evidence="order", outcome="又下了新单").status_code == 302
    assert case.state == "saved"
    kinds = TimelineEntry.objects.filter(customer=case.customer, subject_kind="retentions").values_list(
        "kind", flat=True
    )
    assert [kind.removeprefix("retention.") for kind in kinds.order_by("at", "id")] == [
        "opened", "warning.contacted", "interviewed", "submitted", "returned", "submitted", "approved", "step", "saved",
    ]  # fmt: skip


@pytest.mark.requirement("RET-09", proof="user")
def test_a_returned_plan_is_owed_again_and_a_missed_one_reaches_the_superior(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case, manager, lead = opened_case(office), at_work(office, "manager one"), at_work(office, "lead one")
    interviewed(manager, case, MONDAY_9)
    planned(manager, case, office.people["manager one"])
    moment.at(TUESDAY_15)

    assert do(lead, case, "return", reason="写明费用").status_code == 302

    again = duty("RET-09.again")
    assert again.person_id == office.person("manager one")
    assert near(again.due_at, TUESDAY_15 + dt.timedelta(hours=CLOCKS.plan_hours))
    assert "提交修改后的挽留方案" in text_of(manager.get(f"/retentions/{case.uid}/"))
    obligations.tick(again.remind_at + MINUTE)
    obligations.tick(again.due_at + MINUTE)
    told = set(DutyNotice.objects.filter(duty=again).values_list("person_id", "kind"))
    assert {(again.person_id, "remind"), (again.person_id, "breach"), (office.person("lead one"), "escalation")} <= told
    moment.at(again.due_at + dt.timedelta(hours=1))
    assert do(manager, case, "submit").status_code == 302
    again.refresh_from_db()
    assert (again.state, again.is_late) == ("fulfilled", True)


@pytest.mark.requirement("RET-09", proof="rule")
def test_nobody_decides_on_the_own_plan_and_nobody_without_the_right(office: Office) -> None:
    case = opened_case(office, tier="high")
    lead = at_work(office, "lead one")
    interviewed(lead, case, clock.now())
    planned(lead, case, office.people["lead one"])

    own = do(lead, case, "approve", note="")
    assert own.status_code == 422
    assert "该方案由您制定" in text_of(own)
    assert do(at_work(office, "manager one"), case, "approve", note="").status_code == 403
    assert do(at_work(office, "lead two"), case, "approve", note="").status_code == 404
    assert case.state == "decision"
    assert do(at_work(office, "chief"), case, "approve", note="").status_code == 302


def test_a_plan_without_a_step_or_before_the_interview_is_refused_in_words(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")

    early = do(manager, case, "plan", cause="price", measure="value_review", offer="x", goal="y", goal_on=clock.today())
    assert "案例目前不在这一步" in text_of(early)
    interviewed(manager, case, clock.now())
    bare = do(manager, case, "submit")

    assert "方案不完整" in text_of(bare)
    assert case.state == "plan"


def test_of_two_people_on_one_plan_the_second_reads_that_somebody_was_faster(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")
    interviewed(manager, case, clock.now())
    planned(manager, case, office.people["manager one"])
    version = case.version
    lead, chief = at_work(office, "lead one"), at_work(office, "chief")

    assert do(lead, case, "return", reason="太贵").status_code == 302
    second = chief.post(f"/retentions/{case.uid}/do/approve/", {"version": version, "note": ""})

    assert second.status_code == 409
    body = {"version": version, "note": ""}
    answer = chief.post(f"/api/v1/retentions/{case.uid}/approve", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    case.refresh_from_db()
    assert case.state == "plan"


@pytest.mark.requirement("RET-10", proof="user")
def test_a_missed_contact_offers_the_case_to_the_sales_lead_who_may_take_it_over(office: Office, moment: Clock) -> None:
    from zhike.foundation import obligations

    moment.at(MONDAY_9)
    case = opened_case(office)
    lead = at_work(office, "lead one")
    moment.at(WEDNESDAY_9 + MINUTE * 2)
    obligations.tick(clock.now())
    deliver()
    obligations.tick(clock.now())
    deliver()

    case.refresh_from_db()
    assert case.offered_to_id == office.person("lead one")
    assert duty("B-18").escalated_to_id == office.person("lead one"), "the superior heard of it"
    assert counters_in(text_of(lead.get("/")))["待您接手的案例"][0] == 1
    assert TimelineEntry.objects.filter(kind="retention.offered").count() == 1
    assert do(at_work(office, "manager one"), case, "take").status_code == 403
    assert do(lead, case, "take").status_code == 302
    assert (case.owner_id, case.offered_to_id) == (office.person("lead one"), None)
    assert "已由销售负责人接手" in text_of(lead.get(f"/retentions/{case.uid}/"))
    assert do(lead, case, "take").status_code == 422


def test_who_talks_before_the_offer_is_taken_keeps_the_case(office: Office, moment: Clock) -> None:
    from zhike.foundation import obligations

    moment.at(MONDAY_9)
    case = opened_case(office)
    moment.at(WEDNESDAY_9 + MINUTE * 2)
    obligations.tick(clock.now())
    deliver()

    interviewed(at_work(office, "manager one"), case, clock.now())

    assert (case.offered_to_id, case.owner_id) == (None, office.person("manager one"))
    assert duty("B-18").is_late


@pytest.mark.requirement("RET-12", proof="user")
def test_old_open_issues_stand_on_the_case_as_far_as_the_post_reads_them(office: Office) -> None:
    from zhike.ledger.models import Bill
    from zhike.serve.models import Complaint, Ticket

    case = opened_case(office)
    of = {"customer": case.customer}
    Ticket.objects.create(**of, number="GD-1", subject="导出失败")
    Ticket.objects.create(**of, number="GD-2", subject="已解决", closed_at=clock.now())
    Complaint.objects.create(**of, number="TS-1", content="两天没回电")
    Bill.objects.create(
        **of, period=clock.today().replace(day=1), amount_minor=120_000, due_on=clock.today() - dt.timedelta(days=9)
    )

    manager = text_of(at_work(office, "manager one").get(f"/retentions/{case.uid}/"))

    for words in ("GD-1", "导出失败", "TS-1", "1 张账单，自"):
        assert words in manager
    assert "GD-2" not in manager


def test_a_case_of_another_department_does_not_exist(office: Office) -> None:
    case = opened_case(office)

    for name in ("seller two", "lead two", "success"):
        assert at_work(office, name).get(f"/retentions/{case.uid}/").status_code == 404, name
    assert at_work(office, "it").get("/retentions/").status_code == 403


def test_whom_to_call_is_masked_and_the_script_fits_the_cause(office: Office) -> None:
    from zhike.customers.services.contact import contact_create

    case = opened_case(office)
    contact_create(
        viewer=office.viewer("manager one"), customer_uid=case.customer.uid, name="诸葛静", phone="13987654321",
        decision_role="decider",
    )  # fmt: skip

    page = text_of(at_work(office, "manager one").get(f"/retentions/{case.uid}/"))

    assert "决策人" in page
    assert "诸葛静" not in page
    assert "13987654321" not in page
    assert "让您等待，是我们的责任" in page


def test_an_open_case_lets_no_second_warning_come_and_a_withdrawn_one_does_not_close_it(office: Office) -> None:
    case = opened_case(office)
    interviewed(at_work(office, "manager one"), case, clock.now())
    Warning.objects.update(updated_at=clock.now() - dt.timedelta(days=CLOCKS.dismissed_rest_days + 2))

    again = night(proposal(case.customer))
    nothing = night()

    assert (again.new, nothing.withdrawn) == (0, 0)
    assert RetentionCase.objects.get().state == "plan"
