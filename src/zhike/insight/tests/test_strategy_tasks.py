"""From the night to a dated task: who comes into a row of the strategy table is contacted in time (STR-03)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from zhike.customers.models import Customer, CustomerState, TimelineEntry
from zhike.customers.services.customer import customer_reassign
from zhike.customers.services.interaction import interaction_log
from zhike.customers.tests.office import Clock, deliver
from zhike.foundation import obligations, policies
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import signed_in, text_of
from zhike.insight.models import NightRun
from zhike.insight.services.night import night_run
from zhike.insight.tests.enterprise import AS_OF, Enterprise, founded
from zhike.ledger.models import Order
from zhike.retain.models import Warning
from zhike.segment.models import StrategyTask
from zhike.segment.policy import StrategyPolicy
from zhike.segment.services.judging import Given
from zhike.segment.services.strategy import strategy_approve, strategy_write

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = system("test night")
DAY = dt.timedelta(days=1)
ZH = {"HTTP_ACCEPT_LANGUAGE": "zh-hans"}
WHOLE = {
    "dimension": "制造业新客户",
    "goal": "转化率提升至25%",
    "measures": "客户经理在一周内上门拜访一次",
    "owner": "客户经理",
    "timing": "一周内",
}


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture
def enterprise(transactional_db: None, moment: Clock) -> Enterprise:
    moment.at(clock.start_of(AS_OF) + dt.timedelta(hours=3))
    return founded()


def night(moment: Clock, as_of: dt.date) -> NightRun:
    """The night of ``as_of``, at three the morning after, and what follows from it."""
    moment.at(clock.start_of(as_of + DAY) + dt.timedelta(hours=3))
    run = night_run(viewer=NIGHT, as_of=as_of)
    deliver()
    return run


def task(enterprise: Enterprise, name: str = "stopped") -> StrategyTask:
    return StrategyTask.objects.get(customer_id=enterprise.ids[name])


def duty(enterprise: Enterprise, code: str = "B-20", name: str = "stopped") -> Duty:
    return Duty.objects.get(code=code, customer_id=enterprise.ids[name])


def call(enterprise: Enterprise, name: str = "stopped", kind: str = "call", at: dt.datetime | None = None) -> None:
    customer = Customer.objects.get(pk=enterprise.ids[name])
    interaction_log(
        viewer=enterprise.office.viewer("seller one"),
        customer_uid=customer.uid,
        kind=kind,
        feedback="竞品报价更低",
        at=at,
    )
    deliver()


@pytest.mark.requirement("STR-03", proof="rule")
def test_d4_12_contact_due_14_august_and_not_on_the_warning_list(enterprise: Enterprise, moment: Clock) -> None:
    """D4-12: last order 15 January, today 15 July → stage 流失风险, strategy row 3, contact due 14 August (30 days);
    not on the warning list without a second signal."""
    night(moment, AS_OF - DAY)
    assert enterprise.state("stopped").lifecycle == "dormant"
    assert not StrategyTask.objects.exists(), "what stands at the first night is history"

    night(moment, AS_OF)

    stopped = enterprise.state("stopped")
    assert (stopped.last_order_on, AS_OF) == (dt.date(2026, 1, 15), dt.date(2026, 7, 15))
    assert (stopped.lifecycle, stopped.strategy_row, stopped.warned) == ("at_risk", "at_risk", False)
    on_the_list = Warning.objects.filter(customer_id=stopped.pk, state__in=["proposed", "published"])
    assert not on_the_list.exists()
    owed = duty(enterprise)
    assert clock.local(owed.due_at).date() == dt.date(2026, 8, 14)
    assert owed.due_at == task(enterprise).due_at
    assert (owed.state, owed.person_id) == ("open", enterprise.office.person("seller one"))
    assert TimelineEntry.objects.filter(customer=stopped.pk, kind="strategy.entered").count() == 1


def test_the_same_night_again_starts_nothing_twice(enterprise: Enterprise, moment: Clock) -> None:
    night(moment, AS_OF - DAY)
    first = night(moment, AS_OF)
    begun = StrategyTask.objects.count()
    again = night(moment, AS_OF)
    night(moment, AS_OF + DAY)

    assert begun == StrategyTask.objects.count() == Duty.objects.filter(code="B-20").count()
    assert again.changes["tasks_begun"] == first.changes["tasks_begun"] == begun > 0


def test_history_starts_no_clocks(enterprise: Enterprise, moment: Clock) -> None:
    moment.at(clock.start_of(AS_OF + 10 * DAY))
    for day in (AS_OF - DAY, AS_OF):
        night_run(viewer=NIGHT, as_of=day)
    deliver()

    assert enterprise.state("stopped").strategy_row == "at_risk"
    assert not StrategyTask.objects.exists()
    assert not Duty.objects.exists()


@pytest.mark.requirement("STR-03", proof="rule")
@pytest.mark.parametrize(("kind", "is_contact"), [("call", True), ("wechat", True), ("email", False), ("note", False)])
def test_a_talk_after_entering_is_the_contact(
    enterprise: Enterprise, moment: Clock, kind: str, is_contact: bool
) -> None:
    night(moment, AS_OF - DAY)
    night(moment, AS_OF)
    moment.at(clock.start_of(AS_OF + 2 * DAY) + dt.timedelta(hours=10))

    call(enterprise, kind=kind, at=clock.start_of(AS_OF) - dt.timedelta(hours=1))
    assert duty(enterprise).state == "open", "a talk before the day of entry is not what was owed"
    call(enterprise, kind=kind)

    assert duty(enterprise).state == ("fulfilled" if is_contact else "open")
    assert task(enterprise).state == ("done" if is_contact else "open")


def test_a_late_contact_stays_late_and_an_overdue_task_says_so(enterprise: Enterprise, moment: Clock) -> None:
    days = policies.current().get(StrategyPolicy).first_contact_days
    night(moment, AS_OF - DAY)
    night(moment, AS_OF)
    moment.at(task(enterprise).due_at + dt.timedelta(hours=4))
    obligations.tick()
    night_run(viewer=NIGHT, as_of=AS_OF + days * DAY)

    assert (task(enterprise).state, duty(enterprise).state) == ("overdue", "breached")
    call(enterprise)
    assert (task(enterprise).state, duty(enterprise).state) == ("late", "fulfilled")
    assert duty(enterprise).breached_at is not None


def test_who_leaves_the_row_owes_no_contact_any_more(enterprise: Enterprise, moment: Clock) -> None:
    night(moment, AS_OF - DAY)
    night(moment, AS_OF)
    last = Order.objects.filter(customer_id=enterprise.ids["stopped"]).latest("ordered_on")
    Order.objects.filter(pk=last.pk).update(ordered_on=AS_OF + DAY)

    night(moment, AS_OF + DAY)

    left = task(enterprise)
    assert (left.state, left.left_on, left.row_after) == (
        "cancelled",
        AS_OF + DAY,
        enterprise.state("stopped").strategy_row,
    )
    assert duty(enterprise).state == "cancelled"
    assert duty(enterprise).cancel_reason == "segment.StrategyLeft"
    assert TimelineEntry.objects.filter(customer=enterprise.ids["stopped"], kind="strategy.left").count() == 1


def test_who_takes_over_the_customer_takes_over_the_task(enterprise: Enterprise, moment: Clock) -> None:
    night(moment, AS_OF - DAY)
    night(moment, AS_OF)
    customer = Customer.objects.get(pk=enterprise.ids["stopped"])
    heir = enterprise.office.person("other one")

    customer_reassign(viewer=enterprise.office.viewer("lead one"), uid=customer.uid, owner_id=heir)
    deliver()

    assert (task(enterprise).owner_id, duty(enterprise).person_id) == (heir, heir)


@pytest.mark.requirement("STR-03", proof="rule")
def test_an_approved_row_asks_for_everybody_who_is_in_it(enterprise: Enterprise, moment: Clock) -> None:
    """STR-03: an approved strategy becomes a dated task for every customer in the segment."""
    night(moment, AS_OF - DAY)
    given = Given(WHOLE, ("customer_manager",), "行业 = 制造业\n价值等级 = 低价值", is_first=True, contact_days="7")
    draft = strategy_write(
        viewer=enterprise.office.viewer("manager one"), code=None, given=given, why="试点", language="zh"
    )
    night(moment, AS_OF)
    code = draft.strategy.code
    assert not CustomerState.objects.filter(strategy_row=code).exists(), "a draft sorts nobody"

    strategy_approve(viewer=enterprise.office.viewer("chief"), uid=draft.uid)
    night(moment, AS_OF + DAY)

    inside = set(CustomerState.objects.filter(strategy_row=code).values_list("pk", flat=True))
    tasks = StrategyTask.objects.filter(row=code, left_on=None)
    assert inside
    assert set(tasks.values_list("customer_id", flat=True)) == inside
    assert {clock.local(t.due_at).date() for t in tasks} == {AS_OF + 8 * DAY}
    assert set(Duty.objects.filter(code="STR-03").values_list("customer_id", flat=True)) == inside


def test_the_earlier_of_two_clocks_runs_and_one_talk_stops_both(enterprise: Enterprise, moment: Clock) -> None:
    """K3: 48 hours from publication (B-18) come before 30 days from entering the row (B-20)."""
    from zhike.retain.services.warning import warning_publish

    night(moment, AS_OF - DAY)
    night(moment, AS_OF)
    name = "stopped with complaints"
    warning = Warning.objects.get(customer_id=enterprise.ids[name], state="proposed")

    warning_publish(viewer=enterprise.office.viewer("data"), uid=warning.uid)
    deliver()

    assert duty(enterprise, "B-18", name).state == "open"
    covered = duty(enterprise, "B-20", name)
    assert (covered.state, covered.covered_by) == ("covered", duty(enterprise, "B-18", name))
    moment.at(clock.start_of(AS_OF + 2 * DAY) + dt.timedelta(hours=9))
    call(enterprise, name)
    assert {duty(enterprise, code, name).state for code in ("B-18", "B-20")} == {"fulfilled"}
    assert task(enterprise, name).state == "done"


@pytest.mark.requirement("STR-03", proof="user")
def test_the_owner_sees_the_clock_and_each_number_opens_its_rows(enterprise: Enterprise, moment: Clock) -> None:
    """STR-03, SEG-09, D4-12: what the sales representative sees on the customer, in the table and in Tasks."""
    night(moment, AS_OF - DAY)
    night(moment, AS_OF)
    Person.objects.update(must_change_password=False)
    page = signed_in(enterprise.office.people["seller one"])
    customer = Customer.objects.get(pk=enterprise.ids["stopped"])

    shown = text_of(page.get(f"/customers/{customer.uid}/", **ZH))
    assert "流失风险" in shown
    assert "首次触达" in shown
    assert "2026-08-14 23:59" in shown
    begun = StrategyTask.objects.filter(row="at_risk", state="open").count()
    table = text_of(page.get("/strategies/", **ZH))
    assert f'<a href="/strategy_tasks/?row=at_risk&amp;state=open">{begun}</a>' in table
    listed = text_of(page.get("/strategy_tasks/?row=at_risk&state=open", **ZH))
    assert customer.name in listed
    assert "首次触达流失风险客户" in text_of(page.get("/tasks/", **ZH))

    page.post(f"/customers/{customer.uid}/follow-up/", {"kind": "call", "feedback": "竞品报价更低"}, **ZH)
    deliver()

    assert task(enterprise).state == "done"
    table = text_of(page.get("/strategies/", **ZH))
    assert '<a href="/strategy_tasks/?row=at_risk&amp;state=done">1</a>' in table
    assert customer.name in text_of(page.get("/strategy_tasks/?row=at_risk&state=done", **ZH))
    assert customer.name not in text_of(page.get("/strategy_tasks/?row=at_risk&state=open", **ZH))
