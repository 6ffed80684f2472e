"""What the portal may ask of the serve room, and what a customer then sees."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.tests.office import Office
from zhike.foundation.access.viewer import system
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.policies.load import load_defaults
from zhike.serve import public
from zhike.serve.models import Complaint, Ticket, TicketMessage
from zhike.serve.policy import ComplaintClocks, ServeClocks
from zhike.serve.services import complaint, conversation
from zhike.serve.services.article import article_create, article_publish

pytestmark = pytest.mark.django_db
PORTAL = system("portal")
CLOCKS = load_defaults().get(ServeClocks)
PROMISES = load_defaults().get(ComplaintClocks)


def asked(office: Office, subject: str = "无法登录系统") -> tuple[int, public.PortalTicket]:
    customer = office.firm("counter")
    made = public.ticket_receive(
        viewer=PORTAL, customer_id=customer.pk, subject=subject, content="提示密码错误", channel="web"
    )
    return customer.pk, made


def test_a_request_by_the_portal_is_shown_with_its_number_and_the_time_to_expect_an_answer(office: Office) -> None:
    customer_id, made = asked(office)

    [shown] = public.tickets_for_portal(customer_id)

    assert shown == made
    assert shown.number.startswith("GD")
    assert shown.expected_at == shown.opened_at + dt.timedelta(hours=CLOCKS.answer_hours)
    assert [(m.by_customer, m.text) for m in shown.messages] == [(True, "提示密码错误")]
    row = Ticket.objects.get()
    assert (row.first_contact_id, row.proposed_class, row.state) == (None, "technical", "new")


def test_the_customer_sees_answers_but_no_notes_of_colleagues(office: Office) -> None:
    customer_id, made = asked(office)
    viewer = office.viewer("counter")
    row = conversation.ticket_note(viewer=viewer, uid=made.uid, version=1, text="这个客户很急")
    conversation.ticket_answer(viewer=viewer, uid=made.uid, version=row.version, text="请重置密码后再试")

    [shown] = public.tickets_for_portal(customer_id)

    assert [m.text for m in shown.messages] == ["提示密码错误", "请重置密码后再试"]
    assert shown.expected_at is None


def test_a_request_that_came_in_without_a_conversation_begins_with_what_was_asked(office: Office) -> None:
    customer_id, made = asked(office)
    TicketMessage.objects.all().delete()  # as an import brings it in
    conversation.ticket_answer(viewer=office.viewer("counter"), uid=made.uid, version=1, text="请重置密码后再试")

    [shown] = public.tickets_for_portal(customer_id)

    said = [(m.by_customer, m.text) for m in shown.messages]
    assert said == [(True, "提示密码错误"), (False, "请重置密码后再试")]


def test_a_customer_who_writes_on_a_solved_ticket_opens_it_again(office: Office) -> None:
    customer_id, made = asked(office, "态度不好")
    viewer = office.viewer("counter")
    from zhike.serve.services.ticket import ticket_classify

    row = ticket_classify(viewer=viewer, uid=made.uid, version=1, ticket_class="experience")
    conversation.ticket_solve(viewer=viewer, uid=made.uid, version=row.version, solution="已道歉", problem="none")

    again = public.ticket_message_add(
        viewer=PORTAL, ticket_uid=made.uid, text="还是没人理", by_customer=True, customer_id=customer_id
    )

    assert (again.is_open, again.solution, again.messages[-1].text) == (True, "", "还是没人理")


def test_nobody_adds_to_the_ticket_or_complaint_of_another_customer(office: Office) -> None:
    _customer_id, made = asked(office)
    other = office.firm("counter").pk
    with pytest.raises(NotFound):
        public.ticket_message_add(viewer=PORTAL, ticket_uid=made.uid, text="x", by_customer=True, customer_id=other)
    with pytest.raises(Invalid):
        public.ticket_receive(
            viewer=PORTAL, customer_id=other, subject="x", content="", channel="web", contact_id=987654
        )
    assert public.tickets_for_portal(other) == []


@pytest.mark.requirement("COMP-03", proof="rule")
def test_a_complaint_tells_its_limit_shows_the_solution_once_told_and_takes_the_opinion(office: Office) -> None:
    customer = office.firm("counter")
    made = public.complaint_receive(
        viewer=PORTAL, customer_id=customer.pk, content="两天没人回电", cause="slow_response"
    )
    assert made.promised_at == made.received_at + dt.timedelta(hours=PROMISES.promise_hours)
    viewer = office.viewer("counter")
    step = {"viewer": viewer, "uid": made.uid}
    row = complaint.complaint_dispatch(**step, version=1, department=office.departments["success"].pk)
    row = complaint.complaint_investigate(
        **step, version=row.version, finding="转接遗漏", responsible_party="客服", effect_scope="一家客户"
    )
    row = complaint.complaint_resolve(**step, version=row.version, solution="专人跟进", basis="服务承诺第三条")
    assert public.complaints_for_portal(customer.pk)[0].solution == "", "not told yet"
    complaint.complaint_answer(**step, version=row.version)

    [shown] = public.complaints_for_portal(customer.pk)
    assert (shown.solution, shown.basis, shown.asks_opinion) == ("专人跟进", "服务承诺第三条", True)
    refused = public.complaint_opinion_give(
        viewer=PORTAL, complaint_uid=made.uid, is_accepted=False, text="不够", customer_id=customer.pk
    )

    assert (refused.asks_opinion, refused.solution, refused.is_open) == (False, "", True)
    assert (Complaint.objects.get().state, Complaint.objects.get().reopened_count) == ("dispatched", 1)


@pytest.mark.requirement("SERV-06", proof="rule")
def test_customers_find_public_articles_only(office: Office) -> None:
    viewer = office.viewer("counter")
    for title, is_public in (("登录提示密码错误怎么办", True), ("登录服务重启步骤", False)):
        made = article_create(viewer=viewer, title=title, problem=title, solution="见步骤")
        article_publish(viewer=viewer, uid=made.uid, version=1, is_public=is_public)
    article_create(viewer=viewer, title="登录草稿", problem="x", solution="y")

    assert [one.title for one in public.articles_public("登录")] == ["登录提示密码错误怎么办"]
    assert [one.title for one in public.articles_public("")] == ["登录提示密码错误怎么办"]
    assert public.articles_public("发票") == []
