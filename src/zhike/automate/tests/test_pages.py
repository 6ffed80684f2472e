"""Rules and webhooks as people meet them: built, tried out, put in force, watched, switched off."""

from __future__ import annotations

import re
from typing import Any

import pytest

from zhike.automate.models import Rule, RuleState, Run, Task, Webhook
from zhike.automate.tests.conftest import a_lead, a_rule, deliver, sets_task, tells
from zhike.customers.tests.office import Office
from zhike.foundation.obligations.models import Duty, DutyState
from zhike.foundation.records.testing import text_of

pytestmark = pytest.mark.django_db


def begun(browser: Any, **values: str) -> Rule:
    browser.post("/rules/new/", {"name": "推荐来的线索", "kind": "event", "event": "acquire.LeadTaken"} | values)
    return Rule.objects.get()


def sheet(rule: Rule, **more: Any) -> dict[str, Any]:
    """What a browser sends of a rule that tells the owner of leads that came by recommendation."""
    return {
        "version": rule.version, "wait_hours": "0", "n": ["0", "0.0"], "j.0": "all", "f.0.0": "source", "o.0.0": "is",
        "v.0.0": "referral", "code.0": "notify", "s0-to": "owner", "s0-text": "请尽快联系", "s0-person": "",
    } | more  # fmt: skip


@pytest.mark.requirement("AUTO-07", proof="user")
def test_an_operations_specialist_builds_a_rule_tries_it_out_and_sees_what_it_did(office: Office, page_of: Any) -> None:
    ops = page_of("ops")
    a_lead(office)
    rule = begun(ops)

    shown = text_of(ops.get(f"/rules/{rule.uid}/build/"))
    grown = ops.post(f"/rules/{rule.uid}/build/", {"version": rule.version, "n": "0", "j.0": "all", "do": "step_add",
                                                   "new_step": "notify"})  # fmt: skip
    tried = text_of(ops.post(f"/rules/{rule.uid}/build/", sheet(rule, do="try")))
    saved = ops.post(f"/rules/{rule.uid}/build/", sheet(rule, do="save"))
    rule.refresh_from_db()
    on = ops.post(f"/rules/{rule.uid}/do/turn_on/", {"version": rule.version})

    assert "An inquiry came in" in shown
    # Another way of comparing is taken in at once.
    assert f'hx-post="/rules/{rule.uid}/build/" hx-trigger="change"' in tried
    assert "What they are told" in text_of(grown)
    assert "It would have fired 1 time within the last 30 days" in tried
    assert saved.status_code == on.status_code == 302
    assert Rule.objects.get().state == RuleState.ON
    a_lead(office)
    a_lead(office, source="search")
    deliver()
    log = text_of(ops.get("/rule_runs/"))
    run = Run.objects.get()
    page = text_of(ops.get(f"/rule_runs/{run.uid}/"))
    assert log.count("推荐来的线索") >= 1
    assert "1 person told" in page
    assert "recommended by somebody" in page or "客户推荐" in page or "Heard of us by" in page


@pytest.mark.requirement("AUTO-07", proof="user")
def test_it_holds_all_rules_and_lets_them_run_again(office: Office, page_of: Any) -> None:
    it = page_of("it")
    a_rule(office, steps=(sets_task(),))

    it.post("/automation/halt/", {"reason": "条件写错"})
    held = text_of(it.get("/automation/"))
    a_lead(office)
    deliver()
    it.post("/automation/resume/")
    free = text_of(it.get("/automation/"))

    assert "All rules stand still: 条件写错" in held
    assert "All rules stand still" not in free
    assert not Task.objects.exists()


def test_a_sheet_that_somebody_else_changed_meanwhile_is_not_lost(office: Office, page_of: Any) -> None:
    ops = page_of("ops")
    rule = begun(ops)
    before = sheet(rule, do="save")
    ops.post(f"/rules/{rule.uid}/build/", sheet(rule, do="save", **{"s0-text": "第一次"}))

    second = ops.post(f"/rules/{rule.uid}/build/", before)

    assert second.status_code == 409
    assert "请尽快联系" in text_of(second)
    assert Rule.objects.get().draft["steps"][0]["answers"]["text"] == ["第一次"]


def test_what_is_missing_is_said_when_it_is_tried(office: Office, page_of: Any) -> None:
    ops = page_of("ops")
    rule = begun(ops)

    tried = text_of(ops.post(f"/rules/{rule.uid}/build/", sheet(rule, do="try", **{"s0-text": ""})))
    refused = ops.post(f"/rules/{rule.uid}/do/turn_on/", {"version": rule.version})

    assert "This field is required" in tried
    assert refused.status_code == 422
    assert "Add at least one action" in text_of(refused)


def test_conditions_and_actions_are_added_moved_and_removed_by_buttons(office: Office, page_of: Any) -> None:
    ops = page_of("ops")
    rule = begun(ops)
    address = f"/rules/{rule.uid}/build/"
    two = sheet(rule, **{"code.1": "task", "s1-title": "致电", "s1-to": "owner", "s1-hours": "8"})

    more = ops.post(address, two | {"do": "add:0", "new.0": "urgency"})
    up = ops.post(address, two | {"do": "step_up:1"})
    gone = ops.post(address, two | {"do": "step_drop:0"})
    wrong = ops.post(address, two | {"do": "step_add", "new_step": "nonsense"})

    assert len(more.context["top"].parts) == 2
    assert [step["code"] for step in up.context["steps"]] == ["task", "notify"]
    assert [step["code"] for step in gone.context["steps"]] == ["task"]
    assert wrong.status_code == 422
    assert len(wrong.context["steps"]) == 2


