"""What people see and do: writing to a customer, what may be sent and why not, templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zhike.comply.public import consent_record, consent_withdraw
from zhike.correspond.models import Message, MessageState, Template
from zhike.correspond.services import sending
from zhike.correspond.tests.conftest import Post
from zhike.customers.models import Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.testing import signed_in, text_of
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(office: Office) -> Any:
    """A browser of a member of staff by short name."""

    def browser(name: str) -> Any:
        Person.objects.filter(pk=office.person(name)).update(must_change_password=False, language="en")
        return signed_in(Person.objects.get(pk=office.person(name)))

    return browser


def a_firm(office: Office) -> Customer:
    return office.firm("manager one", name="杭州岚山精密有限公司", email="office@firm.example")


@pytest.mark.requirement("PLAT-04", proof="user")
def test_a_representative_writes_to_a_contact_and_the_timeline_shows_it_at_once(
    office: Office, page_of: Any, post: Post
) -> None:
    customer = a_firm(office)
    contact = contact_create(
        viewer=office.viewer("manager one"), customer_uid=customer.uid, name="王建国", email="wang@firm.example"
    )
    browser = page_of("service")
    form = text_of(browser.get(f"/messages/new/?customer={customer.uid}"))
    assert "{name} is the addressee" in form
    assert 'type="submit">Send</button>' in form

    answer = browser.post(
        "/messages/new/",
        {"customer": str(customer.uid), "contact": str(contact.uid), "purpose": "service", "subject": "交货日期",
         "body": "{name}，您好：定在周五，电话 13812345678。"},
        follow=True,
    )  # fmt: skip

    page = text_of(answer)
    assert "Queued" in page
    assert "王**，您好" in page
    assert "138****5678" in page
    assert "王建国" not in page
    timeline = text_of(browser.get(f"/customers/{customer.uid}/"))
    assert "E-mail written" in timeline
    assert "交货日期" in timeline
    sending.messages_send()
    assert post.recipients == ["wang@firm.example"]
    assert "王建国，您好" in post.received[0].get_content()
    assert "E-mail sent" in text_of(browser.get(f"/customers/{customer.uid}/"))


@pytest.mark.requirement("AUTO-08", proof="user")
def test_the_customers_page_says_what_may_be_sent_and_why_not(office: Office, page_of: Any) -> None:
    customer, manager = a_firm(office), office.viewer("manager one")
    browser = page_of("manager one")
    foot = f"/customers/{customer.uid}/foot/"
    page = text_of(browser.get(foot))
    assert "What may be sent" in page
    assert "The customer has not consented to this purpose." in page

    consent_record(viewer=manager, customer_uid=customer.uid, channel="visit", how="signed")
    fetched = text_of(browser.get(foot, HTTP_HX_REQUEST="true"))
    assert "What may be sent" in fetched
    assert "The customer has not consented" not in fetched
    consent_withdraw(viewer=manager, customer_uid=customer.uid, channel="phone", purposes=["marketing"])
    advert = {"customer": str(customer.uid), "purpose": "marketing", "subject": "新品", "body": "新品上市"}
    refused = text_of(browser.post("/messages/new/", advert, follow=True))

    assert "Not allowed out" in refused
    assert "The customer withdrew consent on" in refused
    assert "E-mail not allowed out" in text_of(browser.get(f"/customers/{customer.uid}/"))
    kept = Entry.objects.get(action="message.refuse")
    assert json.loads(kept.after)["reasons"] == ["consent_withdrawn"]


@pytest.mark.requirement("SERV-14", proof="rule")
def test_who_wants_no_messages_gets_none_and_it_stands_on_the_page(office: Office, page_of: Any) -> None:
    customer, browser = a_firm(office), page_of("manager one")

    browser.post("/stops/new/", {"customer": str(customer.uid), "what": "all", "reason": "打电话即可"})

    page = text_of(browser.get(f"/customers/{customer.uid}/foot/"))
    assert "wants no messages" in page
    assert "The customer wants no messages of this kind this way." in page
    letter = {"customer": str(customer.uid), "purpose": "service", "subject": "合同", "body": "请查收"}
    assert "Not allowed out" in text_of(browser.post("/messages/new/", letter, follow=True))


def test_a_ticket_is_answered_by_mail_and_shows_its_messages(office: Office, page_of: Any, post: Post) -> None:
    customer = a_firm(office)
    ticket = ticket_receive(viewer=office.viewer("service"), customer=customer.uid, subject="报表无法导出")
    browser = page_of("service")

    answer = browser.post(
        f"/tickets/{ticket.uid}/do/write_mail/",
        {"subject": "工单 {number}", "body": "已修复。", "version": ticket.version},
        follow=True,
    )

    assert f"工单 {ticket.number}" in text_of(answer)
    sending.messages_send()
    assert post.received[0]["Subject"].startswith(f"工单 {ticket.number} [ZK-")
    message = Message.objects.get()
    assert (message.about_kind, message.about_uid) == ("tickets", ticket.uid)


def test_an_act_that_the_gate_stops_says_why_and_keeps_the_message(office: Office, page_of: Any) -> None:
    customer = office.firm("manager one")  # nobody knows its address
    ticket = ticket_receive(viewer=office.viewer("service"), customer=customer.uid, subject="报表无法导出")

    answer = page_of("service").post(
        f"/tickets/{ticket.uid}/do/write_mail/", {"subject": "答复", "body": "已修复。", "version": ticket.version}
    )

    assert answer.status_code == 422
    assert "There is no address for this channel." in text_of(answer)
    assert Message.objects.get().state == MessageState.REFUSED


def test_who_sees_only_the_basics_reads_no_words(office: Office, page_of: Any) -> None:
    customer = a_firm(office)
    page_of("service").post(
        "/messages/new/", {"customer": str(customer.uid), "purpose": "service", "subject": "合同", "body": "内部价格"}
    )
    message = Message.objects.get()
    office.people["planner"] = Person.objects.get(pk=office.person("counter"))
    office.people["planner"].holdings.update(post="operations_planner")

    page = text_of(page_of("planner").get(f"/messages/{message.uid}/"))

    assert "The text is shown to those who look after the customer." in page
    assert "内部价格" not in page


def test_operations_publish_a_new_version_after_a_preview_and_a_mistake_is_found(office: Office, page_of: Any) -> None:
    office.people["counter"].holdings.update(post="operations_specialist")
    browser = page_of("counter")
    form = {"code": "birthday", "title": "生日祝福", "language": "zh", "purpose": "marketing", "subject": "生日快乐",
            "body": "{name}，您好：祝您生日快乐！{sender}"}  # fmt: skip
    assert "祝您生日快乐，身体健康" in text_of(browser.get("/correspond/templates/edit/?code=birthday&language=zh"))

    preview = text_of(browser.post("/correspond/templates/edit/", form | {"preview": "1"}))
    assert "Wang Lei，您好" in preview
    wrong = browser.post("/correspond/templates/edit/", form | {"body": "{nmae}，您好"})
    assert wrong.status_code == 422
    assert "A variable in braces is not known." in text_of(wrong)
    done = browser.post("/correspond/templates/edit/", form, follow=True)

    assert "Published. Messages written before keep their words." in text_of(done)
    editions = Template.objects.filter(code="birthday", language="zh").order_by("edition")
    assert [(one.edition, one.is_current) for one in editions] == [(1, False), (2, True)]


@pytest.mark.parametrize(("who", "status"), [("service", 403), ("it", 403), ("manager one", 200)])
def test_who_words_what_customers_read(page_of: Any, who: str, status: int) -> None:
    assert page_of(who).get("/correspond/templates/edit/").status_code == status


def test_it_sees_what_is_set_without_words_or_addresses_and_tries_it(
    office: Office, page_of: Any, post: Post, settings: Any
) -> None:
    Person.objects.filter(pk=office.person("it")).update(email="it@zhike.example")
    page_of("service").post(
        "/messages/new/",
        {"customer": str(a_firm(office).uid), "purpose": "service", "subject": "合同", "body": "内部价格"},
    )
    browser = page_of("it")

    page = text_of(browser.get("/correspond/mail/"))
    assert "127.0.0.1" in page
    assert "queued" in page
    assert "office@firm.example" not in page
    assert "内部价格" not in page
    assert "Sent. Look into your mailbox." in text_of(browser.post("/correspond/mail/", follow=True))
    assert post.recipients == ["it@zhike.example"]
    settings.MAIL_SMTP_URL = "http://nowhere"
    assert "ZHIKE_SMTP_URL begins with smtp://" in text_of(browser.get("/correspond/mail/"))
