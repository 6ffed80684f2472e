"""How cases end: lost with last talk, true reason and archive; the rest after it; and how many were saved and lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.kit import clock, money
from zhike.foundation.obligations.models import Duty
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import text_of
from zhike.retain.models import RetentionCase, Warning
from zhike.retain.policy import ClockPolicy
from zhike.retain.public import cases_counted
from zhike.retain.services.warning import warning_publish
from zhike.retain.tests.casework import MONDAY_9, at_work, do, interviewed, night, opened_case, planned, proposal

pytestmark = pytest.mark.django_db
CLOCKS = load_defaults().get(ClockPolicy)
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


def talk(case: RetentionCase, **more: Any) -> dict[str, Any]:
    said = {"kind": "call", "true_reason": "budget_cut", "words": "总部砍了预算", "is_welcomed": "on"}
    return {"ended_at": clock.now()} | said | more


@pytest.mark.requirement("RET-14", proof="user")
def test_a_lost_customer_is_asked_for_the_true_reason_welcomed_back_and_archived_within_a_week(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")
    interviewed(manager, case, clock.now())

    assert do(manager, case, "lose", outcome="已与竞品签约").status_code == 302

    owed = Duty.objects.get(code="B-36")
    assert (owed.person_id, case.state) == (office.person("manager one"), "lost")
    assert abs((owed.due_at - clock.now() - CLOCKS.archive_days * DAY).total_seconds()) < 60
    assert Duty.objects.get(code="B-19").state == "cancelled"
    early = do(manager, case, "archive", analysis="响应慢")
    assert early.status_code == 422
    assert "最后沟通" in text_of(early)
    assert "真实离网原因" in text_of(early)
    assert do(manager, case, "last-talk", **talk(case, is_welcomed="")).status_code == 302
    assert "已向客户表示欢迎回来" in text_of(do(manager, case, "archive", analysis="x"))
    assert do(manager, case, "last-talk", **talk(case)).status_code == 302
    assert do(manager, case, "archive", analysis="首次响应太慢，应设专属客服").status_code == 302

    assert (case.state, case.true_reason, case.is_welcomed) == ("archived", "budget_cut", True)
    owed.refresh_from_db()
    assert (owed.state, owed.is_late) == ("fulfilled", False)
    listed = text_of(manager.get("/retentions/?state=archived"))
    assert case.customer.name in listed
    page = text_of(manager.get(f"/retentions/{case.uid}/"))
    for words in ("总部砍了预算", "首次响应太慢，应设专属客服", "预算缩减", "《流失客户档案》已归档"):
        assert words in page
    way = page.partition('class="z-steps"')[2].partition("</ol>")[0]
    assert "已流失，已归档" in way
    assert "已挽留" not in way, "who was lost was not saved on the way"
    assert "is-done" not in way, "nor was a plan made that nobody wrote"


@pytest.mark.requirement("RET-14", proof="user")
def test_an_archived_case_owes_no_contact_and_says_from_when_the_customer_may_be_approached_again(
    office: Office, moment: Clock
) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    manager = at_work(office, "manager one")
    assert "联系截止" in text_of(manager.get(f"/retentions/{case.uid}/"))
    do(manager, case, "lose", outcome="不再合作")
    do(manager, case, "last-talk", **talk(case))
    do(manager, case, "archive", analysis="首次响应太慢")

    page = text_of(manager.get(f"/retentions/{case.uid}/"))
    day = MONDAY_9.date() + dt.timedelta(days=CLOCKS.cooling_days)
    assert '联系截止</dt><dd><span class="z-none">' in page, "no contact is owed any more"
    assert "可再接触日期" in page
    assert day.isoformat() in page
    assert day.isoformat() in text_of(manager.get(f"/customers/{case.customer.uid}/"))
    approach = "/retentions/?state=archived&recontact_on__to=today"
    moment.at(MONDAY_9 + (CLOCKS.cooling_days - 1) * DAY)
    assert case.customer.name not in text_of(manager.get(approach))
    moment.at(MONDAY_9 + CLOCKS.cooling_days * DAY)
    assert case.customer.name in text_of(manager.get(approach))
    assert "可再接触" in text_of(manager.get("/retentions/"))
    assert "recontact_on__to=today" in text_of(manager.get("/"))


@pytest.mark.requirement("RET-14", proof="rule")
def test_who_is_talked_with_again_is_not_on_the_list_of_those_to_approach(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    do(at_work(office, "manager one"), case, "lose", outcome="x")
    assert RetentionCase.objects.get(pk=case.pk).recontact_on is not None
    moment.at(MONDAY_9 + (CLOCKS.cooling_days + 2) * DAY)

    night(proposal(case.customer))
    warning_publish(viewer=office.viewer("data"), uid=Warning.objects.get(state="proposed").uid)

    assert RetentionCase.objects.filter(customer=case.customer).count() == 2
    assert RetentionCase.objects.get(pk=case.pk).recontact_on is None


@pytest.mark.requirement("RET-14", proof="rule")
def test_an_archive_that_is_late_is_a_breach_and_the_superior_hears_of_it(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    manager = at_work(office, "manager one")
    do(manager, case, "lose", outcome="不再合作")
    due = Duty.objects.get(code="B-36").due_at

    obligations.tick(due)
    assert Duty.objects.get(code="B-36").state == "open"
    obligations.tick(due + SECOND)

    breached = Duty.objects.get(code="B-36")
    assert (breached.state, breached.escalated_to_id) == ("breached", office.person("lead one"))
    assert Duty.objects.get(code="B-18").state == "cancelled", "nobody has to call a customer for a closed case"
    assert Warning.objects.get().state == "closed"


@pytest.mark.requirement("RET-09", proof="rule")
def test_a_plan_that_is_late_is_a_breach_and_the_superior_hears_of_it(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    interviewed(at_work(office, "manager one"), case, MONDAY_9)
    due = Duty.objects.get(code="B-19").due_at

    obligations.tick(due)
    assert Duty.objects.get(code="B-19").state == "open"
    obligations.tick(due + SECOND)

    breached = Duty.objects.get(code="B-19")
    assert (breached.state, breached.escalated_to_id) == ("breached", office.person("lead one"))


@pytest.mark.requirement("RET-10", proof="rule")
def test_a_goal_that_is_late_is_a_breach_and_a_step_too(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office, tier="high")
    lead = at_work(office, "lead one")
    interviewed(lead, case, MONDAY_9)
    planned(lead, case, office.people["manager one"])
    do(at_work(office, "boss"), case, "approve", note="")
    goal, step = Duty.objects.get(code="B-22"), Duty.objects.get(code="RET-09.step")

    obligations.tick(step.due_at + SECOND)
    obligations.tick(goal.due_at)
    assert [Duty.objects.get(pk=d.pk).state for d in (goal, step)] == ["open", "breached"]
    obligations.tick(goal.due_at + SECOND)

    goal.refresh_from_db()
    assert (goal.state, goal.escalated_to_id) == ("breached", office.person("chief"))
    assert "超时" in text_of(lead.get(f"/retentions/{case.uid}/"))
    do(lead, case, "lose", outcome="没有谈成")
    others = Duty.objects.filter(customer_id=case.customer_id)
    assert {d.state for d in others.exclude(code__in=["B-18", "B-19", "B-36", "approval.sign"])} == {"cancelled"}


def test_a_closed_case_takes_no_further_step(office: Office) -> None:
    case = opened_case(office)
    manager = at_work(office, "manager one")
    do(manager, case, "save", evidence="word", outcome="电话确认续用")

    refused = do(manager, case, "lose", outcome="x")

    assert refused.status_code == 422
    assert "该案例已结案" in text_of(refused)
    page = text_of(manager.get(f"/retentions/{case.uid}/"))
    # To write to the customer or to share the case is no step of it.
    assert set(re.findall(rf"/retentions/{case.uid}/do/(\w+)/", page)) <= {"write_mail", "share"}


@pytest.mark.requirement("RET-14", proof="rule")
@pytest.mark.parametrize(("days", "is_at_rest"), [(-1, True), (0, True), (1, False)])
def test_a_lost_customer_is_left_in_peace_while_the_cooling_period_lasts(
    office: Office, moment: Clock, days: int, is_at_rest: bool
) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    do(at_work(office, "manager one"), case, "lose", outcome="x")
    moment.at(MONDAY_9 + (CLOCKS.cooling_days + days + 1) * DAY)

    assert night(proposal(case.customer)).new == (0 if is_at_rest else 1)


@pytest.mark.requirement("RET-14", proof="rule")
def test_who_orders_again_is_warned_again_in_the_cooling_period(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    do(at_work(office, "manager one"), case, "lose", outcome="x")
    moment.at(MONDAY_9 + (CLOCKS.dismissed_rest_days + 3) * DAY)
    CustomerState.objects.filter(pk=case.customer_id).update(last_order_on=MONDAY_9.date())
    assert night(proposal(case.customer)).new == 0, "an order of the day it was lost is none that came back"

    CustomerState.objects.filter(pk=case.customer_id).update(last_order_on=MONDAY_9.date() + DAY)

    assert night(proposal(case.customer)).new == 1


@pytest.mark.parametrize(("days", "risk", "new"), [(0, "high", 0), (1, "high", 1), (0, "medium", 0)])
def test_a_saved_customer_rests(office: Office, moment: Clock, days: int, risk: str, new: int) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    Warning.objects.update(updated_at=clock.now() - 90 * DAY)
    do(at_work(office, "manager one"), case, "save", evidence="word", outcome="x")
    moment.at(MONDAY_9 + (CLOCKS.dismissed_rest_days + days + 1) * DAY)

    assert night(proposal(case.customer, risk=risk)).new == new


@pytest.mark.requirement("RET-14", proof="user")
def test_the_last_talk_is_one_after_the_loss(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case, manager = opened_case(office), at_work(office, "manager one")
    interviewed(manager, case, MONDAY_9)
    moment.at(MONDAY_9 + DAY)
    do(manager, case, "lose", outcome="已与竞品签约")

    early = do(manager, case, "last-talk", **talk(case, ended_at=MONDAY_9 + dt.timedelta(hours=1)))

    assert early.status_code == 422
    assert "最后沟通应在流失之后，请填写案例以流失结案之后的时间。" in text_of(early)
    moment.at(MONDAY_9 + 2 * DAY)
    assert do(manager, case, "last-talk", **talk(case, ended_at=MONDAY_9 + DAY)).status_code == 302
    assert case.last_talk_at >= case.closed_at


@pytest.mark.requirement("MEAS-02", proof="user")
def test_management_sees_saved_and_lost_by_cause_tier_and_lead_and_opens_the_rows(office: Office) -> None:
    manager, boss = at_work(office, "manager one"), at_work(office, "boss")
    cases = [opened_case(office, tier=tier) for tier in ("core", "low", "low")]
    for case in cases:
        interviewed(manager, case, clock.now())
    do(manager, cases[0], "save", evidence="renewal", outcome="x")
    for case in cases[1:]:
        do(manager, case, "lose", outcome="x")
    do(manager, cases[2], "last-talk", **talk(cases[2]))

    page = boss.get("/saved-and-lost/")
    counted = cases_counted(office.viewer("boss"), clock.today(), clock.today())

    assert (counted.total.saved, counted.total.lost, counted.total.lost_value) == (1, 2, {"CNY": 2_400_000})
    assert {cause: (r.saved, r.lost) for cause, r in counted.by_cause.items()} == {
        "slow_response": (1, 1), "budget_cut": (0, 1),
    }  # fmt: skip
    assert {tier: (r.saved, r.lost) for tier, r in counted.by_tier.items()} == {"low": (0, 2), "core": (1, 0)}
    assert counted.by_owner[office.person("manager one")].lost == 2
    assert {measure: row.closed for measure, row in counted.by_measure.items()} == {"": 3}
    words = text_of(page)
    assert "33%" in words
    assert "预算缩减" in words
    part = next(p for p in page.context["parts"] if str(p["title"]) in ("By tier", "按价值等级"))
    row = next(r for r in part["rows"] if r["result"].lost == 2)
    rows = text_of(boss.get(row["lost_link"]))
    for case in cases:
        assert (str(case.uid) in rows) == (case.tier == "low")
    other = cases_counted(office.viewer("lead two"), clock.today(), clock.today())
    assert (other.total.saved, other.total.lost) == (0, 0), "another department counts its own"
    before = cases_counted(office.viewer("boss"), clock.today() - 9 * DAY, clock.today() - DAY)
    assert before.total.saved_share is None
    assert boss.get("/saved-and-lost/?from=nonsense&to=2020-02-30").status_code == 200


@pytest.mark.requirement("RET-09", proof="rule")
def test_a_measure_is_praised_only_for_customers_it_kept(office: Office) -> None:
    manager, lead = at_work(office, "manager one"), at_work(office, "lead one")
    for end in ("save", "lose"):
        case = opened_case(office)
        interviewed(manager, case, clock.now())
        planned(manager, case, office.people["manager one"])
        do(lead, case, "approve", note="")
        answers = {"outcome": "x"} | ({"evidence": "order"} if end == "save" else {})
        assert do(manager, case, end, **answers).status_code == 302
    following = opened_case(office)
    deliver()

    page = text_of(manager.get(f"/retentions/{following.uid}/"))

    assert "用于 2 例，留住 1 例" in page
    assert "尚无案例" in page


@pytest.mark.requirement("MEAS-02", proof="user")
def test_values_of_two_currencies_stand_side_by_side_and_are_not_added(office: Office) -> None:
    manager, boss = at_work(office, "manager one"), at_work(office, "boss")
    cases = [opened_case(office) for _one in range(3)]
    RetentionCase.objects.filter(pk=cases[2].pk).update(currency="USD", value_at_stake_minor=50_000_00)
    for case in cases:
        interviewed(manager, case, clock.now())
        do(manager, case, "lose", outcome="x")

    counted = cases_counted(office.viewer("boss"), clock.today(), clock.today())
    page = text_of(boss.get("/saved-and-lost/"))

    assert counted.total.lost_value == {"USD": 5_000_000, "CNY": 2_400_000}
    assert counted.total.saved_value == {}
    for amount in (money.full(5_000_000, "USD"), money.full(2_400_000, "CNY")):
        assert f'title="{amount}"' in page
