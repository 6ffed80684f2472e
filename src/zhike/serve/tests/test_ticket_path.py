"""A ticket from receipt to the article: classes, the first contact, solution, knowledge."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import translation

from zhike.customers.models import TimelineEntry
from zhike.customers.public import said
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import audit, obligations
from zhike.foundation.access.naming import PostsLackWork
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Stale
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies.load import load_defaults
from zhike.serve.models import Article, Ticket
from zhike.serve.policy import ServeClocks
from zhike.serve.refusals import (
    AlreadyHandled,
    ArticleNotDraft,
    ArticleNotPublished,
    ArticlePublished,
    SameClass,
    SolutionByEngineer,
    TicketNotClassified,
    TicketNotClosed,
    TicketNotSolved,
    TicketOpen,
    TicketOver,
)
from zhike.serve.services.article import article_discard, article_publish, article_update, article_withdraw
from zhike.serve.services.conversation import (
    ticket_answer,
    ticket_close,
    ticket_heard,
    ticket_rate,
    ticket_reopen,
    ticket_solve,
)
from zhike.serve.services.ticket import ticket_classify, ticket_pass_on, ticket_receive, ticket_take
from zhike.serve.tests.conftest import Standing

pytestmark = pytest.mark.django_db
CLOCKS = load_defaults().get(ServeClocks)
MONDAY_9 = dt.datetime(2026, 6, 1, 9, tzinfo=clock.ZONE)
SECOND = dt.timedelta(seconds=1)


def a_ticket(office: Office, who: str = "service", **values: Any) -> Ticket:
    values = {"subject": "报表无法导出", "content": "点击导出后报错"} | values
    return ticket_receive(viewer=office.viewer(who), customer=office.firm("counter").uid, **values)


def do(service: Any, office: Office, who: str, ticket: Ticket, **values: Any) -> Ticket:
    """One act by somebody who has just read the ticket."""
    version = Ticket.objects.values_list("version", flat=True).get(pk=ticket.pk)
    found: Ticket = service(viewer=office.viewer(who), uid=ticket.uid, version=version, **values)
    return found


def duty(code: str) -> Duty:
    return Duty.objects.get(code=code)


@pytest.mark.requirement("SERV-02", proof="rule")
def test_the_clocks_run_from_when_the_customer_asked_not_from_when_it_was_written_down(
    office: Office, standing: Standing
) -> None:
    asked = standing.at("2026-06-01", "09:00")
    standing.at("2026-06-01", "09:40")
    a_ticket(office, received_at=asked)
    deliver()

    assert duty("B-02").due_at == asked + dt.timedelta(hours=CLOCKS.classify_hours)
    assert duty("B-03").due_at == asked + dt.timedelta(hours=CLOCKS.answer_hours)


@pytest.mark.requirement("SERV-02", proof="rule")
@pytest.mark.parametrize(("time", "is_breach"), [("10:00", False), ("10:01", True)])
def test_d4_5_ticket_at_09_00_classified_10_00_in_time_10_01_breach(
    office: Office, standing: Standing, time: str, is_breach: bool
) -> None:
    standing.at("2026-06-01", "09:00")
    ticket = a_ticket(office)
    deliver()

    standing.at("2026-06-01", time)
    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    deliver()

    assert (duty("B-02").state, duty("B-02").is_late) == ("fulfilled", is_breach)


@pytest.mark.requirement("SERV-06", proof="rule")
def test_d4_7_problem_solved_on_the_3rd_10_00_knowledge_case_due_the_5th_10_00(
    office: Office, standing: Standing
) -> None:
    standing.at("2026-06-03", "09:00")
    ticket = a_ticket(office)
    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    due = standing.at("2026-06-05", "10:00")
    standing.at("2026-06-03", "10:00")

    do(ticket_solve, office, "engineer", ticket, solution="清空筛选后再导出", problem="new")
    deliver()

    found = duty("B-05")
    assert (found.due_at, found.person_id) == (due, office.person("engineer"))
    assert found.subject_id == Article.objects.get().pk


@pytest.mark.requirement("SERV-03", proof="rule")
def test_d4_22_first_contact_person_passes_the_ticket_on_and_stays_answerable_until_the_customer_has_an_answer(
    office: Office,
) -> None:
    ticket = a_ticket(office)
    deliver()

    do(ticket_pass_on, office, "service", ticket, handler=office.person("engineer"), note="请看日志")
    deliver()

    ticket.refresh_from_db()
    assert (ticket.first_contact_id, ticket.handler_id) == (office.person("service"), office.person("engineer"))
    assert (duty("B-03").person_id, duty("B-03").state) == (office.person("service"), "open")
    do(ticket_answer, office, "engineer", ticket, text="请清空筛选后再导出")
    deliver()
    ticket.refresh_from_db()
    assert (duty("B-03").state, duty("B-03").person_id) == ("fulfilled", office.person("service"))
    assert (ticket.awaits_answer, ticket.first_contact_id) == (False, office.person("service"))


@pytest.mark.requirement("SERV-03", proof="rule")
def test_who_takes_a_portal_request_first_owes_class_and_answer(office: Office) -> None:
    customer = office.firm("counter")
    ticket = ticket_receive(viewer=system("portal"), customer=customer.pk, subject="你好", channel="web")
    deliver()
    assert {duty("B-02").owner_source, duty("B-03").owner_source} == {"post:service_representative"}

    do(ticket_take, office, "service two", ticket)
    deliver()

    ticket.refresh_from_db()
    assert (ticket.first_contact_id, ticket.handler_id) == (office.person("service two"),) * 2
    assert {duty("B-02").person_id, duty("B-03").person_id} == {office.person("service two")}
    do(ticket_take, office, "service", ticket)
    deliver()
    ticket.refresh_from_db()
    assert (ticket.first_contact_id, ticket.handler_id) == (office.person("service two"), office.person("service"))
    assert duty("B-03").person_id == office.person("service two"), "taking over the work takes nothing off the first"


@pytest.mark.requirement("SERV-05", proof="rule")
def test_a_technical_ticket_goes_to_the_engineer_with_the_fewest_and_only_an_engineer_solves_it(
    office: Office,
) -> None:
    first, second = a_ticket(office), a_ticket(office)
    do(ticket_classify, office, "service", first, ticket_class="technical")
    do(ticket_classify, office, "service", second, ticket_class="technical")
    deliver()

    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.handler_id, second.handler_id] == [office.person("engineer"), office.person("engineer two")]
    assert Duty.objects.get(code="B-04", subject_id=second.pk).person_id == office.person("engineer two")
    with pytest.raises(SolutionByEngineer):
        do(ticket_solve, office, "service", first, solution="重启", problem="new")
    with pytest.raises(Invalid):
        do(ticket_solve, office, "engineer", first, solution="重启", problem="none")
    do(ticket_pass_on, office, "engineer", first, handler=office.person("engineer two"))
    deliver()
    assert Duty.objects.get(code="B-04", subject_id=first.pk).person_id == office.person("engineer two")
    do(ticket_solve, office, "engineer two", first, solution="重启服务", problem="new")
    deliver()
    first.refresh_from_db()
    assert (first.state, first.solution, first.awaits_answer) == ("solved", "重启服务", False)
    states = dict(Duty.objects.filter(subject_kind="ticket", subject_id=first.pk).values_list("code", "state"))
    assert states == {"B-02": "fulfilled", "B-03": "fulfilled", "B-04": "fulfilled"}


def test_another_class_calls_the_clock_of_the_solution_off_or_starts_it(office: Office) -> None:
    ticket = a_ticket(office)
    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    deliver()
    do(ticket_classify, office, "engineer", ticket, ticket_class="commercial")
    deliver()
    assert duty("B-04").state == "cancelled"
    assert Duty.objects.filter(code="B-02").count() == 1

    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    deliver()

    assert list(Duty.objects.filter(code="B-04").order_by("id").values_list("state", flat=True)) == [
        "cancelled",
        "open",
    ]


_MISSED = [
    ("B-02", "classify_hours", "service"),
    ("B-03", "answer_hours", "service"),
    ("B-04", "solve_hours", "engineer"),
    ("B-05", "knowledge_hours", "engineer"),
]


@pytest.mark.requirement("SERV-11", proof="rule")
@pytest.mark.parametrize(("code", "number", "owner"), _MISSED)
def test_a_missed_clock_reminds_breaches_and_reaches_the_superior(
    office: Office, moment: Clock, code: str, number: str, owner: str
) -> None:
    moment.at(MONDAY_9)
    ticket = a_ticket(office)
    if code in ("B-04", "B-05"):
        do(ticket_classify, office, "service", ticket, ticket_class="technical")
    if code == "B-05":
        do(ticket_solve, office, "engineer", ticket, solution="重启", problem="new")
    deliver()
    found = duty(code)
    assert abs(found.due_at - found.started_at - dt.timedelta(hours=getattr(CLOCKS, number))) < SECOND
    assert found.person_id == office.person(owner)

    obligations.tick(found.remind_at + SECOND)
    obligations.tick(found.due_at)
    assert duty(code).state == "open", "the last second counts"
    obligations.tick(found.due_at + SECOND)

    assert (duty(code).state, duty(code).escalated_to_id) == ("breached", office.person("supervisor"))
    told = set(DutyNotice.objects.filter(duty=found).values_list("person_id", "kind"))
    mine, superior = office.person(owner), office.person("supervisor")
    assert {(mine, "remind"), (mine, "breach"), (superior, "escalation")} <= told


def test_the_clock_runs_from_when_the_customer_asked_and_waiting_does_not_stop_it(office: Office) -> None:
    asked_at = clock.now() - dt.timedelta(minutes=20)
    ticket = a_ticket(office, received_at=asked_at)
    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    deliver()
    due = {d.code: d.due_at for d in Duty.objects.all()}
    assert due["B-02"] == asked_at + dt.timedelta(hours=CLOCKS.classify_hours)
    assert due["B-03"] == asked_at + dt.timedelta(hours=CLOCKS.answer_hours)

    do(ticket_answer, office, "engineer", ticket, text="请提供截图")
    deliver()

    assert (duty("B-04").state, duty("B-04").due_at) == ("open", due["B-04"])
    with pytest.raises(Invalid):
        a_ticket(office, received_at=clock.now() + dt.timedelta(minutes=5))


def test_what_the_customer_adds_starts_the_answer_clock_anew_and_opens_what_was_over(office: Office) -> None:
    ticket = a_ticket(office, subject="客服态度不好")
    do(ticket_classify, office, "service", ticket, ticket_class="experience")
    do(ticket_answer, office, "service", ticket, text="抱歉")
    deliver()
    do(ticket_heard, office, "service", ticket, text="希望有说法")
    deliver()
    assert list(Duty.objects.filter(code="B-03").order_by("id").values_list("state", flat=True)) == [
        "fulfilled",
        "open",
    ]

    do(ticket_solve, office, "service", ticket, solution="已致歉并回访", problem="none")
    do(ticket_close, office, "service", ticket)
    do(ticket_rate, office, "service", ticket, satisfaction=4)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.satisfaction, ticket.closed_at is not None) == ("closed", 4.0, True)
    do(ticket_heard, office, "service", ticket, text="又来了")
    deliver()

    ticket.refresh_from_db()
    assert (ticket.state, ticket.closed_at, ticket.reopened_count, ticket.awaits_answer) == (
        "in_progress",
        None,
        1,
        True,
    )
    assert Duty.objects.filter(code="B-03", state="open").count() == 1


def test_what_does_not_fit_is_refused_with_a_sentence_of_its_own(office: Office) -> None:
    ticket = a_ticket(office, subject="客服态度不好", content="")
    refused: list[tuple[Any, str, dict[str, Any], type[Exception]]] = [
        (ticket_solve, "service", {"solution": "x", "problem": "none"}, TicketNotClassified),
        (ticket_close, "service", {}, TicketNotSolved),
        (ticket_reopen, "service", {"reason": "x"}, TicketOpen),
        (ticket_rate, "service", {"satisfaction": 5}, TicketNotClosed),
        (ticket_pass_on, "service", {"handler": office.person("service")}, AlreadyHandled),
        (ticket_pass_on, "service", {"handler": office.person("it")}, PostsLackWork),
        (ticket_pass_on, "service", {"handler": 0}, Invalid),
        (ticket_classify, "service", {"ticket_class": "other"}, Invalid),
        (ticket_answer, "service", {"text": " "}, Invalid),
        (ticket_answer, "market", {"text": "x"}, Forbidden),
        (ticket_answer, "success", {"text": "x"}, NotFound),
    ]
    for service, who, values, refusal in refused:
        with pytest.raises(refusal):
            do(service, office, who, ticket, **values)
    do(ticket_classify, office, "service", ticket, ticket_class="experience")
    with pytest.raises(SameClass):
        do(ticket_classify, office, "service", ticket, ticket_class="experience")
    with pytest.raises(Invalid):
        do(ticket_solve, office, "service", ticket, solution="x", problem="known")
    do(ticket_solve, office, "service", ticket, solution="x", problem="none")
    for service, values in ((ticket_solve, {"solution": "x", "problem": "none"}), (ticket_answer, {"text": "x"}),
                            (ticket_take, {}), (ticket_classify, {"ticket_class": "technical"})):  # fmt: skip
        with pytest.raises(TicketOver):
            do(service, office, "service two", ticket, **values)


def test_of_two_people_on_one_ticket_the_second_is_told(office: Office) -> None:
    ticket = a_ticket(office)
    do(ticket_take, office, "service two", ticket)

    with pytest.raises(Stale):
        ticket_take(viewer=office.viewer("engineer"), uid=ticket.uid, version=1)


@pytest.mark.requirement("SERV-06", proof="rule")
def test_a_new_problem_becomes_an_article_that_solves_the_next_ticket(office: Office) -> None:
    ticket, other = a_ticket(office), a_ticket(office)
    for one in (ticket, other):
        do(ticket_classify, office, "service", one, ticket_class="technical")
    do(ticket_solve, office, "engineer", ticket, solution="清空筛选后再导出", problem="new")
    article = Article.objects.get()
    assert (article.title, article.problem, article.solution) == ("报表无法导出", "点击导出后报错", "清空筛选后再导出")
    assert (article.state, article.ticket_id, article.owner_id) == ("draft", ticket.pk, office.person("engineer"))
    with pytest.raises(Invalid):
        do(ticket_solve, office, "engineer", other, solution="同上", problem="known", article=article.uid)
    with pytest.raises(ArticleNotPublished):
        article_withdraw(viewer=office.viewer("engineer"), uid=article.uid, version=1, reason="x")

    article_publish(viewer=office.viewer("engineer"), uid=article.uid, version=1)
    deliver()

    assert duty("B-05").state == "fulfilled"
    with pytest.raises(ArticlePublished):
        article_publish(viewer=office.viewer("engineer"), uid=article.uid, version=2)
    do(ticket_solve, office, "engineer", other, solution="见知识库", problem="known", article=article.uid)
    article.refresh_from_db()
    assert article.used_count == 1
    deliver()
    assert Duty.objects.filter(code="B-05").count() == 1, "a known problem opens no duty"


@pytest.mark.requirement("SERV-06", proof="rule")
def test_a_ticket_solved_again_as_new_goes_on_with_its_draft(office: Office) -> None:
    ticket = a_ticket(office)
    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    do(ticket_solve, office, "engineer", ticket, solution="重启", problem="new")
    do(ticket_reopen, office, "service", ticket, reason="仍报错")

    do(ticket_solve, office, "engineer", ticket, solution="清空筛选后再导出", problem="new")
    deliver()

    article = Article.objects.get()
    assert article.solution == "清空筛选后再导出"
    assert duty("B-05").subject_id == article.pk
    article_update(viewer=office.viewer("engineer"), uid=article.uid, version=article.version, solution="分两步")
    do(ticket_reopen, office, "service", ticket, reason="又报错")
    do(ticket_solve, office, "engineer", ticket, solution="升级", problem="new")
    assert Article.objects.get().solution == "分两步", "what somebody wrote is not written over"


@pytest.mark.requirement("SERV-06", proof="user")
def test_a_draft_that_nobody_needs_is_discarded_with_a_reason_and_owes_nothing(office: Office, page_of: Any) -> None:
    ticket = a_ticket(office)
    do(ticket_classify, office, "service", ticket, ticket_class="technical")
    do(ticket_solve, office, "engineer", ticket, solution="重启", problem="new")
    deliver()
    article, engineer = Article.objects.get(), page_of("engineer")
    assert "Discard the draft" in engineer.get(f"/knowledge/{article.uid}/").content.decode()
    form = {"version": article.version, "reason": ""}
    assert engineer.post(f"/knowledge/{article.uid}/do/discard/", form).status_code == 422

    answer = engineer.post(f"/knowledge/{article.uid}/do/discard/", form | {"reason": "问题已有文章"})
    deliver()

    assert answer.status_code == 302
    article.refresh_from_db()
    assert (article.state, duty("B-05").state) == ("withdrawn", "cancelled")
    with pytest.raises(ArticleNotDraft):
        article_discard(viewer=office.viewer("engineer"), uid=article.uid, version=article.version, reason="x")


def test_every_step_stands_on_the_timeline_and_in_the_audit(office: Office) -> None:
    ticket = a_ticket(office, subject="客服态度不好")
    do(ticket_classify, office, "service", ticket, ticket_class="experience")
    do(ticket_pass_on, office, "service", ticket, handler=office.person("service two"))
    do(ticket_answer, office, "service two", ticket, text="抱歉")
    do(ticket_solve, office, "service two", ticket, solution="已致歉", problem="none")
    do(ticket_close, office, "service two", ticket)

    lines = TimelineEntry.objects.filter(customer_id=ticket.customer_id, area="tickets").order_by("id")
    assert list(lines.values_list("kind", flat=True)) == [
        "ticket.opened", "ticket.classified", "ticket.passed_on", "ticket.answered", "ticket.answered",
        "ticket.solved", "ticket.closed",
    ]  # fmt: skip
    assert {line.subject_uid for line in lines} == {ticket.uid}
    actions = set(Entry.objects.filter(object_uid=ticket.uid).values_list("action", flat=True))
    assert actions >= {"ticket.receive", "ticket.classify", "ticket.pass_on", "ticket.answer", "ticket.solve"}


def test_the_words_of_the_customer_stand_in_the_conversation_and_nowhere_else(office: Office) -> None:
    ticket = a_ticket(office)
    do(ticket_classify, office, "service", ticket, ticket_class="experience")
    do(ticket_pass_on, office, "service", ticket, handler=office.person("service two"), note="沈雨桐来电")
    do(ticket_solve, office, "service two", ticket, solution="已告知沈雨桐", problem="none")
    do(ticket_heard, office, "service", ticket, text="我是沈雨桐，请回电13700137001")
    deliver()

    ticket.refresh_from_db()
    assert ticket.is_open
    assert "沈雨桐" in ticket.messages.latest("id").text
    news = EventRow.objects.get(name="serve.TicketReopened").payload
    line = TimelineEntry.objects.get(kind="ticket.reopened")
    assert news["reason"] == line.words["reason"] == "customer_wrote"
    with translation.override("zh-hans"):
        assert said(line, "zh-hans").detail == "客户再次留言。"
    for entry in Entry.objects.filter(object_uid=ticket.uid):
        assert "沈雨桐" not in entry.before + entry.after + entry.reason
    solved = json.loads(Entry.objects.get(object_uid=ticket.uid, action="ticket.solve").after)
    assert solved["state"] == "solved"
    assert solved["solution"] == audit.digest_of({"solution": "已告知沈雨桐"})
