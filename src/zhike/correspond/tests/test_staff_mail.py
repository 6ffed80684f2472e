"""Members of staff get notices by mail as they want them: once, what they have not seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.correspond.tests.conftest import Post
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import messages
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.messages.policy import StaffMailPolicy
from zhike.foundation.messages.staff_mail import staff_mail_send
from zhike.foundation.obligations.ticking import tick
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import signed_in, text_of
from zhike.serve.policy import ServeClocks
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db
NUMBERS = load_defaults().get(StaffMailPolicy)
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=clock.ZONE)


@pytest.fixture
def browser(office: Office) -> Any:
    people = Person.objects.filter(pk=office.person("service"))
    people.update(must_change_password=False, language="en", email="service@staff.example")
    return signed_in(people.get())


def tell(office: Office, about: str) -> None:
    words = {"is_bounced": True, "subject": "交货日期"}
    messages.tell([office.person("service")], "message.failed", words, link="/messages/x/", about=about)


@pytest.mark.requirement("AUTO-06", proof="user")
def test_a_representative_chooses_mail_and_the_reminder_of_a_duty_comes_once(
    office: Office, browser: Any, post: Post, moment: Clock
) -> None:
    moment.at(NOON)
    assert "service@staff.example" in text_of(browser.get("/me/"))
    browser.post("/me/mail/", {"rhythm": "soon"})
    ticket_receive(viewer=office.viewer("service"), customer=office.firm("counter").uid, subject="报表无法导出")
    deliver()
    assert staff_mail_send() == 0

    hours = load_defaults().get(ServeClocks).classify_hours
    moment.at(NOON + dt.timedelta(hours=hours, minutes=1))
    tick()
    assert staff_mail_send() == 1

    mail = post.received[0]
    assert post.recipients == ["service@staff.example"]
    assert "overdue:" in mail.get_content()
    assert "/notices/" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert staff_mail_send() == 0


def test_nobody_gets_mail_unasked_nor_about_what_was_seen(office: Office, browser: Any, post: Post) -> None:
    tell(office, "one")
    assert staff_mail_send() == 0
    browser.post("/me/mail/", {"rhythm": "soon"})
    tell(office, "two")
    browser.get("/notices/")

    assert staff_mail_send() == 0
    tell(office, "three")
    assert staff_mail_send() == 1
    assert "E-mail came back" in post.received[0].get_content()
    assert "交货日期" not in post.received[0].get_content()  # words stay in the house
    browser.post("/me/mail/", {"rhythm": "off"})
    tell(office, "four")
    assert staff_mail_send() == 0


def test_the_daily_mail_comes_after_its_hour_and_once_a_day(
    office: Office, browser: Any, post: Post, moment: Clock
) -> None:
    moment.at(NOON)
    browser.post("/me/mail/", {"rhythm": "daily"})
    moment.at(NOON + dt.timedelta(minutes=5))
    tell(office, "one")
    assert staff_mail_send() == 0

    tomorrow = NOON.replace(hour=NUMBERS.daily_hour) + dt.timedelta(days=1)
    moment.at(tomorrow - dt.timedelta(minutes=1))
    assert staff_mail_send() == 0
    moment.at(tomorrow + dt.timedelta(minutes=1))
    assert staff_mail_send() == 1
    tell(office, "two")
    assert staff_mail_send() == 0


def test_a_server_that_does_not_take_the_mail_gets_it_next_time(office: Office, browser: Any, post: Post) -> None:
    browser.post("/me/mail/", {"rhythm": "soon"})
    tell(office, "one")
    post.answer_rcpt = "451 later"
    assert staff_mail_send() == 0

    post.answer_rcpt = ""
    assert staff_mail_send() == 1


def test_the_system_has_no_mailbox(office: Office) -> None:
    assert messages.staff_mail_of(system("test")) == "off"
