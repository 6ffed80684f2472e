"""From the signature to the new owner: team, plan, acceptance, hand-over, by the people who do it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Stale
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies import current
from zhike.foundation.records.testing import text_of
from zhike.onboard.models import AcceptanceRound, HandOver, Milestone, Project
from zhike.onboard.policy import OnboardClockPolicy
from zhike.onboard.public import plans_of
from zhike.onboard.services.hand_over import hand_over_accept
from zhike.onboard.services.project import milestones_flag
from zhike.onboard.tests.projects import a_project, a_signed, a_step, accepted, offered, planned, prepared, staffed
from zhike.win.public import ContractRow, contracts_load
from zhike.win.tests.pages import JSON, at_work, do, page

pytestmark = pytest.mark.django_db
MONDAY_9 = clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9)
SECOND = dt.timedelta(seconds=1)


def team(office: Office, **more: str) -> dict[str, str]:
    uids = {
        "sales_lead": office.people["lead one"].uid,
        "implementation_manager": office.people["implementer"].uid,
        "service_representative": office.people["service"].uid,
    }
    return {code: str(uid) for code, uid in uids.items()} | more


def passed(project: Project, **more: Any) -> dict[str, Any]:
    today = clock.today().isoformat()
    signer = str(project.customer.contacts.get().uid)
    return {"outcome": "passed", "tested_on": today, "signer": signer, "signed_on": today, **more}


def handed(office: Office, who: str = "success", **more: Any) -> dict[str, Any]:
    return {"receiver": str(office.people[who].uid), "history": "首次合作", "needs_background": "替换旧系统",
            "goals": "三个月内全员使用", **more}  # fmt: skip


@pytest.mark.requirement("ONB-01", proof="user")
def test_a_signature_opens_the_project_and_the_sales_lead_forms_the_team(office: Office) -> None:
    project = a_project(office)
    deliver()
    lead = at_work(office, "lead one")

    assert (project.state, project.owner_id) == ("forming", office.person("lead one"))
    home = page(lead, "/")
    assert "Projects to staff" in home
    assert project.title in home
    wrong = do(lead, "projects", project, "team", **team(office, implementation_manager=str(office.people["it"].uid)))
    assert wrong.status_code == 422
    assert do(lead, "projects", project, "team", **team(office)).status_code == 302

    project.refresh_from_db()
    assert project.owner_id == office.person("implementer")
    assert project.state == "forming", "the plan is still to be made"
    assert "You are in the service team" in page(at_work(office, "service"), "/notices/")
    assert "Service team formed" in page(lead, f"/customers/{project.customer.uid}/")


@pytest.mark.requirement("ONB-01", proof="user")
def test_b_32_is_done_by_team_and_plan_with_milestones_and_standards(office: Office) -> None:
    project = staffed(office, a_project(office))
    deliver()
    duty = Duty.objects.get(code="B-32")
    assert (duty.person_id, duty.state) == (office.person("lead one"), "open")
    implementer = at_work(office, "implementer")
    form = {"title": "数据迁移完成", "project": str(project.uid), "due_on": "2027-08-15", "standard": "99% 核对一致"}

    assert implementer.post("/milestones/new/", {**form, "standard": ""}).status_code == 422
    assert implementer.post("/milestones/new/", form).status_code == 302
    deliver()

    duty.refresh_from_db()
    project.refresh_from_db()
    assert (duty.state, duty.is_late, project.state) == ("fulfilled", False, "delivering")
    assert "99% 核对一致" in page(implementer, f"/projects/{project.uid}/")
    (plan,) = plans_of(project.customer_id)
    assert [code for code, _name in plan.team] == ["sales_lead", "implementation_manager", "service_representative"]
    assert [(step.title, step.standard) for step in plan.steps] == [("数据迁移完成", "99% 核对一致")]


@pytest.mark.requirement("ONB-01", proof="rule")
def test_b_32_missed_reminds_breaches_and_reaches_the_superior(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    a_project(office)
    deliver()
    duty = Duty.objects.get(code="B-32")
    assert current().get(OnboardClockPolicy).team_and_plan_days == 5
    assert clock.local(duty.due_at).strftime("%a") == "Mon", "five working days after Monday"

    obligations.tick(duty.remind_at + SECOND)
    obligations.tick(duty.due_at + SECOND)

    told = set(DutyNotice.objects.filter(duty=duty).values_list("person_id", "kind"))
    assert {(office.person("lead one"), "remind"), (office.person("lead one"), "breach"),
            (office.person("chief"), "escalation")} <= told  # fmt: skip


def test_history_opens_no_project_and_starts_no_clock(office: Office) -> None:
    day = dt.date(2026, 1, 5)
    row = ContractRow("C1", office.firm("seller one").pk, "HT1", "合同", day, day, None, 1, "CNY")

    contracts_load(viewer=system("test"), rows=[row], origin="import")
    deliver()

    assert not Project.objects.exists()
    assert not Duty.objects.exists()


@pytest.mark.requirement("ONB-03", proof="user")
def test_who_delivers_sees_what_the_contract_promises_and_the_days_of_the_plan(office: Office) -> None:
    project = planned(office)
    implementer = at_work(office, "implementer")

    home, shown = page(implementer, "/"), page(implementer, f"/projects/{project.uid}/")

    assert "数据迁移完成" in home
    assert "乙方应在合同生效后 10 个工作日内完成交付。" in shown
    assert implementer.get(f"/customers/{project.customer.uid}/").status_code == 404, "not the customer as a whole"
    assert at_work(office, "seller two").get(f"/projects/{project.uid}/").status_code == 404


@pytest.mark.requirement("ONB-01", proof="user")
@pytest.mark.requirement("ONB-03", proof="user")
def test_a_project_just_assigned_stands_on_the_home_of_its_manager_with_its_next_milestone(office: Office) -> None:
    implementer = at_work(office, "implementer")
    assert "年度服务合同" not in page(implementer, "/")

    project = staffed(office, a_project(office))
    fresh = page(implementer, "/")
    assert f"/projects/{project.uid}/" in fresh
    assert "no milestone ahead" in fresh or "暂无待达成的里程碑" in fresh
    a_step(office, project, days=40)

    home = page(implementer, "/")
    href = re.search(r'href="(/projects/\?owner=me[^"]+)"', home)
    assert href is not None
    assert "数据迁移完成" in home, "also when it is not due soon"
    assert "年度服务合同" in page(implementer, href[1].replace("&amp;", "&"))
    Project.objects.update(state="handed_over")
    assert f"/projects/{project.uid}/" not in page(implementer, "/")


@pytest.mark.requirement("ONB-03", proof="user")
def test_a_late_milestone_is_flagged_told_and_reached_late(office: Office) -> None:
    project = planned(office)
    step = project.milestones.get()
    Milestone.objects.filter(pk=step.pk).update(due_on=clock.today())
    assert milestones_flag(viewer=system("test"), day=clock.today()) == 0, "on its day it is in time"

    assert milestones_flag(viewer=system("test"), day=clock.today() + dt.timedelta(days=1)) == 1
    assert milestones_flag(viewer=system("test"), day=clock.today() + dt.timedelta(days=1)) == 0

    implementer = at_work(office, "implementer")
    assert "数据迁移完成" in page(implementer, "/milestones/?state=late")
    assert "is late" in page(at_work(office, "lead one"), "/notices/")
    assert "is late" in page(at_work(office, "seller one"), f"/customers/{project.customer.uid}/")
    tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
    assert do(implementer, "milestones", step, "reach", done_on=tomorrow).status_code == 422
    Milestone.objects.filter(pk=step.pk).update(due_on=clock.today() - dt.timedelta(days=1))
    today = clock.today().isoformat()
    assert do(implementer, "milestones", step, "reach", done_on=today, quality_note="98%").status_code == 302
    step.refresh_from_db()
    assert (step.state, step.quality_note) == ("done_late", "98%")
    again = do(implementer, "milestones", step, "reach", done_on=today)
    assert "reached already" in text_of(again)


@pytest.mark.requirement("ONB-04", proof="user")
def test_acceptance_is_tested_rectified_and_tested_again_until_passed(office: Office) -> None:
    project = planned(office)
    implementer = at_work(office, "implementer")
    early = do(implementer, "projects", project, "test", **passed(project))
    assert "Write the acceptance criteria." in text_of(early)
    assert "Name the test environment." in text_of(early)
    criteria = {"criteria": "五十个席位可登录", "test_environment": "测试环境 A"}
    assert do(implementer, "projects", project, "criteria", **criteria).status_code == 302

    today = clock.today().isoformat()
    failed = {"outcome": "failed", "tested_on": today, "comments": "登录超过 5 秒"}
    assert do(implementer, "projects", project, "test", **{**failed, "comments": ""}).status_code == 422
    assert do(implementer, "projects", project, "test", **failed).status_code == 302
    unmended = do(implementer, "projects", project, "test", **passed(project))
    assert "Rectify what failed" in text_of(unmended)
    assert do(implementer, "projects", project, "rectify", rectification="增加缓存").status_code == 302
    assert do(implementer, "projects", project, "test", **passed(project, signer="")).status_code == 422
    assert do(implementer, "projects", project, "test", **passed(project, signed_on="")).status_code == 422
    assert do(implementer, "projects", project, "test", **passed(project)).status_code == 302

    project.refresh_from_db()
    assert (project.state, project.accepted_on) == ("accepted", clock.today())
    rounds = AcceptanceRound.objects.order_by("number").values_list("outcome", "comments", "rectification")
    assert list(rounds) == [("failed", "登录超过 5 秒", "增加缓存"), ("passed", "", "")]
    shown = page(implementer, f"/projects/{project.uid}/")
    for words in ("登录超过 5 秒", "增加缓存", "诸*"):
        assert words in shown, words
    assert "诸葛静" not in shown
    assert do(implementer, "projects", project, "test", **passed(project)).status_code == 422, "accepted is accepted"


@pytest.mark.requirement("ONB-04", proof="rule")
def test_b_33_runs_from_the_first_failure_until_passed_and_escalates(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    project = prepared(office)
    implementer = at_work(office, "implementer")
    failed = {"outcome": "failed", "tested_on": clock.today().isoformat(), "comments": "登录慢"}
    do(implementer, "projects", project, "test", **failed)
    deliver()
    duty = Duty.objects.get(code="B-33")
    assert duty.person_id == office.person("implementer")

    do(implementer, "projects", project, "rectify", rectification="x")
    do(implementer, "projects", project, "test", **failed)
    deliver()
    assert Duty.objects.get(code="B-33").due_at == duty.due_at, "a second failure does not move the promise"
    obligations.tick(duty.remind_at + SECOND)
    obligations.tick(duty.due_at + SECOND)
    told = set(DutyNotice.objects.filter(duty=duty).values_list("person_id", "kind"))
    assert {(office.person("implementer"), "remind"), (office.person("implementer"), "breach"),
            (office.person("boss"), "escalation")} <= told  # fmt: skip
    moment.at(duty.due_at + dt.timedelta(hours=1))
    do(implementer, "projects", project, "rectify", rectification="y")
    do(implementer, "projects", project, "test", **passed(project))
    deliver()
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == ("fulfilled", True)


@pytest.mark.requirement("ONB-05", proof="user")
def test_d4_20_hand_over_asked_before_acceptance_passed_is_refused(office: Office) -> None:
    """D4-20: hand-over asked before acceptance passed → refused."""
    project = prepared(office)
    seller = at_work(office, "seller one")

    refused = do(seller, "projects", project, "hand-over", **handed(office))
    by_program = seller.post(
        f"/api/v1/projects/{project.uid}/hand-over", {"version": project.version, **handed(office)}, content_type=JSON
    )

    assert refused.status_code == 422
    assert "The customer has to accept first" in text_of(refused)
    assert by_program.status_code == 409
    assert by_program.json()["code"] == "gate_closed"
    failed = {"outcome": "failed", "tested_on": clock.today().isoformat(), "comments": "登录慢"}
    do(at_work(office, "implementer"), "projects", project, "test", **failed)
    assert do(seller, "projects", project, "hand-over", **handed(office)).status_code == 422, "failed is not passed"
    assert not HandOver.objects.exists()


@pytest.mark.requirement("ONB-05", proof="user")
def test_the_receiver_accepts_and_owns_the_customer(office: Office) -> None:
    project = accepted(office)
    deliver()
    duty = Duty.objects.get(code="B-34")
    assert (duty.person_id, duty.state) == (office.person("seller one"), "open")
    seller, success = at_work(office, "seller one"), at_work(office, "success")
    day = clock.today().isoformat()
    form_shown = f"/projects/{project.uid}/do/hand-over/"
    assert f"accepted on {day} in the first acceptance test" in text_of(seller.get(form_shown))
    for left_out in ("history", "needs_background", "goals", "receiver"):
        answer = do(seller, "projects", project, "hand-over", **handed(office, **{left_out: ""}))
        assert answer.status_code == 422, left_out
    assert do(seller, "projects", project, "hand-over", **handed(office)).status_code == 302
    form = HandOver.objects.get()
    twice = do(seller, "projects", project, "hand-over", **handed(office))
    assert "offered to somebody already" in text_of(twice)

    assert success.get(f"/customers/{project.customer.uid}/").status_code == 404, "not before the hand-over"
    assert "Hand-overs waiting for you" in page(success, "/")
    assert "asks you to take a customer over" in page(success, "/notices/")
    assert "三个月内全员使用" in page(success, f"/hand-overs/{form.uid}/")
    assert do(seller, "hand-overs", form, "accept").status_code == 403, "nobody accepts for the receiver"
    assert do(success, "hand-overs", form, "accept").status_code == 302
    deliver()

    project.refresh_from_db()
    customer = project.customer
    customer.refresh_from_db()
    assert (customer.owner_id, project.state) == (office.person("success"), "handed_over")
    duty.refresh_from_db()
    assert (duty.state, duty.is_late, duty.person_id) == ("fulfilled", False, office.person("seller one"))
    timeline = page(success, f"/customers/{customer.uid}/")
    assert "Hand-over accepted by" in timeline
    assert "took the customer over" in page(seller, "/notices/")
    kinds = set(TimelineEntry.objects.filter(customer=customer).values_list("kind", flat=True))
    assert {"contract.signed", "project.team", "project.planned", "acceptance.passed", "hand_over.offered",
            "hand_over.accepted", "customer.reassigned"} <= kinds  # fmt: skip


@pytest.mark.requirement("ONB-05", proof="user")
def test_a_service_representative_may_be_the_receiver_without_seeing_deals(office: Office) -> None:
    form = offered(office, "service")
    service = at_work(office, "service")

    shown = page(service, f"/hand-overs/{form.uid}/")
    assert service.get(f"/projects/{form.project.uid}/").status_code == 403
    assert form.project.title not in shown
    assert do(service, "hand-overs", form, "accept").status_code == 302
    form.customer.refresh_from_db()
    assert form.customer.owner_id == office.person("service")


@pytest.mark.requirement("ONB-05", proof="user")
def test_the_receiver_may_decline_with_a_reason_and_another_is_asked(office: Office) -> None:
    form = offered(office)
    success, seller = at_work(office, "success"), at_work(office, "seller one")

    assert do(success, "hand-overs", form, "decline", reason="").status_code == 422
    assert do(success, "hand-overs", form, "decline", reason="名额已满").status_code == 302

    form.customer.refresh_from_db()
    assert form.customer.owner_id == office.person("seller one")
    assert "名额已满" in page(seller, "/notices/")
    again = do(success, "hand-overs", form, "accept")
    assert "answered already" in text_of(again)
    assert do(seller, "projects", form.project, "hand-over", **handed(office, "success two")).status_code == 302


@pytest.mark.requirement("ONB-05", proof="rule")
def test_b_34_missed_reminds_breaches_and_reaches_the_superior(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    accepted(office)
    deliver()
    duty = Duty.objects.get(code="B-34")
    assert clock.local(duty.due_at).strftime("%a") == "Thu", "three working days after Monday"

    obligations.tick(duty.remind_at + SECOND)
    obligations.tick(duty.due_at + SECOND)

    told = set(DutyNotice.objects.filter(duty=duty).values_list("person_id", "kind"))
    assert {(office.person("seller one"), "remind"), (office.person("seller one"), "breach"),
            (office.person("lead one"), "escalation")} <= told  # fmt: skip


def test_only_who_was_asked_takes_over_and_only_from_the_version_read(office: Office) -> None:
    form = offered(office)

    for who in ("success two", "boss", "implementer"):
        with pytest.raises(Exception) as refused:
            hand_over_accept(viewer=office.viewer(who), uid=form.uid, version=form.version)
        assert refused.value.code in ("not_found", "forbidden")  # type: ignore[attr-defined]
    with pytest.raises(Stale):
        hand_over_accept(viewer=office.viewer("success"), uid=form.uid, version=form.version + 1)
    with pytest.raises(Forbidden):
        hand_over_accept(viewer=office.viewer("seller one"), uid=form.uid, version=form.version)


def test_the_same_news_twice_opens_one_project(office: Office) -> None:
    from zhike.onboard.services.project import project_open

    contract = a_signed(office)

    assert project_open(customer_id=contract.customer_id, contract_id=contract.pk) is None
    assert Project.objects.count() == 1
    assert EventRow.objects.filter(name="onboard.ProjectOpened").count() == 1


def test_team_and_plan_of_an_accepted_project_are_fixed(office: Office) -> None:
    project = accepted(office)
    lead, implementer = at_work(office, "lead one"), at_work(office, "implementer")

    answer = do(lead, "projects", project, "team", **team(office))
    form = {"title": "x", "project": str(project.uid), "due_on": "2027-08-15", "standard": "y"}

    assert "accepted already" in text_of(answer)
    assert "accepted already" in text_of(implementer.post("/milestones/new/", form))
