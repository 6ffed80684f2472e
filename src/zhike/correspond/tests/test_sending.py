"""Messages leave for a real mail server on this machine: once, with names, after retries, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.comply.public import consent_record, consent_withdraw
from zhike.correspond.models import Message, MessageState
from zhike.correspond.policy import SendingPolicy
from zhike.correspond.rules.backoff import wait_minutes
from zhike.correspond.services import sending
from zhike.correspond.services.acting import NotFailed, NotQueued, message_again, message_cancel
from zhike.correspond.services.stop import sending_allow, sending_stop
from zhike.correspond.services.writing import message_write, queued
from zhike.correspond.tests.conftest import Post
from zhike.customers.models import Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Clock, Office
from zhike.foundation import messages
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.messages.policy import GatePolicy
from zhike.foundation.policies.load import load_defaults

pytestmark = pytest.mark.django_db
NUMBERS = load_defaults().get(SendingPolicy)
GATE = load_defaults().get(GatePolicy)
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=clock.ZONE)


def a_firm(office: Office, **values: Any) -> Customer:
    return office.firm("manager one", **({"email": "office@firm.example"} | values))


def write(office: Office, customer: Customer, who: str = "manager one", **values: Any) -> Message:
    given = {"subject": "交货日期", "body": "{name}，您好：定在周五。"} | values
    return message_write(viewer=office.viewer(who), customer=customer.uid, **given)


def automatic(customer: Customer, key: str, purpose: str = "marketing") -> Message:
    return queued(
        viewer=system("birthday"), customer_id=customer.pk, contact_id=None, subject="生日快乐", body="祝您生日快乐",
        purpose=purpose, is_automatic=True, key=key,
    )  # fmt: skip


def consent(office: Office, customer: Customer) -> None:
    consent_record(viewer=office.viewer("manager one"), customer_uid=customer.uid, channel="visit", how="signed")


def now(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_a_message_to_a_contact_arrives_with_the_whole_name_and_stays_masked_here(office: Office, post: Post) -> None:
    customer = a_firm(office)
    contact = contact_create(
        viewer=office.viewer("manager one"), customer_uid=customer.uid, name="王建国", email="wang.jg@firm.example"
    )
    message = write(office, customer, contact=contact.uid)

    assert sending.messages_send() == {"sent": 1}

    assert post.recipients == ["wang.jg@firm.example"]
    arrived = post.received[0]
    assert "王建国，您好" in arrived.get_content()
    assert arrived["Message-ID"] == message.mail_id
    assert arrived["Subject"] == f"交货日期 [ZK-{message.thread}]"
    kept = now(message)
    assert kept.state == MessageState.SENT
    assert "王建国" not in kept.body + kept.subject + kept.address
    assert kept.address == "wa****@firm.example"


def test_what_has_left_does_not_leave_again(office: Office, post: Post) -> None:
    write(office, a_firm(office))

    assert sending.messages_send() == {"sent": 1}
    assert sending.messages_send() == {}
    assert len(post.received) == 1


def test_a_worker_that_dies_before_the_words_loses_nothing_and_after_them_repeats_nothing(
    office: Office, post: Post, moment: Clock
) -> None:
    moment.at(NOON)
    before, after = write(office, a_firm(office)), write(office, a_firm(office))
    for message in (before, after):
        assert sending._claimed(message.pk)  # and then the worker is gone
    sending._handing(after)
    assert sending.messages_send() == {}  # somebody may still be at it

    moment.at(NOON + dt.timedelta(minutes=NUMBERS.lease_minutes + 1))
    assert sending.messages_send() == {"sent": 1}

    assert now(before).state == MessageState.SENT
    assert (now(after).state, now(after).error) == (MessageState.FAILED, sending.IN_DOUBT)
    assert [mail["Message-ID"] for mail in post.received] == [before.mail_id]


def test_when_the_connection_breaks_after_the_words_it_is_in_doubt_and_a_person_decides(
    office: Office, post: Post
) -> None:
    message = write(office, a_firm(office))
    post.drops = True

    assert sending.messages_send() == {"failed": 1}

    assert now(message).error == sending.IN_DOUBT
    post.drops = False
    assert sending.messages_send() == {}
    kept = now(message)
    message_again(viewer=office.viewer("manager one"), uid=kept.uid, version=kept.version)
    assert sending.messages_send() == {"sent": 1}
    assert {mail["Message-ID"] for mail in post.received} == {message.mail_id}


def test_a_server_that_asks_to_wait_is_asked_again_with_doubling_pauses(
    office: Office, post: Post, moment: Clock
) -> None:
    moment.at(NOON)
    message = write(office, a_firm(office))
    post.answer_rcpt = "451 try again later"
    assert sending.messages_send() == {"queued": 1}
    assert sending.messages_send() == {}  # not before the pause is over

    moment.at(NOON + dt.timedelta(minutes=NUMBERS.retry_minutes, seconds=5))
    post.answer_rcpt = ""
    assert sending.messages_send() == {"sent": 1}
    assert now(message).tries == 2


def test_the_pauses_double_up_to_the_longest_and_then_it_is_given_up() -> None:
    pauses = [wait_minutes(tries, NUMBERS) for tries in range(1, NUMBERS.tries_max)]

    assert pauses[:3] == [NUMBERS.retry_minutes, NUMBERS.retry_minutes * 2, NUMBERS.retry_minutes * 4]
    assert max(pause for pause in pauses if pause is not None) <= NUMBERS.retry_longest_minutes
    assert wait_minutes(NUMBERS.tries_max, NUMBERS) is None


def test_an_address_that_is_refused_bounces_at_once_and_the_writer_is_told(office: Office, post: Post) -> None:
    message = write(office, a_firm(office))
    post.answer_rcpt = "550 no such user"

    assert sending.messages_send() == {"bounced": 1}

    assert now(message).error == "smtp_550"
    notice = messages.notices_of(office.viewer("manager one")).get(code="message.failed")
    assert notice.link == f"/messages/{message.uid}/"


def test_without_a_server_messages_wait(office: Office, settings: Any) -> None:
    message = write(office, a_firm(office))

    assert sending.messages_send() == {}
    settings.MAIL_SMTP_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1?tls=none", "service@zhike.example"
    assert sending.messages_send() == {"unreachable": 1}
    assert (now(message).state, now(message).error) == (MessageState.QUEUED, "unreachable")


@pytest.mark.requirement("AUTO-08", proof="rule")
@pytest.mark.requirement("SEC-03", proof="rule")
def test_d4_23_consent_withdrawn_birthday_comes_nothing_is_sent_reason_logged(office: Office, post: Post) -> None:
    customer = a_firm(office)
    consent(office, customer)
    consent_withdraw(viewer=office.viewer("manager one"), customer_uid=customer.uid, channel="phone")

    message = automatic(customer, "birthday 2026")

    assert message.state == MessageState.REFUSED
    assert [reason["code"] for reason in message.reasons] == ["consent_withdrawn"]
    assert sending.messages_send() == {}
    assert post.received == []


def test_consent_that_is_withdrawn_while_a_message_waits_stops_it(office: Office, post: Post, moment: Clock) -> None:
    moment.at(NOON.replace(hour=GATE.quiet_from_hour))
    customer = a_firm(office)
    consent(office, customer)
    message = automatic(customer, "birthday 2026")
    assert message.state == MessageState.QUEUED
    assert clock.local(message.next_at).hour == GATE.quiet_until_hour
    assert sending.messages_send() == {}

    consent_withdraw(
        viewer=office.viewer("manager one"), customer_uid=customer.uid, channel="phone", purposes=["marketing"]
    )
    moment.at(NOON + dt.timedelta(days=1))
    assert sending.messages_send() == {"refused": 1}
    assert post.received == []
    assert now(message).reasons[0]["code"] == "consent_withdrawn"


@pytest.mark.requirement("AUTO-08", proof="rule")
def test_the_cap_and_the_same_occasion_hold_back_what_nobody_wrote_by_hand(office: Office, moment: Clock) -> None:
    moment.at(NOON)
    customer = a_firm(office)
    consent(office, customer)
    said = [automatic(customer, f"occasion {number}").state for number in range(GATE.cap_count)]
    assert set(said) == {MessageState.QUEUED}

    again = automatic(customer, "occasion 0")
    assert [reason["code"] for reason in again.reasons] == ["duplicate", "cap_reached"]
    moment.at(NOON + dt.timedelta(days=GATE.cap_days, minutes=1))
    assert automatic(customer, "occasion 0").state == MessageState.QUEUED


def test_a_wish_of_the_customer_holds_for_its_kind_until_it_is_lifted(office: Office) -> None:
    customer = a_firm(office)
    consent(office, customer)
    stop = sending_stop(viewer=office.viewer("manager one"), customer=customer.uid, reason="电话中说明")

    assert automatic(customer, "a").reasons[0]["code"] == "stopped"
    assert write(office, customer).state == MessageState.QUEUED  # service is another kind
    sending_allow(viewer=office.viewer("manager one"), uid=stop.uid, version=stop.version)
    assert automatic(customer, "a").state == MessageState.QUEUED
    sending_stop(viewer=office.viewer("manager one"), customer=customer.uid, what="all")
    assert write(office, customer, body="另一封").reasons[0]["code"] == "stopped"


def test_a_message_is_taken_back_only_while_it_waits(office: Office, post: Post) -> None:
    viewer = office.viewer("manager one")
    first, second = write(office, a_firm(office)), write(office, a_firm(office))

    message_cancel(viewer=viewer, uid=first.uid, version=first.version)
    assert sending.messages_send() == {"sent": 1}
    second = now(second)
    with pytest.raises(NotQueued):
        message_cancel(viewer=viewer, uid=second.uid, version=second.version)
    with pytest.raises(NotFailed):
        message_again(viewer=viewer, uid=second.uid, version=second.version)
    assert now(first).state == MessageState.CANCELLED


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"subject": "  "}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "{nmae}，您好"}, "body"),
        ({"body": "还有 {days} 天"}, "body"),
        ({"subject": "a\nBcc: x@y.example"}, "subject"),
        ({"purpose": "sharing"}, "purpose"),
    ],
)
def test_words_that_would_embarrass_are_refused(office: Office, words: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(office, a_firm(office), **words)

    assert list(refused.value.data["fields"]) == [field]