def test_it_sees_that_its_posts_do_not_include_the_records(office: Office, page_of: Any) -> None:
    rule = a_rule(office, is_on=False)

    assert "Your posts do not include these records" in text_of(page_of("it").get(f"/rules/{rule.uid}/build/"))


def test_a_seller_sees_neither_rules_nor_log(office: Office, page_of: Any) -> None:
    seller = page_of("seller one")
    rule = a_rule(office, steps=(tells(),))

    for address in ("/automation/", "/rules/", "/rule_runs/", f"/rules/{rule.uid}/build/", "/webhooks/"):
        assert seller.get(address).status_code == 403


@pytest.mark.requirement("AUTO-07", proof="user")
def test_who_owes_a_task_of_a_rule_does_it_and_its_clock_stops(office: Office, page_of: Any) -> None:
    a_rule(office, steps=(sets_task(),))
    a_lead(office)
    deliver()
    task = Task.objects.get()
    seller = page_of("seller one")

    listed = text_of(seller.get("/tasks/"))
    strange = page_of("other one").post(f"/rule_tasks/{task.uid}/do/done/", {"version": task.version, "outcome": "x"})
    done = seller.post(f"/rule_tasks/{task.uid}/do/done/", {"version": task.version, "outcome": "已约周五"})
    deliver()

    assert "Do what a rule asks for" in listed
    assert strange.status_code in (403, 404)
    assert done.status_code == 302
    assert Duty.objects.get(code="AUTO-07").state == DutyState.FULFILLED
    twice = seller.post(f"/rule_tasks/{task.uid}/do/done/", {"version": Task.objects.get().version})
    assert "This task is done or was dropped before" in text_of(twice)


@pytest.mark.requirement("PLAT-06", proof="user")
def test_it_subscribes_a_system_and_sees_the_secret_once(office: Office, page_of: Any) -> None:
    it = page_of("it")
    it.post("/webhooks/new/", {"name": "财务系统", "url": "https://erp.example.com/zhike"})
    hook = Webhook.objects.get()

    it.post(f"/webhooks/{hook.uid}/events/", {"event": ["win.ContractSigned", "nonsense"]})
    asked = text_of(it.get(f"/webhooks/{hook.uid}/secret/"))
    made = it.post(f"/webhooks/{hook.uid}/secret/")
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", text_of(made))
    again = text_of(it.get(f"/webhooks/{hook.uid}/secret/")) + text_of(it.get(f"/webhooks/{hook.uid}/"))
    hook.refresh_from_db()
    on = it.post(f"/webhooks/{hook.uid}/do/turn_on/", {"version": hook.version})

    assert "whsec_" not in asked
    assert secret is not None
    assert "no-store" in made["Cache-Control"]
    assert secret[0] not in again
    assert on.status_code == 302
    hook.refresh_from_db()
    assert (hook.state, hook.event_names) == ("on", ("win.ContractSigned",))


@pytest.mark.requirement("AUTO-07", proof="user")
def test_a_program_defines_tries_and_starts_a_rule(office: Office, page_of: Any) -> None:
    ops = page_of("ops")
    made = ops.post("/api/v1/rules", {"name": "程序的规则", "kind": "event", "event": "acquire.LeadTaken"},
                    content_type="application/json").json()  # fmt: skip
    base = f"/api/v1/automate/rules/{made['uid']}"
    says = {"version": made["version"], "where": "all(source.is(referral))",
            "steps": [{"code": "notify", "answers": {"to": ["owner"], "text": ["请联系"]}}]}  # fmt: skip

    kept = ops.put(f"{base}/definition", says, content_type="application/json")
    stale = ops.put(f"{base}/definition", says | {"where": ""}, content_type="application/json")
    a_lead(office)
    tried = ops.post(f"{base}/try").json()
    known = {action["code"] for action in ops.get(f"{base}/actions").json()}
    version = ops.get(f"{base}/definition").json()["version"]
    on = ops.post(f"/api/v1/rules/{made['uid']}/turn_on", {"version": version}, content_type="application/json")

    assert (kept.status_code, kept.json()["problems"]) == (200, {})
    assert stale.status_code == 409
    assert tried["count"] == 1
    assert {"notify", "task", "do:field:need"} <= known
    assert on.status_code == 200, text_of(on)
    assert page_of("seller one").get(f"{base}/definition").status_code == 403


def test_a_program_makes_a_secret(office: Office, page_of: Any) -> None:
    it = page_of("it")
    made = it.post("/api/v1/webhooks", {"name": "仓库", "url": "https://wms.example.com/"},
                   content_type="application/json").json()  # fmt: skip

    answer = it.post(f"/api/v1/automate/webhooks/{made['uid']}/secret")

    assert answer.json()["secret"].startswith("whsec_")
    assert answer["Cache-Control"] == "no-store"
    assert "secret" not in it.get(f"/api/v1/webhooks/{made['uid']}").json()
