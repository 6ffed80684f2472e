"""Rules of a time: due times, dates that come near, records that come to meet a condition."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.automate import jobs as automation
from zhike.automate.models import Rule, Run, RunState, SkipReason, Task
from zhike.automate.rules.definition import from_json
from zhike.automate.services import timed
from zhike.automate.services.rule import rule_turn_off, rule_turn_on
from zhike.automate.services.trying import tried_out
from zhike.automate.tests.conftest import a_lead, a_rule, deliver, sets_task, tells
from zhike.automate.tests.test_rules import limited
from zhike.customers.models import Customer, CustomerState
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.jobs.models import JobRun
from zhike.foundation.kit import clock

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_daily_rule_fires_on_all_that_meet_the_condition_once_a_day(office: Office, moment: Clock) -> None:
    wanted, other = office.firm("seller one", region="330000"), office.firm("seller one", region="320000")
    rule = a_rule(office, kind="schedule", subject="customers", at="09:00", where="all(region.is(330000))",
                  steps=(sets_task("manager"),))  # fmt: skip
    assert rule.next_at is not None

    assert timed.slots_begin() == 0
    moment.at(rule.next_at + dt.timedelta(minutes=1))
    assert timed.slots_begin() == 1
    assert timed.slots_begin() == 0
    slot = JobRun.objects.get(job=timed.SLOT).arguments
    for _ in range(2):
        timed.slot_work(slot["edition"], dt.datetime.fromisoformat(slot["slot"]))
    deliver()

    assert list(Run.objects.values_list("subject_uid", flat=True)) == [wanted.uid]
    assert Task.objects.get().customer_id == wanted.pk != other.pk
    assert Rule.objects.get().next_at == rule.next_at + dt.timedelta(days=1)


def test_due_times_that_no_worker_saw_are_made_up_for_once(office: Office, moment: Clock) -> None:
    office.firm("seller one")
    rule = a_rule(office, kind="schedule", subject="customers", at="09:00", steps=(tells("manager"),))
    assert rule.next_at is not None

    moment.at(rule.next_at + dt.timedelta(days=5, minutes=1))

    assert timed.slots_begin() == 1
    assert JobRun.objects.filter(job=timed.SLOT).count() == 1
    assert Rule.objects.get().next_at == rule.next_at + dt.timedelta(days=6)


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_rule_of_a_date_fires_so_many_days_before_it(office: Office) -> None:
    today = clock.today()
    due = {days: office.firm("seller one", cooperation_since=today + dt.timedelta(days=days)) for days in (29, 30, 31)}
    rule = a_rule(office, kind="date", subject="customers", date_field="cooperation_since", days=-30,
                  steps=(tells("manager"),))  # fmt: skip
    assert rule.current is not None

    timed.slot_work(rule.current.pk, clock.now())

    assert list(Run.objects.values_list("subject_uid", flat=True)) == [due[30].uid]


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_record_that_comes_to_meet_the_condition_fires_once_until_it_comes_anew(office: Office) -> None:
    sick, well = office.firm("seller one"), office.firm("seller one")
    health(sick, 40)
    health(well, 90)
    a_rule(office, kind="comes", subject="customers", where="all(health.under(60))", steps=(sets_task("manager"),))

    assert timed.comers_work() == 0  # who met it before is noted
    health(well, 50)
    assert timed.comers_work() == 1
    assert timed.comers_work() == 0
    health(well, 80)
    assert timed.comers_work() == 0
    health(well, 55)
    assert timed.comers_work() == 1

    assert set(Run.objects.values_list("subject_uid", flat=True)) == {well.uid}
    deliver()
    assert Task.objects.count() == 2


def test_switched_on_again_it_passes_over_those_who_meet_the_condition_by_then(office: Office) -> None:
    firm = office.firm("seller one")
    health(firm, 90)
    rule = a_rule(office, kind="comes", subject="customers", where="all(health.under(60))", steps=(tells("manager"),))
    timed.comers_work()
    viewer = office.viewer("ops")
    rule = rule_turn_off(viewer=viewer, uid=rule.uid, version=rule.version)
    health(firm, 40)

    rule_turn_on(viewer=viewer, uid=rule.uid, version=rule.version)

    assert timed.comers_work() == 0
    assert not Run.objects.exists()


def test_the_cap_ends_a_due_time_with_one_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, rule_most_a_day=2)
    for _ in range(5):
        office.firm("seller one")
    rule = a_rule(office, kind="schedule", subject="customers", steps=(tells("manager"),))
    assert rule.current is not None

    timed.slot_work(rule.current.pk, clock.now())
    deliver()

    assert Run.objects.filter(state=RunState.DONE).count() == 2
    assert Run.objects.get(state=RunState.SKIPPED).reason == SkipReason.RULE_CAP


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_dry_run_counts_past_events_and_does_nothing(office: Office) -> None:
    lead = a_lead(office)
    a_lead(office, source="search")
    rule = a_rule(office, is_on=False, where="all(source.is(referral))", steps=(sets_task(),))

    tried = tried_out(office.viewer("ops"), from_json(rule.draft))

    assert (tried.count, tried.standing, tried.is_all) == (1, 1, True)
    assert [one.link for one in tried.examples] == [f"/leads/{lead.uid}/"]
    assert not Task.objects.exists()
    assert not Run.objects.exists()


def test_a_dry_run_of_times_counts_each_time(office: Office) -> None:
    office.firm("seller one")
    office.firm("seller one", cooperation_since=clock.today() - dt.timedelta(days=3))
    viewer = office.viewer("ops")
    daily = a_rule(office, is_on=False, kind="schedule", subject="customers", steps=(tells(),))
    dated = a_rule(office, is_on=False, kind="date", subject="customers", date_field="cooperation_since", days=1,
                   steps=(tells(),))  # fmt: skip

    assert tried_out(viewer, from_json(daily.draft)).count == 2 * 30
    assert tried_out(viewer, from_json(dated.draft)).count == 1


def test_the_worker_begins_what_is_due(office: Office, moment: Clock) -> None:
    office.firm("seller one")
    rule = a_rule(office, kind="schedule", subject="customers", steps=(tells("manager"),))
    assert rule.next_at is not None
    moment.at(rule.next_at + dt.timedelta(minutes=1))

    automation.due()

    assert JobRun.objects.filter(job=timed.SLOT).exists()


def health(customer: Customer, value: float) -> None:
    CustomerState.objects.filter(customer=customer).update(health=value)
