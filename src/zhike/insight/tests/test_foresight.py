"""The effect of a change before it is made: the same numbers for whoever proposes and whoever decides (PLAT-10)."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import jobs, policies
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs.models import JobRun
from zhike.foundation.kit import clock
from zhike.foundation.policies.models import PolicyProposal, PolicyVersion
from zhike.foundation.records.testing import signed_in, text_of
from zhike.insight.models import Foresight, ForesightMove
from zhike.insight.public import night_run
from zhike.insight.tests.enterprise import AS_OF, Enterprise, founded
from zhike.retain.policy import WarningPolicy
from zhike.retain.services.warning import warning_publish

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = system("test night")
HIGH_FROM = "/policies/segment.tiers.high_from/"
# Whoever orders 15,000 yuan each month is core today, and of high value from here on.
LOWERED_YUAN = 180_000


@pytest.fixture(autouse=True)
def moment(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.HOME = tmp_path / "home"
    made = Clock(tmp_path / "clock", monkeypatch)
    made.at(clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=9))
    return made


@pytest.fixture
def enterprise(transactional_db: None) -> Enterprise:
    written = founded()
    night_run(viewer=NIGHT, as_of=AS_OF)
    return written


def at_work(office: Office, name: str) -> Client:
    person = office.people[name]
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return signed_in(person)


def said(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", html.unescape(text_of(response)))


def preview(client: Client, address: str, value: object) -> str:
    return said(client.post(address, {"act": "preview", "value": str(value)}))


def computed(client: Client, address: str, value: object) -> str:
    """What the page says when the worker has done its work."""
    preview(client, address, value)
    jobs.run_due()
    return preview(client, address, value)


@pytest.mark.requirement("PLAT-10", proof="user")
def test_it_sees_the_progress_then_who_would_move_and_the_next_night_does_just_that(
    enterprise: Enterprise, moment: Clock
) -> None:
    it, boss = at_work(enterprise.office, "it"), at_work(enterprise.office, "boss")
    would = CustomerState.objects.filter(tier="core", spend_12m_minor__gte=LOWERED_YUAN * 100)
    names = set(would.values_list("customer__name", flat=True))
    assert len(names) > 2

    first = preview(it, HIGH_FROM, LOWERED_YUAN)
    assert "正在计算影响：等待后台进程…" in first
    assert "<progress" in first
    again = re.search(r'hx-get="(/policies/effect/[^"]+)"', first)
    assert again is not None, "the page asks again by itself"
    preview(it, HIGH_FROM, LOWERED_YUAN)
    assert JobRun.objects.filter(job="insight.foresee").count() == 1, "asking twice computes once"

    jobs.run_due()
    told = said(it.get(again[1]))
    assert f"{len(names)} 位客户的价值等级会变化：中坚 → 高价值 {len(names)}" in told
    assert f"按 {AS_OF.isoformat()} 快照中的" in told
    assert "hx-get" not in told, "it is finished"
    assert "/foresight/" not in told, "IT does not read strategies"

    link = re.search(r'href="(/foresight/[^"]+measure=tier)"', preview(boss, HIGH_FROM, LOWERED_YUAN))
    assert link is not None
    listed = said(boss.get(link[1]))
    assert set(re.findall(r"/customers/[0-9a-f-]{36}/\">([^<]+)<", listed)) == names
    assert re.findall(r"/customers/[0-9a-f-]{36}/", said(at_work(enterprise.office, "lead two").get(link[1]))) == []
    assert at_work(enterprise.office, "it").get(link[1]).status_code == 403

    before = dict(CustomerState.objects.values_list("pk", "tier"))
    policies.change(enterprise.office.viewer("boss"), "segment.tiers.high_from", LOWERED_YUAN * 100, reason="smaller")
    moment.at(clock.start_of(AS_OF + dt.timedelta(days=2)) + dt.timedelta(hours=3))
    night_run(viewer=NIGHT, as_of=AS_OF + dt.timedelta(days=1))
    moved = {s.customer.name for s in CustomerState.objects.select_related("customer") if s.tier != before[s.pk]}
    assert moved == names


@pytest.mark.requirement("PLAT-10", proof="user")
def test_whoever_decides_sees_the_effect_that_was_computed_for_the_proposal(enterprise: Enterprise) -> None:
    it, boss = at_work(enterprise.office, "it"), at_work(enterprise.office, "boss")
    change = {"act": "save", "value": str(LOWERED_YUAN), "reason": "中小客户也要有人管"}

    assert it.post(HIGH_FROM, change).status_code == 302, "proposed without having looked"
    assert PolicyProposal.objects.get().state == "proposed"
    assert "正在计算影响" in said(boss.get("/policies/"))
    jobs.run_due()

    page = said(boss.get("/policies/"))
    assert "位客户的价值等级会变化：中坚 → 高价值" in page
    assert "中小客户也要有人管" in page
    assert re.search(r'href="/foresight/[^"]+measure=tier"', page)
    assert not PolicyVersion.objects.exists(), "nothing has changed by looking"
    assert 'value="approve"' not in said(it.get("/policies/")), "who proposes does not decide"


@pytest.mark.requirement("PLAT-10", proof="user")
@pytest.mark.parametrize(("value", "appear", "vanish"), [(1, {"one complaint"}, set()), (3, set(), {"two complaints"})])
def test_a_limit_of_the_signals_shows_which_proposals_would_come_and_go(
    enterprise: Enterprise, value: int, appear: set[str], vanish: set[str]
) -> None:
    """One customer complained once, two twice; one of the two is warned about for a low health all the same."""
    boss = at_work(enterprise.office, "boss")
    limit = policies.current().get(WarningPolicy).health_limit
    assert (enterprise.state("stopped with complaints").health or limit) < limit

    told = computed(boss, "/policies/retain.signals.complaints_from/", value)

    assert f"流失预警：新增待发布 {len(appear)} 位客户，不再预警 {len(vanish)} 位客户" in told
    names = {customer: name for name, customer in enterprise.ids.items()}
    moved = ForesightMove.objects.filter(measure="warned").values_list("customer_id", "after")
    assert {names[customer] for customer, after in moved if after == "true"} == appear
    assert {names[customer] for customer, after in moved if after == "false"} == vanish


def test_a_value_that_moves_nobody_says_so_and_one_in_force_is_not_computed(enterprise: Enterprise) -> None:
    boss = at_work(enterprise.office, "boss")

    assert "没有客户会变化" in computed(boss, HIGH_FROM, 499_999)
    count = Foresight.objects.count()
    policies.change(enterprise.office.viewer("boss"), "segment.tiers.high_from", 400_000_00, reason="try")
    assert "该值已经生效" in preview(boss, HIGH_FROM, 400_000)
    assert Foresight.objects.count() == count


def test_after_a_change_the_effect_is_reckoned_from_what_is_in_force_now(enterprise: Enterprise) -> None:
    boss = at_work(enterprise.office, "boss")
    policies.change(enterprise.office.viewer("boss"), "segment.tiers.high_from", LOWERED_YUAN * 100, reason="lower")

    told = computed(boss, HIGH_FROM, 500_000)

    assert "价值等级会变化：高价值 → 中坚" in told


@pytest.mark.requirement("PLAT-10", proof="user")
def test_without_a_snapshot_it_is_said_plainly(transactional_db: None) -> None:
    office = founded().office

    assert "还没有快照" in preview(at_work(office, "it"), HIGH_FROM, LOWERED_YUAN)
    assert not JobRun.objects.filter(job="insight.foresee").exists()


@pytest.mark.requirement("PLAT-10", proof="user")
def test_a_clock_says_from_when_it_counts_and_what_keeps_its_time(enterprise: Enterprise) -> None:
    it = at_work(enterprise.office, "it")
    warning = enterprise.warning("two complaints")
    assert warning is not None
    warning_publish(viewer=enterprise.office.viewer("data"), uid=warning.uid)
    deliver()

    told = preview(it, "/policies/retain.clocks.contact_hours/", 24)
    assert "对生效之后发布的预警有效" in told
    assert "已发布的 1 条预警保持原来的联系时限" in told
    assert "正在计时的 1 项任务保持原来的到期时间" in preview(it, "/policies/calendar.working_time.opens_at/", 8)
    assert "自生效之日起有效" in preview(it, "/policies/insight.churn_rate.periods/", 6)


def test_a_preview_that_failed_says_so_and_can_be_asked_for_again(enterprise: Enterprise, settings: Any) -> None:
    boss = at_work(enterprise.office, "boss")
    preview(boss, HIGH_FROM, LOWERED_YUAN)
    JobRun.objects.filter(job="insight.foresee").update(state="failed")

    kept = policies.preview_kept(enterprise.office.viewer("boss"), "segment.tiers.high_from", LOWERED_YUAN * 100)
    assert [effect.code for effect in kept] == ["failed"]

    assert "价值等级会变化" in computed(boss, HIGH_FROM, LOWERED_YUAN)


@pytest.mark.requirement("PLAT-10", proof="user")
@pytest.mark.requirement("PLAT-11", proof="user")
def test_a_template_shows_whom_it_would_move_before_it_is_chosen_and_to_whoever_decides(
    enterprise: Enterprise, moment: Clock
) -> None:
    it, boss = at_work(enterprise.office, "it"), at_work(enterprise.office, "boss")
    page = "/policies/templates/retail/"

    first = said(it.post(page, {"act": "preview"}))
    again = re.search(r'hx-get="(/policies/effect/[^"]+)"', first)
    assert again is not None
    assert policies.current().template is None, "looking chooses nothing"
    jobs.run_due()
    told = said(it.get(again[1]))
    count = re.search(r"([\d,]+) 位客户的价值等级会变化", told)
    assert count is not None

    assert it.post(page, {"act": "save", "reason": "零售"}).status_code == 302
    waiting = said(boss.get("/policies/"))
    assert count[0] in waiting
    link = re.search(r'href="(/foresight/[^"]+measure=tier)"', waiting)
    assert link is not None
    names = set(re.findall(r"/customers/[0-9a-f-]{36}/\">([^<]+)<", said(boss.get(link[1]))))

    before = dict(CustomerState.objects.values_list("pk", "tier"))
    policies.proposal_approve(enterprise.office.viewer("boss"), PolicyProposal.objects.get().uid)
    moment.at(clock.start_of(AS_OF + dt.timedelta(days=2)) + dt.timedelta(hours=3))
    night_run(viewer=NIGHT, as_of=AS_OF + dt.timedelta(days=1))
    moved = {s.customer.name for s in CustomerState.objects.select_related("customer") if s.tier != before[s.pk]}
    assert moved == names
