"""A complaint from the promise to the callback, and old open issues of customers who may leave."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.events.retain import WarningPublished
from zhike.foundation import obligations, outbox
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.naming import PostsLackWork
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.policies.load import load_defaults
from zhike.serve.models import Complaint
from zhike.serve.policy import ComplaintClocks, OldMatters
from zhike.serve.refusals import (
    NoSolution,
    NotAccepted,
    NotAnswered,
    NotClosed,
    NotDispatched,
    NothingToTell,
    NotInvestigated,
    StepTaken,
)
from zhike.serve.rules.steps import WAY
from zhike.serve.services.complaint import (
    complaint_answer,
    complaint_dispatch,
    complaint_investigate,
    complaint_receive,
    complaint_resolve,
    complaint_tell,
)
from zhike.serve.services.complaint_end import complaint_call_back, complaint_close, complaint_opinion_give
from zhike.serve.services.conversation import ticket_answer
from zhike.serve.services.old_matters import old_matters_raise
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db
CLOCKS = load_defaults().get(ComplaintClocks)
OLD = load_defaults().get(OldMatters)
MONDAY_9 = dt.datetime(2026, 6, 1, 9, tzinfo=clock.ZONE)
SECOND = dt.timedelta(seconds=1)

FOUND = {"finding": "转接遗漏", "responsible_party": "客服班组", "effect_scope": "仅此一家"}
SOLVED = {"solution": "专人跟进并减免本月服务费", "basis": "服务承诺第三条"}


def a_complaint(office: Office, **values: Any) -> Complaint:
    return complaint_receive(
        viewer=office.viewer("service"), customer=office.firm("counter").uid, content="两天没人回电", **values
    )


def do(service: Any, office: Office, who: str, row: Complaint, **values: Any) -> Complaint:
    version = Complaint.objects.values_list("version", flat=True).get(pk=row.pk)
    found: Complaint = service(viewer=office.viewer(who), uid=row.uid, version=version, **values)
    return found


def brought_to(office: Office, row: Complaint, state: str) -> Complaint:
    """Take the steps up to ``state``."""
    steps: list[tuple[str, Any, str, dict[str, Any]]] = [
        ("dispatched", complaint_dispatch, "service", {"handler": office.person("engineer")}),
        ("investigated", complaint_investigate, "engineer", FOUND),
        ("resolved", complaint_resolve, "engineer", SOLVED),
        ("answered", complaint_answer, "service", {}),
        ("accepted", complaint_opinion_give, "service", {"opinion": "accepted"}),
        ("closed", complaint_close, "service", {"lessons": "转接须回执"}),
        ("called_back", complaint_call_back, "service", {"satisfaction": 5}),
    ]
    for reached, service, who, values in steps:
        if not WAY.index(row.state) < WAY.index(reached) <= WAY.index(state):
            continue
        row = do(service, office, who, row, **values)
        assert row.state == reached
    return row


@pytest.mark.requirement("COMP-03", proof="rule")
def test_the_promise_is_the_usual_one_or_the_chosen_one_and_is_stored_once(office: Office) -> None:
    usual, chosen = a_complaint(office), a_complaint(office, promise_hours=72)
    deliver()

    assert usual.promised_at == usual.received_at + dt.timedelta(hours=CLOCKS.promise_hours)
    assert chosen.promised_at == chosen.received_at + dt.timedelta(hours=72)
    due = dict(Duty.objects.filter(code="B-09").values_list("subject_id", "due_at"))
    assert due == {usual.pk: usual.promised_at, chosen.pk: chosen.promised_at}
    for hours in (0, CLOCKS.promise_hours_max + 1):
        with pytest.raises(Invalid):
            a_complaint(office, promise_hours=hours)


@pytest.mark.requirement("COMP-01", proof="rule")
def test_a_complaint_without_words_is_none(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        complaint_receive(viewer=office.viewer("service"), customer=office.firm("counter").uid, content=" ")

    assert refused.value.data["fields"] == {"content": "required"}


@pytest.mark.requirement("COMP-03", proof="rule")
def test_a_promise_is_told_once_and_the_new_one_after_a_refused_solution_again(office: Office) -> None:
    row = a_complaint(office)
    assert not row.is_promise_told, "nobody knows a number before there is one"

    row = do(complaint_tell, office, "service", row)
    assert row.is_promise_told
    with pytest.raises(NothingToTell):
        do(complaint_tell, office, "service", row)

    brought_to(office, row, "answered")
    row = do(complaint_opinion_give, office, "service", row, opinion="not_accepted", text="减免太少")
    assert not row.is_promise_told
    row = brought_to(office, do(complaint_tell, office, "service", row), "closed")
    assert row.is_promise_told
    with pytest.raises(NothingToTell):
        do(complaint_tell, office, "service", row)


@pytest.mark.requirement("COMP-02", proof="rule")
@pytest.mark.requirement("COMP-04", proof="rule")
@pytest.mark.requirement("COMP-05", proof="rule")
def test_a_complaint_goes_its_way_each_step_with_its_clock_and_line(office: Office) -> None:
    row = a_complaint(office, cause="slow_response")

    row = brought_to(office, row, "called_back")
    deliver()

    states = dict(Duty.objects.values_list("code", "state"))
    assert states == dict.fromkeys(("B-09", "B-38", "B-10", "B-11"), "fulfilled")
    assert not Duty.objects.exclude(breached_at=None).exists()
    assert (row.finding, row.basis, row.lessons, row.satisfaction) == ("转接遗漏", "服务承诺第三条", "转接须回执", 5)
    lines = TimelineEntry.objects.filter(customer_id=row.customer_id, area=Area.COMPLAINTS).order_by("id")
    assert [line.kind.removeprefix("complaint.") for line in lines] == [
        "received", "dispatched", "investigated", "resolved", "answered", "opinion", "closed", "called_back",
    ]  # fmt: skip


@pytest.mark.requirement("COMP-04", proof="rule")
def test_who_does_not_accept_gets_a_new_investigation_and_a_new_promise(office: Office) -> None:
    row = brought_to(office, a_complaint(office), "answered")
    deliver()
    with pytest.raises(Invalid):
        do(complaint_opinion_give, office, "service", row, opinion="not_accepted", text="")

    row = do(complaint_opinion_give, office, "service", row, opinion="not_accepted", text="减免太少")
    deliver()

    assert (row.state, row.reopened_count, row.opinion_text) == ("dispatched", 1, "减免太少")
    open_now = Duty.objects.get(code="B-09", state="open")
    assert open_now.due_at == row.promised_at
    assert open_now.person_id == office.person("service")
    row = brought_to(office, do(complaint_investigate, office, "engineer", row, **FOUND), "closed")
    deliver()
    assert Duty.objects.filter(code="B-09", state="fulfilled").count() == 2


def test_a_step_too_early_says_what_comes_first_and_a_step_taken_twice_says_so(office: Office) -> None:
    row = a_complaint(office)
    steps: dict[str, tuple[Any, dict[str, Any], type[Exception]]] = {
        "dispatched": (complaint_investigate, FOUND, NotDispatched),
        "investigated": (complaint_resolve, SOLVED, NotInvestigated),
        "resolved": (complaint_answer, {}, NoSolution),
        "answered": (complaint_opinion_give, {"opinion": "accepted"}, NotAnswered),
        "accepted": (complaint_close, {}, NotAccepted),
        "closed": (complaint_call_back, {"satisfaction": 5}, NotClosed),
    }
    for state, (service, values, refusal) in steps.items():
        with pytest.raises(refusal):
            do(service, office, "service", row, **values)
        row = brought_to(office, row, state)
    for service, values, _refusal in steps.values():
        if service is not complaint_call_back:
            with pytest.raises(StepTaken):
                do(service, office, "service", row, **values)


def test_who_may_handle_a_complaint(office: Office) -> None:
    row = a_complaint(office)

    with pytest.raises(Invalid):
        do(complaint_dispatch, office, "service", row)
    with pytest.raises(PostsLackWork):
        do(complaint_dispatch, office, "service", row, handler=office.person("market"))
    with pytest.raises(Forbidden):
        do(complaint_dispatch, office, "market", row, handler=office.person("engineer"))
    done = do(complaint_dispatch, office, "service", row, department=office.departments["success"].pk)
    assert (done.responsible_department_id, done.handler_id) == (office.departments["success"].pk, None)
    with pytest.raises(Stale):
        complaint_investigate(viewer=office.viewer("engineer"), uid=row.uid, version=1, **FOUND)


_MISSED = [
    ("B-38", "received", dt.timedelta(hours=CLOCKS.dispatch_hours)),
    ("B-09", "received", dt.timedelta(hours=CLOCKS.promise_hours)),
    ("B-10", "resolved", dt.timedelta(minutes=CLOCKS.feedback_minutes)),
    ("B-11", "closed", dt.timedelta(hours=CLOCKS.callback_hours)),
]


@pytest.mark.parametrize(("code", "state", "within"), _MISSED)
def test_a_missed_clock_reminds_breaches_and_reaches_the_superior(
    office: Office, moment: Clock, code: str, state: str, within: dt.timedelta
) -> None:
    moment.at(MONDAY_9)
    brought_to(office, a_complaint(office), state)
    deliver()
    found = Duty.objects.get(code=code)
    assert (found.person_id, abs(found.due_at - found.started_at - within) < SECOND) == (office.person("service"), True)

    obligations.tick(found.remind_at + SECOND)
    obligations.tick(found.due_at)
    assert Duty.objects.get(code=code).state == "open", "the last second counts"
    obligations.tick(found.due_at + SECOND)

    assert Duty.objects.get(code=code).state == "breached"
    told = set(DutyNotice.objects.filter(duty=found).values_list("person_id", "kind"))
    mine, superior = office.person("service"), office.person("supervisor")
    assert {(mine, "remind"), (mine, "breach"), (superior, "escalation")} <= told


def warned(customer_id: int, **values: Any) -> WarningPublished:
    return WarningPublished(
        customer_id=customer_id, warning_id=1, warning_uid="0" * 32, risk="high", cause="complaints", person_id=None,
        **values,
    )  # fmt: skip


@pytest.mark.requirement("RET-12", proof="rule")
def test_old_open_issues_of_a_customer_on_the_warning_list_are_answered_within_a_day(
    office: Office, moment: Clock
) -> None:
    moment.at(MONDAY_9)
    viewer, customer = office.viewer("service"), office.firm("counter")
    old = ticket_receive(viewer=viewer, customer=customer.uid, subject="对账不符")
    old_complaint = complaint_receive(viewer=viewer, customer=customer.uid, content="没人回电")
    moment.at(MONDAY_9 + dt.timedelta(days=OLD.open_days, minutes=1))
    ticket_receive(viewer=viewer, customer=customer.uid, subject="新问题")
    deliver()

    outbox.publish(warned(customer.pk))
    deliver()
    outbox.publish(warned(customer.pk))
    deliver()

    found = Duty.objects.filter(code__startswith="B-21").order_by("code")
    assert [(d.code, d.subject_id, d.person_id) for d in found] == [
        ("B-21", old.pk, office.person("service")),
        ("B-21/complaint", old_complaint.pk, found[1].person_id),
    ], "the new ticket is none of them, and a second warning starts nothing twice"
    assert abs(found[0].due_at - found[0].started_at - dt.timedelta(hours=OLD.answer_hours)) < SECOND
    old.refresh_from_db()
    ticket_answer(viewer=viewer, uid=old.uid, version=old.version, text="已更正")
    brought_to(office, old_complaint, "answered")
    deliver()
    assert set(found.values_list("state", flat=True)) == {"fulfilled"}


@pytest.mark.requirement("RET-12", proof="rule")
def test_a_missed_answer_to_an_old_issue_reaches_the_superior(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    viewer, customer = office.viewer("service"), office.firm("counter")
    ticket_receive(viewer=viewer, customer=customer.uid, subject="对账不符")
    moment.at(MONDAY_9 + dt.timedelta(days=OLD.open_days, minutes=1))
    outbox.publish(warned(customer.pk))
    deliver()

    duty = Duty.objects.get(code="B-21")
    obligations.tick(duty.due_at)
    assert Duty.objects.get(code="B-21").state == "open"
    obligations.tick(duty.due_at + SECOND)

    assert Duty.objects.get(code="B-21").state == "breached"
    assert DutyNotice.objects.filter(duty=duty, kind="escalation", person_id=office.person("supervisor")).exists()


def test_history_raises_nothing_and_only_the_system_raises(office: Office) -> None:
    customer = office.firm("counter")
    outbox.publish(warned(customer.pk, origin="sample"))
    deliver()

    assert not Duty.objects.filter(code__startswith="B-21").exists()
    with pytest.raises(Forbidden):
        old_matters_raise(viewer=office.viewer("service"), customer_id=customer.pk, at=clock.now())
    assert old_matters_raise(viewer=system("test"), customer_id=customer.pk, at=clock.now()) == 0
