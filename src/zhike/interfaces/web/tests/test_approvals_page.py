"""Approvals by their pages and routes, as the people who decide and who ask."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from zhike.customers.tests.office import Clock, Office, deliver, opened
from zhike.foundation import approvals
from zhike.foundation.approvals.models import Approval, FlowVersion
from zhike.foundation.approvals.tests.asking import a_waiting, agree, contracts_go, step
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records.testing import counters_in, text_of
from zhike.retain.models import RetentionPlan
from zhike.retain.policy import RoutePolicy
from zhike.retain.tests.casework import MONDAY_9, interviewed, opened_case, planned
from zhike.win.policy import WinClockPolicy
from zhike.win.tests.deals import OPINIONS, with_more_posts
from zhike.win.tests.pages import JSON, at_work, page

pytestmark = pytest.mark.django_db
ASKS = {f"ask_{code}": text for code, text in OPINIONS.items()}


@pytest.fixture
def office(db: None) -> Office:
    return with_more_posts(opened())


def url(approval: Approval) -> str:
    return f"/approvals/{approval.uid}/"


def say(client: Client, approval: Approval, act: str, **answers: Any) -> Any:
    approval.refresh_from_db()
    return client.post(url(approval), {"act": act, "version": approval.version, **answers})


@pytest.mark.requirement("WIN-11", proof="user")
def test_legal_decides_on_the_page_and_the_next_one_opens(office: Office) -> None:
    first, second = a_waiting(office)[1], a_waiting(office)[1]
    legal = at_work(office, "legal", "zh-hans")
    home = legal.get("/").content.decode()
    assert 'href="/approvals/"' in home
    listed = page(legal, "/approvals/")
    assert first.title in listed
    assert second.title in listed

    shown = page(legal, url(first))
    assert "10 个工作日内完成交付" in shown, "the clauses stand on the page"
    assert "员工seller one" in shown
    refused = say(legal, first, "approve", words="同意")
    assert refused.status_code == 422
    assert "请填写" in text_of(refused)
    answer = say(legal, first, "approve", words="条款清楚", **ASKS)

    assert (answer.status_code, answer["Location"]) == (302, url(second))
    assert say(legal, second, "return", words="补充附件", **ASKS)["Location"] == "/approvals/"
    seller = at_work(office, "seller one", "zh-hans")
    assert "条款清楚" in page(seller, url(first))
    mine = page(seller, "/approvals/?box=mine")
    assert "已同意" in mine
    assert "已退回" in mine
    assert first.title in page(legal, "/approvals/?box=done")
    assert first.title not in page(legal, "/approvals/")
    assert "条款清楚" in page(seller, "/notices/")


@pytest.mark.requirement("WIN-11", proof="user")
def test_who_is_slower_reads_who_was_faster_and_keeps_what_was_typed(office: Office) -> None:
    contracts_go(office, step("会签", "post:management", "post:sales_lead"))
    _contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    approval.refresh_from_db()
    boss, lead = at_work(office, "boss", "zh-hans"), at_work(office, "lead one", "zh-hans")
    read = {"act": "approve", "version": approval.version}

    assert boss.post(url(approval), read).status_code == 302
    answer = lead.post(url(approval), {**read, "words": "我也同意"})

    assert answer.status_code == 409
    assert "员工boss" in text_of(answer)
    assert "先一步" in text_of(answer)


@pytest.mark.requirement("RET-09", proof="user")
def test_a_costly_retention_plan_is_decided_by_the_sales_lead_and_then_by_the_management(
    office: Office, moment: Clock
) -> None:
    moment.at(MONDAY_9)
    limit = current().get(RoutePolicy).management_cost_minor
    case, manager = opened_case(office), at_work(office, "manager one", "zh-hans")
    interviewed(manager, case, MONDAY_9)
    planned(manager, case, office.people["lead one"], cost=str(limit // 100))
    approval = Approval.objects.get(flow="retention_plan")
    lead, boss = at_work(office, "lead one", "zh-hans"), at_work(office, "boss", "zh-hans")

    shown = page(lead, url(approval))
    assert "专属客服，直线电话" in shown
    assert case.customer.name in shown
    assert say(lead, approval, "approve", words="方案可行").status_code == 302
    case.refresh_from_db()
    assert case.state == "decision"
    assert say(boss, approval, "approve", words="批准费用").status_code == 302
    deliver()
    case.refresh_from_db()
    plan = RetentionPlan.objects.get()
    assert (case.state, plan.state, plan.decided_by_id) == ("work", "approved", office.person("boss"))
    assert plan.decision_note == "批准费用"


@pytest.mark.requirement("RET-09", proof="user")
def test_a_plan_below_the_limit_is_decided_by_the_sales_lead_alone(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    limit = current().get(RoutePolicy).management_cost_minor
    case, manager = opened_case(office), at_work(office, "manager one")
    interviewed(manager, case, MONDAY_9)
    planned(manager, case, office.people["lead one"], cost=str(limit // 100 - 1))
    lead = at_work(office, "lead one")

    assert say(lead, Approval.objects.get(), "approve").status_code == 302

    case.refresh_from_db()
    assert case.state == "work"


@pytest.mark.requirement("PLAT-10", proof="user")
def test_it_proposes_a_parameter_and_the_management_sees_before_and_after_and_decides(office: Office) -> None:
    key = "win.clocks.legal_review_days"
    it, boss = at_work(office, "it", "zh-hans"), at_work(office, "boss", "zh-hans")
    held = current().get(WinClockPolicy).legal_review_days
    it.post(f"/policies/{key}/", {"act": "save", "value": str(held + 2), "reason": "法务人手不足", "from": ""})
    approval = Approval.objects.get(flow="parameter")

    shown = boss.get(url(approval)).content.decode()
    assert f"<del>{held}</del>" in shown
    assert f"<ins>{held + 2}</ins>" in shown
    assert "法务人手不足" in shown
    refused = say(boss, approval, "reject", words="")
    assert refused.status_code == 422
    assert say(boss, approval, "approve", words="试行").status_code == 302

    assert current().get(WinClockPolicy).legal_review_days == held + 2
    assert "已同意" in page(it, "/approvals/?box=mine")


def test_who_sees_a_part_of_it_only_reads_the_course(office: Office) -> None:
    _contract, approval = a_waiting(office)
    approval.copies.create(person=office.people["it"])  # IT sees no contracts

    shown = page(at_work(office, "it", "zh-hans"), url(approval))

    assert "法务审核" in shown
    assert "10 个工作日内完成交付" not in shown
    assert "只能看到审批过程" in shown
    assert at_work(office, "seller two").get(url(approval)).status_code == 404


def test_a_signer_is_added_and_the_place_passed_on_and_a_copy_sent_on_the_page(office: Office) -> None:
    contract, approval = a_waiting(office)
    legal, boss = at_work(office, "legal"), at_work(office, "boss")
    uid = str(office.people["boss"].uid)

    assert say(legal, approval, "copy", person=uid).status_code == 302
    assert say(legal, approval, "add", person=uid, where="before", why="金额大").status_code == 302
    assert approval.title in page(boss, "/approvals/?box=copies")
    assert "金额大" in page(boss, url(approval))
    assert say(boss, approval, "approve", words="同意").status_code == 302
    assert say(legal, approval, "delegate", person=uid, why="请代办").status_code == 409, "boss is not legal"
    assert say(legal, approval, "approve", **ASKS).status_code == 302
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_the_author_withdraws_on_the_page(office: Office) -> None:
    contract, approval = a_waiting(office)
    seller = at_work(office, "seller one", "zh-hans")
    assert "撤回" in page(seller, url(approval))

    assert say(seller, approval, "withdraw", words="金额写错").status_code == 302

    contract.refresh_from_db()
    assert contract.status == "draft"
    assert "金额写错" in page(at_work(office, "legal", "zh-hans"), url(approval))


def test_several_of_one_kind_are_approved_after_a_confirmation(office: Office) -> None:
    contracts_go(office, step("管理层", "post:management"))
    found = [a_waiting(office) for _n in range(2)]
    for _contract, approval in found:
        agree(office, "legal", approval)
    boss = at_work(office, "boss")
    uids = [str(approval.uid) for _contract, approval in found]

    asked = boss.post("/approvals/many/", {"uid": uids, "act": "confirm"})
    assert all(approval.title in text_of(asked) for _contract, approval in found)
    assert {approval.state for approval in Approval.objects.all()} == {"running"}
    assert boss.post("/approvals/many/", {"uid": uids, "act": "approve", "words": "同意"}).status_code == 302

    assert {approval.state for approval in Approval.objects.all()} == {"approved"}
    assert boss.post("/approvals/many/", {"uid": [], "act": "confirm"}).status_code == 422


def test_the_course_stands_on_the_page_of_the_record(office: Office) -> None:
    contract, approval = a_waiting(office)

    shown = at_work(office, "legal").get(f"/contracts/{contract.uid}/").content.decode()

    assert 'id="panel-approval"' in shown
    assert url(approval) in shown


def test_the_counter_at_home_opens_the_exact_list(office: Office) -> None:
    for _n in range(3):
        a_waiting(office)
    legal = at_work(office, "legal")

    counters = counters_in(legal.get("/").content.decode())

    assert counters["approvals wait for me"] == (3, "/approvals/")
    assert legal.get("/approvals/").content.decode().count("<tr data-url") == 3


def test_a_box_goes_on_page_by_page_and_shows_one_kind_only(office: Office) -> None:
    for _n in range(4):
        a_waiting(office)
    viewer, seen = office.viewer("legal"), []
    after = ""
    while True:
        found = approvals.box(viewer, "todo", after=after, rows=3)
        seen += [item.approval.pk for item in found.items]
        after = found.after
        if not after:
            break

    assert seen == list(Approval.objects.order_by("pk").values_list("pk", flat=True))
    assert not approvals.box(viewer, "todo", flow="parameter").items
    assert at_work(office, "legal").get("/approvals/?after=x").status_code == 422


@pytest.mark.requirement("PLAT-10", proof="user")
def test_it_changes_a_flow_on_its_page_and_the_next_contract_goes_by_it(office: Office) -> None:
    it = at_work(office, "it", "zh-hans")
    assert "法务审核" in page(it, "/approvals/flows/")
    form = {
        "number": "0", "rows": "2", "act": "save", "reason": "加强管控", "fallback": ["post:management"],
        "code_0": "legal", "order_0": "1", "title_zh_0": "法务审核", "title_en_0": "Legal review",
        "who_0": ["post:legal"], "rule_0": "any",
        "code_1": "", "order_1": "2", "title_zh_1": "销售会签", "title_en_1": "Sales agrees",
        "who_1": ["post:sales_lead"], "rule_1": "all", "when_1": "",
    }  # fmt: skip
    refused = it.post("/approvals/flows/contract/", {**form, "drop_0": "on"})
    assert refused.status_code == 422
    assert "该环节为必经环节，不能去掉。" in text_of(refused)

    assert it.post("/approvals/flows/contract/", form).status_code == 302

    assert "加强管控" in page(it, "/approvals/flows/contract/")
    _contract, approval = a_waiting(office)
    assert [one.code == "legal" for one in approval.steps.all()] == [True, False]
    assert "销售会签" in page(at_work(office, "seller one", "zh-hans"), url(approval))
    assert at_work(office, "seller one").get("/approvals/flows/").status_code == 403
    assert FlowVersion.objects.get().changed_by_id == office.person("it")


def test_programs_list_read_and_decide_with_the_rights_of_their_person(office: Office) -> None:
    contract, approval = a_waiting(office)
    legal, stranger = at_work(office, "legal"), at_work(office, "seller two")
    base = f"/api/v1/approvals/{approval.uid}"

    (line,) = legal.get("/api/v1/approvals?box=todo").json()["items"]
    assert UUID(line["uid"]) == approval.uid
    read = legal.get(base).json()
    assert (read["may_decide"], set(read["asks"])) == (True, set(OPINIONS))
    assert any(fact["value"] == contract.title for fact in read["facts"])
    assert stranger.get(base).status_code == 404
    refused = legal.post(f"{base}/approve", {"version": read["version"], "words": "x"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    done = legal.post(
        f"{base}/approve", {"version": read["version"], "answers": OPINIONS}, content_type=JSON
    )  # fmt: skip
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    again = legal.post(f"{base}/approve", {"answers": OPINIONS}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "decided_before")


def test_the_duty_of_a_decision_leads_to_its_page(office: Office, moment: Clock) -> None:
    moment.at(clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9))
    contracts_go(office, step("管理层", "post:management"))
    _contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    deliver()

    tasks = at_work(office, "boss").get("/tasks/").content.decode()

    assert f'href="{url(approval)}"' in tasks
    assert approval.title in tasks


@pytest.fixture
def moment(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)
