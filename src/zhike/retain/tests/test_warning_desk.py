"""Warnings from proposal to contact: proposed by the night, decided on by people, with a clock of 48 hours."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection

from zhike.customers.models import Customer, TimelineEntry
from zhike.customers.services.customer import customer_reassign
from zhike.customers.services.interaction import interaction_log
from zhike.customers.tests.office import Clock, Office, deliver, opened
from zhike.foundation import obligations, policies
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies.load import load_defaults
from zhike.retain.models import Warning
from zhike.retain.policy import ClockPolicy
from zhike.retain.services.warning import (
    Proposal,
    Proposed,
    WarningNotOpen,
    warning_dismiss,
    warning_publish,
    warnings_propose,
    warnings_publish,
)

pytestmark = pytest.mark.django_db
NIGHT = system("test night")
CLOCKS = load_defaults().get(ClockPolicy)
MONDAY_9 = dt.datetime(2026, 7, 13, 9, 0, tzinfo=clock.ZONE)
WEDNESDAY_9 = dt.datetime(2026, 7, 15, 9, 0, tzinfo=clock.ZONE)
SECOND = dt.timedelta(seconds=1)


def proposal(customer: Customer, risk: str = "high", **more: Any) -> Proposal:
    values: dict[str, Any] = {
        "main_cause": "complaints", "signals": [{"code": "complaints", "evidence": {"count": 2.0}}], "tier": "core",
        "health": 61.5, "value_at_stake_minor": 1_200_000, "currency": "CNY", "route": "success_manager",
        "model_version": "shipped",
    }  # fmt: skip
    return Proposal(customer_id=customer.pk, risk=risk, **(values | more))


def night(*proposals: Proposal, day: dt.date | None = None, run_id: int = 1) -> Proposed:
    return warnings_propose(
        viewer=NIGHT, proposals=proposals, as_of=day or clock.today() - dt.timedelta(days=1), run_id=run_id
    )


def warned(customer: Customer) -> Warning:
    return Warning.objects.filter(customer=customer).latest("id")


def published(office: Office, customer: Customer, who: str = "data") -> Warning:
    night(proposal(customer))
    made = warning_publish(viewer=office.viewer(who), uid=warned(customer).uid)
    deliver()
    return made


def near(moment: dt.datetime, wanted: dt.datetime) -> bool:
    return abs((moment - wanted).total_seconds()) < 60


@pytest.mark.requirement("RET-07", proof="rule")
def test_a_night_proposes_and_the_same_night_again_changes_nothing(office: Office) -> None:
    one, two = office.firm("seller one"), office.firm("seller two")

    first = night(proposal(one), proposal(two, "low"))
    before = list(Warning.objects.order_by("id").values())
    events = EventRow.objects.filter(name="retain.WarningProposed").count()
    again = night(proposal(one), proposal(two, "low"))

    assert (first, again) == (Proposed(2, 0, 0, 0), Proposed(0, 0, 0, 0))
    assert list(Warning.objects.order_by("id").values()) == before
    assert events == EventRow.objects.filter(name="retain.WarningProposed").count() == 2
    assert [w["owner_id"] for w in before] == [office.person("seller one"), office.person("seller two")]
    deliver()
    assert not Duty.objects.exists(), "a proposal starts no clock"


def test_a_later_night_refreshes_withdraws_and_leaves_what_is_published(office: Office) -> None:
    rises, gone, on_list = (office.firm("seller one") for _ in range(3))
    night(proposal(rises, "low"), proposal(gone), proposal(on_list, "low"))
    warning_publish(viewer=office.viewer("data"), uid=warned(on_list).uid)

    later = night(proposal(rises, "high", health=40.0), proposal(on_list, "high"), day=clock.today(), run_id=2)

    assert later == Proposed(new=0, refreshed=1, resting=0, withdrawn=1)
    assert (warned(rises).risk, warned(rises).health, warned(rises).run_id) == ("high", 40.0, 2)
    assert warned(rises).proposed_on < clock.today(), "on the list since it was first proposed"
    assert warned(gone).state == "withdrawn"
    assert (warned(on_list).state, warned(on_list).risk) == ("published", "low")
    third = night(proposal(gone), day=clock.today() + dt.timedelta(days=1), run_id=3)
    assert third.new == 1, "who comes back after a withdrawal is proposed anew"


@pytest.mark.parametrize(("days", "is_at_rest"), [(-1, True), (0, True), (1, False)])
def test_a_dismissed_warning_rests_and_then_comes_back(
    office: Office, moment: Clock, days: int, is_at_rest: bool
) -> None:
    customer = office.firm("seller one")
    moment.at(MONDAY_9)
    night(proposal(customer))
    warning_dismiss(viewer=office.viewer("data"), uid=warned(customer).uid, reason="已确认续约")
    later = MONDAY_9 + dt.timedelta(days=CLOCKS.dismissed_rest_days + days)
    moment.at(later)

    outcome = night(proposal(customer), day=later.date())

    assert outcome == (Proposed(0, 0, 1, 0) if is_at_rest else Proposed(1, 0, 0, 0))


def test_a_dismissed_warning_comes_back_at_once_when_the_risk_has_risen(office: Office) -> None:
    customer = office.firm("seller one")
    night(proposal(customer, "medium"))
    warning_dismiss(viewer=office.viewer("data"), uid=warned(customer).uid, reason="季节性")

    assert night(proposal(customer, "low"), day=clock.today()).resting == 1
    assert night(proposal(customer, "medium"), day=clock.today()).resting == 1
    assert night(proposal(customer, "high"), day=clock.today()).new == 1
    assert warned(customer).risk == "high"


def test_only_the_system_proposes(office: Office) -> None:
    with pytest.raises(Forbidden):
        warnings_propose(viewer=office.viewer("data"), proposals=[], as_of=clock.today(), run_id=1)


@pytest.mark.requirement("RET-08", proof="rule")
def test_d4_6_on_the_list_monday_9_contact_due_wednesday_9(office: Office, moment: Clock) -> None:
    """D4-6, first half: on the list Mon 09:00 → contact due Wed 09:00."""
    customer = office.firm("manager one")
    moment.at(MONDAY_9)

    warning = published(office, customer)

    (duty,) = Duty.objects.all()
    assert MONDAY_9.isoweekday() == 1
    assert near(warning.contact_due_at or clock.now(), WEDNESDAY_9)
    assert duty.due_at == warning.contact_due_at
    assert (duty.code, duty.person_id, duty.customer_id, duty.state) == (
        "B-18", office.person("manager one"), customer.pk, "open",
    )  # fmt: skip
    assert clock.local(duty.due_at).strftime("%a %H:%M") == "Wed 09:00"


@pytest.mark.requirement("RET-08", proof="rule")
def test_publishing_starts_exactly_one_duty_however_often_the_news_is_heard(office: Office) -> None:
    customer = office.firm("seller one")

    published(office, customer)
    deliver()
    with pytest.raises(WarningNotOpen):
        warning_publish(viewer=office.viewer("data"), uid=warned(customer).uid)
    night(proposal(customer), day=clock.today())
    deliver()

    assert Duty.objects.filter(code="B-18").count() == 1


@pytest.mark.requirement("RET-08", proof="rule")
def test_a_later_change_of_policy_does_not_move_a_promise(office: Office, moment: Clock) -> None:
    first, second = office.firm("seller one"), office.firm("seller one")
    moment.at(MONDAY_9)
    published(office, first)

    policies.change(office.viewer("boss"), "retain.clocks.contact_hours", 24, reason="更快")
    night(proposal(first), proposal(second))
    warning_publish(viewer=office.viewer("data"), uid=warned(second).uid)
    deliver()

    assert near(Duty.objects.get(customer_id=first.pk).due_at, MONDAY_9 + dt.timedelta(hours=CLOCKS.contact_hours))
    assert near(Duty.objects.get(customer_id=second.pk).due_at, MONDAY_9 + dt.timedelta(hours=24))
    assert warned(second).contact_due_at == Duty.objects.get(customer_id=second.pk).due_at


@pytest.mark.requirement("RET-08", proof="rule")
@pytest.mark.parametrize("kind", ["call", "visit", "meeting", "wechat"])
def test_a_talk_after_publication_is_the_contact_that_was_owed(office: Office, kind: str) -> None:
    customer = office.firm("seller one")
    published(office, customer)

    talk = interaction_log(
        viewer=office.viewer("seller one"), customer_uid=customer.uid, kind=kind, feedback="嫌价格高", mentions="price"
    )

    assert (warned(customer).state, warned(customer).contacted_at) == ("contacted", talk.at), "at once"
    deliver()
    duty = Duty.objects.get(code="B-18")
    assert (duty.state, duty.fulfilled_at, duty.is_late) == ("fulfilled", talk.at, False)
    lines = TimelineEntry.objects.filter(customer=customer).values_list("kind", flat=True)
    assert sorted(lines) == [
        "customer.created", "interaction", "retention.opened", "warning.contacted", "warning.published",
    ]  # fmt: skip


@pytest.mark.requirement("RET-08", proof="rule")
def test_what_is_no_talk_or_was_before_publication_does_not_stop_the_clock(office: Office) -> None:
    customer, other = office.firm("seller one"), office.firm("seller one")
    viewer = office.viewer("seller one")
    earlier = clock.now() - dt.timedelta(hours=1)
    published(office, customer)

    for kind in ("note", "email", "inquiry"):
        interaction_log(viewer=viewer, customer_uid=customer.uid, kind=kind, feedback="x")
    interaction_log(viewer=viewer, customer_uid=customer.uid, kind="call", feedback="昨天打过", at=earlier)
    interaction_log(viewer=viewer, customer_uid=other.uid, kind="call", feedback="别的客户")
    deliver()

    assert warned(customer).state == "published"
    assert Duty.objects.get(code="B-18").state == "open"


@pytest.mark.requirement("RET-08", proof="rule")
def test_after_48_hours_it_is_a_breach_and_the_superior_hears_of_it(office: Office, moment: Clock) -> None:
    customer = office.firm("manager one")
    moment.at(MONDAY_9)
    warning = published(office, customer)
    due = warning.contact_due_at or clock.now()

    obligations.tick(due)
    assert Duty.objects.get(code="B-18").state == "open", "the last second counts"
    obligations.tick(due + SECOND)

    duty = Duty.objects.get(code="B-18")
    assert (duty.state, duty.breached_at, duty.escalated_to_id) == ("breached", due, office.person("lead one"))
    told = set(DutyNotice.objects.filter(duty=duty).values_list("person_id", "kind"))
    assert {(office.person("manager one"), "breach"), (office.person("lead one"), "escalation")} <= told
    obligations.tick(due + SECOND)
    assert DutyNotice.objects.filter(duty=duty, kind="breach").count() == 1
    moment.at(due + dt.timedelta(hours=2))
    interaction_log(viewer=office.viewer("manager one"), customer_uid=customer.uid, kind="call", feedback="补打")
    deliver()
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == ("fulfilled", True)


def test_the_duty_follows_the_customer_to_the_new_owner(office: Office) -> None:
    customer = office.firm("seller one")
    published(office, customer)
    due = Duty.objects.get(code="B-18").due_at

    customer_reassign(viewer=office.viewer("chief"), uid=customer.uid, owner_id=office.person("seller two"))
    deliver()

    duty = Duty.objects.get(code="B-18")
    assert (duty.person_id, duty.due_at) == (office.person("seller two"), due)


def test_the_timeline_names_who_published_not_who_owes(office: Office) -> None:
    customer = office.firm("seller one")

    published(office, customer)

    line = TimelineEntry.objects.get(customer=customer, kind="warning.published")
    assert (line.actor_id, line.area) == (office.person("data"), "health")
    assert line.subject_uid == warned(customer).uid


@pytest.mark.requirement("RET-07", proof="rule")
def test_a_dismissal_needs_a_reason_and_stands_in_the_audit(office: Office) -> None:
    customer = office.firm("seller one")
    night(proposal(customer))
    viewer = office.viewer("data")

    with pytest.raises(Invalid) as refused:
        warning_dismiss(viewer=viewer, uid=warned(customer).uid, reason=" ")
    assert refused.value.data["fields"] == {"reason": "required"}
    assert warned(customer).state == "proposed"
    warning_dismiss(viewer=viewer, uid=warned(customer).uid, reason="已续约")

    assert (warned(customer).state, warned(customer).dismissed_reason) == ("dismissed", "已续约")
    assert Entry.objects.get(action="warning.dismiss").reason == "已续约"
    deliver()
    assert not Duty.objects.exists()
    with pytest.raises(WarningNotOpen):
        warning_publish(viewer=viewer, uid=warned(customer).uid)


@pytest.mark.requirement("SEC-04", proof="rule")
def test_who_may_publish(office: Office) -> None:
    customer = office.firm("seller one")
    night(proposal(customer))
    uid = warned(customer).uid
    outcomes: dict[str, type[Exception]] = {
        "seller one": Forbidden,  # owns the customer, but puts nobody on the list
        "counter": Forbidden,
        "market": Forbidden,
        "boss": Forbidden,  # approves and reads, does not edit
        "lead two": NotFound,
        "success": NotFound,
    }

    for who, refusal in outcomes.items():
        with pytest.raises(refusal):
            warning_publish(viewer=office.viewer(who), uid=uid)
        with pytest.raises(refusal):
            warning_dismiss(viewer=office.viewer(who), uid=uid, reason="x")
    with pytest.raises(NotFound):
        warning_publish(viewer=office.viewer("data"), uid=uuid.uuid4())
    assert warning_publish(viewer=office.viewer("lead one"), uid=uid).state == "published"


def test_several_are_published_at_once_and_what_others_decided_is_passed_over(office: Office) -> None:
    customers = [office.firm("seller one") for _ in range(3)]
    night(*(proposal(c) for c in customers))
    uids = [warned(c).uid for c in customers]
    warning_dismiss(viewer=office.viewer("data"), uid=uids[1], reason="x")

    assert warnings_publish(viewer=office.viewer("data"), uids=uids) == 2
    assert [warned(c).state for c in customers] == ["published", "dismissed", "published"]
    deliver()
    assert Duty.objects.count() == 2


def test_what_is_loaded_as_history_starts_no_clock_and_stops_none(office: Office) -> None:
    from zhike.customers.services.load import InteractionRow, interactions_load

    customer = office.firm("seller one")
    published(office, customer)
    at = clock.now()
    interactions_load(
        viewer=system("sample"), origin="sample",
        rows=[InteractionRow("x", customer.pk, None, "call", "out", at, "打过电话", "", "", None, "")],
    )  # fmt: skip
    deliver()

    assert (warned(customer).state, Duty.objects.get(code="B-18").state) == ("published", "open")


def _publish_in_thread(viewer: Viewer, uid: uuid.UUID, start: threading.Barrier, outcomes: list[str]) -> None:
    try:
        start.wait(10)
        warning_publish(viewer=viewer, uid=uid)
        outcomes.append("published")
    except WarningNotOpen:
        outcomes.append("refused")
    finally:
        connection.close()


@pytest.mark.requirement("RET-08", proof="rule")
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_publish_at_once_one_wins() -> None:
    office = opened()
    customer = office.firm("seller one")
    night(proposal(customer))
    start, outcomes = threading.Barrier(2), list[str]()
    people = [
        threading.Thread(target=_publish_in_thread, args=(office.viewer(who), warned(customer).uid, start, outcomes))
        for who in ("data", "lead one")
    ]

    for person in people:
        person.start()
    for person in people:
        person.join(60)

    assert sorted(outcomes) == ["published", "refused"]
    deliver()
    assert Duty.objects.filter(code="B-18").count() == 1
    assert EventRow.objects.filter(name="retain.WarningPublished").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_night_that_withdraws_waits_for_who_is_publishing() -> None:
    """A proposal published while the night looks at it stays published."""
    office = opened()
    customer = office.firm("seller one")
    night(proposal(customer))
    start, outcomes = threading.Barrier(2), list[str]()
    person = threading.Thread(
        target=_publish_in_thread, args=(office.viewer("data"), warned(customer).uid, start, outcomes)
    )

    person.start()
    start.wait(10)
    withdrawn = night(day=clock.today()).withdrawn
    person.join(60)

    assert (outcomes, withdrawn) in ((["published"], 0), (["refused"], 1))
    assert warned(customer).state == ("published" if outcomes == ["published"] else "withdrawn")
