"""Rules that wait for an event: they fire once, with the rights of their owner, and never on their own doing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from zhike.acquire.models import Lead
from zhike.acquire.services.grading import lead_grade
from zhike.automate.models import Rule, RuleState, Run, RunState, SkipReason, StepState, Task
from zhike.automate.policy import RulesPolicy
from zhike.automate.rules.definition import Step, from_json
from zhike.automate.services import doing, hearing, timed
from zhike.automate.services.refusals import RuleIncomplete
from zhike.automate.services.rule import rule_define, rule_turn_off, rule_turn_on, rules_halt, rules_resume
from zhike.automate.tests.conftest import a_lead, a_rule, deliver, sets_task, tells
from zhike.customers.tests.office import Clock, Office
from zhike.events.acquire import LeadTaken
from zhike.foundation import messages, outbox
from zhike.foundation.access.models import PostHolding
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty
from zhike.foundation.outbox.models import Delivery, EventRow
from zhike.foundation.policies import current

pytestmark = pytest.mark.django_db


def field(key: str, value: str) -> Step:
    return Step(f"do:field:{key}", {key: [value]})


def only_run() -> Run:
    return Run.objects.get()


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_rule_does_its_actions_when_its_event_happens_and_its_condition_holds(office: Office) -> None:
    a_rule(office, where="all(source.is(referral))", steps=(tells("superior"), sets_task()))

    lead = a_lead(office)
    deliver()

    run = only_run()
    assert run.state == RunState.DONE
    assert run.subject_uid == lead.uid
    assert run.customer_id == lead.customer_id
    assert [step.state for step in run.steps.order_by("place")] == [StepState.DONE, StepState.DONE]
    notice = Notice.objects.get(code="automate.told")
    assert notice.person_id == office.person("lead one")
    assert notice.link == f"/leads/{lead.uid}/"
    task = Task.objects.get()
    assert task.owner_id == office.person("seller one")
    assert Duty.objects.get(code="AUTO-07").person_id == office.person("seller one")


def test_a_rule_whose_condition_does_not_hold_does_nothing(office: Office) -> None:
    a_rule(office, where="all(source.is(search))", steps=(tells(),))

    a_lead(office)
    deliver()

    assert not Run.objects.exists()


def test_nobody_hears_of_events_for_which_no_rule_waits(office: Office) -> None:
    a_rule(office, is_on=False, steps=(tells(),))

    a_lead(office)

    assert not Delivery.objects.filter(subscriber="automate.rules").exists()


def test_an_event_delivered_twice_fires_once(office: Office) -> None:
    a_rule(office, steps=(sets_task(), tells()))
    a_lead(office)
    deliver()

    Delivery.objects.filter(subscriber__in=("automate.rules", "automate.work")).update(state="waiting")
    deliver()

    assert Run.objects.count() == Task.objects.count() == Notice.objects.filter(code="automate.told").count() == 1


def test_what_a_service_refuses_is_in_the_log_with_its_reason_and_the_rest_is_done(office: Office) -> None:
    a_rule(office, "head", steps=(field("need", "六十个席位"), tells()))
    lead = a_lead(office)
    Lead.objects.filter(pk=lead.pk).update(closed_at=clock.now(), state="dropped")

    deliver()

    steps = list(only_run().steps.order_by("place"))
    assert [step.state for step in steps] == [StepState.REFUSED, StepState.DONE]
    assert "关闭" in steps[0].outcome or "结束" in steps[0].outcome
    assert only_run().state == RunState.REFUSED
    assert Lead.objects.get(pk=lead.pk).need == "四十个席位"


def test_an_action_that_the_posts_no_longer_include_is_refused(office: Office) -> None:
    a_rule(office, "head", steps=(Step("do:act:assign", {"owner": [str(office.people["other one"].uid)]}), tells()))
    PostHolding.objects.filter(person_id=office.person("head"), post="sales_lead").delete()
    lead = a_lead(office)

    deliver()

    states = list(only_run().steps.order_by("place").values_list("state", flat=True))
    assert states == [StepState.REFUSED, StepState.DONE]
    assert Lead.objects.get(pk=lead.pk).owner_id == office.person("seller one")


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_rule_sets_the_owner_where_its_own_owner_may(office: Office) -> None:
    a_rule(office, "head", steps=(Step("do:act:assign", {"owner": [str(office.people["other one"].uid)]}),))

    lead = a_lead(office)
    deliver()

    assert Lead.objects.get(pk=lead.pk).owner_id == office.person("other one")
    entry = Entry.objects.get(action="lead.assign")
    assert entry.actor_id == office.person("head")
    assert entry.address.startswith("rule ")


def test_a_rule_of_somebody_who_may_no_longer_automate_does_nothing_and_says_so(office: Office) -> None:
    a_rule(office, steps=(sets_task(),))
    PostHolding.objects.filter(person_id=office.person("ops")).delete()

    a_lead(office)
    a_lead(office)
    deliver()

    run = only_run()
    assert (run.state, run.reason, run.times) == (RunState.SKIPPED, SkipReason.OWNER_GONE, 2)
    assert not Task.objects.exists()


def test_a_rule_never_answers_what_it_did_itself(office: Office) -> None:
    rule = a_rule(office, "head", event="acquire.LeadGraded", steps=(grades("B"),))

    lead = a_lead(office)
    lead_grade(viewer=office.viewer("head"), uid=lead.uid, version=lead.version, grade="A", reason="很急")
    deliver()

    fired = Run.objects.filter(rule=rule, state=RunState.DONE)
    skipped = Run.objects.get(rule=rule, reason=SkipReason.OWN_DOING)
    assert fired.exists()
    assert skipped.subject_uid == lead.uid
    assert EventRow.objects.filter(name="acquire.LeadGraded", chain=f"r{rule.pk}").count() == 1


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_two_rules_that_would_answer_each_other_for_ever_stop_after_one_round(office: Office) -> None:
    lead = a_lead(office)
    Lead.objects.filter(pk=lead.pk).update(grade="C")
    deliver()
    ping = a_rule(office, "head", name="甲", event="acquire.LeadGraded", where="all(grade.is(A))", steps=(grades("B"),))
    pong = a_rule(office, "head", name="乙", event="acquire.LeadGraded", where="all(grade.is(B))", steps=(grades("A"),))

    lead_grade(viewer=office.viewer("head"), uid=lead.uid, version=lead.version, grade="A", reason="试")
    deliver()

    assert Run.objects.filter(rule=ping, state=RunState.DONE).count() == 1
    assert Run.objects.filter(rule=pong, state=RunState.DONE).count() == 1
    assert Run.objects.filter(rule=ping, reason=SkipReason.OWN_DOING).count() == 1
    assert not Delivery.objects.filter(state__in=("waiting", "parked")).exists()


def test_rules_set_each_other_off_only_so_far(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    most = current().get(RulesPolicy).chain_most
    a_rule(office, steps=(sets_task(),))
    lead = a_lead(office)
    row = EventRow.objects.get(name="acquire.LeadTaken")

    for length, expected in ((most - 1, RunState.DONE), (most, RunState.SKIPPED)):
        Run.objects.all().delete()
        EventRow.objects.filter(pk=row.pk).update(chain=" ".join(f"r{90_000 + n}" for n in range(length)))
        Delivery.objects.filter(subscriber="automate.rules").update(state="waiting")
        deliver()

        run = only_run()
        assert run.state == expected
        assert run.subject_uid == lead.uid
    assert only_run().reason == SkipReason.CHAIN


def test_a_rule_fires_only_so_often_a_day_and_counts_the_rest_in_one_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, rule_most_a_day=2)
    a_rule(office, steps=(tells(),))

    for _ in range(4):
        a_lead(office)
    deliver()

    assert Run.objects.filter(state=RunState.DONE).count() == 2
    held = Run.objects.get(state=RunState.SKIPPED)
    assert (held.reason, held.times) == (SkipReason.RULE_CAP, 2)


def test_rules_fire_only_so_often_a_day_about_one_customer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, customer_most_a_day=2)
    for name in ("一", "二", "三"):
        a_rule(office, name=name, steps=(tells(),))

    a_lead(office)
    a_lead(office)
    deliver()

    assert Run.objects.filter(state=RunState.DONE).count() == 4
    held = Run.objects.get(state=RunState.SKIPPED)
    assert (held.reason, held.times) == (SkipReason.CUSTOMER_CAP, 2)


@pytest.mark.requirement("AUTO-07", proof="rule")
def test_a_rule_that_waits_looks_at_the_condition_when_its_time_has_come(office: Office, moment: Clock) -> None:
    start = clock.now()
    a_rule(office, wait_hours=24, where="all(grade.is(A, B, C), contacted_at.empty())", steps=(tells("superior"),))
    calm, called = a_lead(office), a_lead(office)
    deliver()
    assert set(Run.objects.values_list("state", flat=True)) == {RunState.PENDING}
    Lead.objects.filter(pk=called.pk).update(contacted_at=clock.now())

    moment.at(start + dt.timedelta(hours=23, minutes=55))
    assert timed.waits_end() == 0
    moment.at(start + dt.timedelta(hours=24, minutes=5))
    assert timed.waits_end() == 1
    deliver()

    assert Run.objects.get(subject_uid=calm.uid).state == RunState.DONE
    assert Run.objects.get(subject_uid=called.uid).state == RunState.LAPSED
    assert Notice.objects.filter(code="automate.told").count() == 1


def test_what_waits_falls_away_with_the_rule(office: Office, moment: Clock) -> None:
    start = clock.now()
    rule = a_rule(office, wait_hours=1, steps=(tells(),))
    a_lead(office)
    deliver()

    rule.refresh_from_db()
    rule_turn_off(viewer=office.viewer("ops"), uid=rule.uid, version=rule.version)
    moment.at(start + dt.timedelta(hours=2))
    timed.waits_end()

    assert only_run().reason == SkipReason.SWITCHED_OFF


def test_a_firing_goes_on_by_the_version_it_began_with(office: Office) -> None:
    rule = a_rule(office, steps=(tells(text="旧的说法"),))
    a_lead(office)
    outbox.dispatch_once()  # the rule has fired; its actions are still to be done
    assert only_run().state == RunState.RUNNING

    rule.refresh_from_db()
    viewer = office.viewer("ops")
    changed = dataclasses.replace(from_json(rule.draft), steps=(tells(text="新的说法"),))
    rule = rule_define(viewer=viewer, uid=rule.uid, version=rule.version, definition=changed)
    rule_turn_on(viewer=viewer, uid=rule.uid, version=rule.version)
    deliver()
    a_lead(office)
    deliver()

    told = [notice.words["text"] for notice in Notice.objects.filter(code="automate.told").order_by("pk")]
    assert told == ["旧的说法", "新的说法"]
    assert list(Run.objects.order_by("pk").values_list("edition__number", flat=True)) == [1, 2]


def test_all_rules_stand_still_until_somebody_lets_them_run(office: Office) -> None:
    a_rule(office, steps=(sets_task(),))
    rules_halt(viewer=office.viewer("it"), reason="条件写错")
    a_lead(office)
    deliver()

    assert only_run().reason == SkipReason.HALTED
    rules_resume(viewer=office.viewer("it"))
    a_lead(office)
    deliver()

    assert Task.objects.count() == 1


def test_an_action_that_fails_is_tried_again_and_what_was_done_stays_done_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: Clock
) -> None:
    a_rule(office, steps=(sets_task(), tells()))
    a_lead(office)

    def broken(*_given: Any, **_more: Any) -> int:
        raise RuntimeError("the wire is cut")

    with monkeypatch.context() as patched:
        patched.setattr(messages, "tell", broken)
        deliver()
    failed = only_run()
    outcome = failed.steps.get(place=1).outcome
    moment.at(clock.now() + dt.timedelta(minutes=20))
    deliver()

    assert failed.state == RunState.FAILED
    assert "the wire is cut" in outcome
    assert only_run().state == RunState.DONE
    assert Task.objects.count() == 1
    assert Notice.objects.filter(code="automate.told").count() == 1


def test_a_draft_with_faults_is_not_put_in_force(office: Office) -> None:
    for says in (
        {"steps": ()},
        {"steps": (Step("nonsense"),)},
        {"steps": (Step("task", {"to": ["owner"]}),)},
        {"where": "all(nothing.is(1))", "steps": (tells(),)},
        {"wait_hours": 10_000, "steps": (tells(),)},
    ):
        rule = a_rule(office, is_on=False, **says)

        with pytest.raises(RuleIncomplete) as refused:
            rule_turn_on(viewer=office.viewer("ops"), uid=rule.uid, version=rule.version)

        assert refused.value.data["problems"]
        assert Rule.objects.get(pk=rule.pk).state == RuleState.DRAFT


def test_a_rule_about_records_that_its_owner_does_not_read_is_not_put_in_force(office: Office) -> None:
    rule = a_rule(office, "it", is_on=False, steps=(tells(),))

    with pytest.raises(RuleIncomplete):
        rule_turn_on(viewer=office.viewer("it"), uid=rule.uid, version=rule.version)


def test_history_and_samples_set_nothing_off(office: Office) -> None:
    a_rule(office, steps=(tells(),))
    with transaction.atomic():
        lead = a_lead(office)
        Delivery.objects.all().delete()
        EventRow.objects.all().delete()
        outbox.publish(
            LeadTaken(customer_id=lead.customer_id, lead_id=lead.pk, lead_uid=str(lead.uid), channel="hand",
                      inquiries=1, person_id=None, origin="import")
        )  # fmt: skip

    deliver()

    assert not Run.objects.exists()


def test_a_firing_is_tried_again_by_hand(office: Office) -> None:
    a_rule(office, steps=(tells("post:legal"),))
    a_lead(office)
    deliver()
    run = only_run()
    assert run.state == RunState.REFUSED  # nobody of legal sees leads

    doing.run_again(viewer=office.viewer("ops"), uid=run.uid, version=run.version)
    deliver()

    assert only_run().state == RunState.REFUSED
    assert only_run().steps.get().tries == 2


def grades(grade: str) -> Step:
    return Step("do:act:grade", {"grade": [grade], "reason": ["规则"]})


def limited(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    """The policy with other numbers, for as long as the test lasts."""
    own = dataclasses.replace(current().get(RulesPolicy), **values)

    class Set:
        def get(self, cls: type) -> Any:
            return own if cls is RulesPolicy else current().get(cls)

    monkeypatch.setattr(hearing, "current", Set)
    monkeypatch.setattr(timed, "current", Set)
