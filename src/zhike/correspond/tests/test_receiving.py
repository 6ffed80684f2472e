"""What customers write comes to the right customer and ticket, once; from a real IMAP server and from a folder."""

from __future__ import annotations

import imaplib
import mailbox
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from zhike.correspond.models import Message, MessageState, Stop
from zhike.correspond.services import receiving, sending
from zhike.correspond.services.writing import message_write
from zhike.correspond.tests.conftest import Post
from zhike.customers.models import Contact, Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Office, deliver
from zhike.foundation import messages
from zhike.foundation.access.models import Person
from zhike.foundation.messages.mail.fetching import NotFetched
from zhike.foundation.records.testing import signed_in, text_of
from zhike.serve.models import Ticket

pytestmark = pytest.mark.django_db
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
_DOVECOT_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail
first_valid_uid = 0
mail_uid = {user}
mail_gid = {group}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def letter(body: str = "报表还是打不开", *, sender: str = "wang@firm.example", **headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {"From": f"王建国 <{sender}>", "To": "service@zhike.example", "Subject": "报表无法导出"}
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    message["Message-ID"] = headers.get("id", f"<{abs(hash((body, sender, str(headers))))}@firm.example>")
    del message["id"]
    message.set_content(body)
    return message


def receive(message: EmailMessage) -> str:
    return receiving.message_receive(message.as_bytes())


@pytest.fixture
def customer(office: Office) -> Customer:
    return office.firm("manager one", name="杭州岚山精密有限公司", email="office@firm.example")


@pytest.fixture
def contact(office: Office, customer: Customer) -> Contact:
    viewer = office.viewer("manager one")
    return contact_create(viewer=viewer, customer_uid=customer.uid, name="王建国", email="wang@firm.example")


@pytest.fixture
def page_of(office: Office) -> Any:
    """A browser of a member of staff by short name."""

    def browser(name: str) -> Any:
        Person.objects.filter(pk=office.person(name)).update(must_change_password=False, language="en")
        return signed_in(Person.objects.get(pk=office.person(name)))

    return browser


@pytest.mark.requirement("SERV-01", proof="user")
@pytest.mark.requirement("PLAT-04", proof="user")
def test_a_contact_writes_a_ticket_opens_and_the_answer_goes_back_by_mail_and_the_thread_holds(
    office: Office, contact: Contact, customer: Customer, page_of: Any, post: Post
) -> None:
    first = letter()
    assert receive(first) == "received"
    deliver()
    ticket = Ticket.objects.get()
    assert (ticket.customer_id, ticket.contact_id, ticket.channel) == (customer.pk, contact.pk, "email")
    browser = page_of("service")
    assert "E-mail from the customer" in text_of(browser.get(f"/customers/{customer.uid}/"))

    browser.post(f"/tickets/{ticket.uid}/do/answer/", {"text": "请清空筛选再试 {1}", "version": ticket.version})
    assert sending.messages_send() == {"sent": 1}

    answer = post.received[0]
    assert answer.get_content().strip() == "请清空筛选再试 {1}"
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert answer["Subject"].startswith("Re: 报表无法导出 [ZK-")
    assert post.recipients == ["wang@firm.example"]
    again = letter("可以了，谢谢", In_Reply_To=answer["Message-ID"], Subject="Re: 报表")
    assert receive(again) == "received"
    deliver()
    assert Ticket.objects.count() == 1
    assert "可以了，谢谢" in text_of(browser.get(f"/tickets/{ticket.uid}/"))


def test_the_token_in_the_subject_holds_the_thread_where_the_ids_are_lost(
    office: Office, contact: Contact, customer: Customer, post: Post
) -> None:
    sent = message_write(viewer=office.viewer("service"), customer=customer.uid, subject="交货", body="周五")

    receive(letter("好的", Subject=f"答复: 交货 [ZK-{sent.thread}]"))

    heard = Message.objects.get(direction="in")
    assert (heard.thread, heard.customer_id, heard.contact_id) == (sent.thread, customer.pk, contact.pk)


def test_the_same_letter_is_taken_in_once(office: Office, contact: Contact) -> None:
    same = letter(id="<same@firm.example>")

    assert [receive(same), receive(same)] == ["received", "known"]
    assert Message.objects.count() == 1


def test_who_is_not_known_waits_masked_and_a_service_person_makes_a_ticket_of_it(
    office: Office, customer: Customer, page_of: Any
) -> None:
    assert receive(letter(sender="stranger@else.example")) == "unassigned"
    deliver()
    assert not Ticket.objects.exists()
    message, browser = Message.objects.get(), page_of("service")
    assert message.number in text_of(browser.get("/messages/?view=unassigned&state=unassigned"))
    page = text_of(browser.get(f"/messages/{message.uid}/"))
    assert "st****@else.example" in page
    assert "stranger@else.example" not in page
    assert "Make a ticket" in page

    browser.post(f"/messages/{message.uid}/do/to_ticket/", {"customer": str(customer.uid), "version": message.version})
    deliver()

    ticket = Ticket.objects.get()
    assert (ticket.customer_id, ticket.first_contact_id) == (customer.pk, office.person("service"))
    assert ticket.messages.count() == 1
    message = Message.objects.get()
    assert (message.state, message.about_uid) == (MessageState.RECEIVED, ticket.uid)
    again = browser.post(
        f"/messages/{message.uid}/do/to_ticket/", {"customer": str(customer.uid), "version": message.version}
    )
    assert again.status_code == 422
    assert "belongs to a record already" in text_of(again)


def test_a_stranger_becomes_a_lead_with_the_address_that_wrote(office: Office, page_of: Any) -> None:
    receive(letter("想了解报价", sender="li@new.example", Subject="询价"))
    office.people["counter"].holdings.update(post="operations_specialist")  # type: ignore[attr-defined]
    Person.objects.filter(pk=office.person("counter")).update(rights_version=1)
    message = Message.objects.get()

    # Who makes leads and writes to customers; here a member of staff with both posts.
    from zhike.foundation.access.models import PostHolding

    PostHolding.objects.create(person_id=office.person("counter"), post="counter_staff", since="2020-01-01")
    answer = page_of("counter").post(
        f"/messages/{message.uid}/do/to_lead/",
        {"kind": "firm", "name": "宁波新材有限公司", "need": "询价", "urgency": "month", "version": message.version},
    )

    assert answer.status_code in (302, 204), text_of(answer)[:2000]
    made = Contact.objects.get(customer__name="宁波新材有限公司")
    message = Message.objects.get()
    assert (message.customer_id, message.about_kind) == (made.customer_id, "leads")
    assert made.email == "li****@new.example"


def test_a_shared_address_is_nobodys_until_somebody_says_whose(office: Office, contact: Contact, page_of: Any) -> None:
    office.firm("manager one", email="wang@firm.example")
    assert receive(letter()) == "unassigned"
    message = Message.objects.get()

    page_of("service").post(
        f"/messages/{message.uid}/do/assign/",
        {"customer": str(contact.customer.uid), "contact": str(contact.uid), "version": message.version},
    )

    message = Message.objects.get()
    assert (message.customer_id, message.contact_id, message.state) == (
        contact.customer_id, contact.pk, MessageState.RECEIVED,
    )  # fmt: skip


def test_an_absence_note_opens_nothing_and_adds_nothing(
    office: Office, contact: Contact, customer: Customer, post: Post
) -> None:
    sent = message_write(viewer=office.viewer("service"), customer=customer.uid, subject="交货", body="周五")

    assert receive(letter("本人休假", Auto_Submitted="auto-replied", In_Reply_To=sent.mail_id)) == "received"
    assert receive(letter("群发广告", sender="ad@shop.example", Precedence="bulk")) == "set_aside"
    deliver()

    assert not Ticket.objects.exists()
    assert Message.objects.filter(is_machine_made=True).count() == 2


def test_what_came_round_in_a_circle_is_not_taken_in(office: Office, customer: Customer, post: Post) -> None:
    sent = message_write(viewer=office.viewer("service"), customer=customer.uid, subject="交货", body="周五")
    sending.messages_send()
    left = post.received[0]

    assert receive(left) == "loop"
    forwarded = letter("转发", X_Loop="service@zhike.example")
    assert receive(forwarded) == "loop"
    assert Message.objects.get() == sent


def test_what_comes_back_marks_the_message_and_tells_who_wrote(office: Office, customer: Customer, post: Post) -> None:
    sent = message_write(viewer=office.viewer("service"), customer=customer.uid, subject="交货", body="周五")
    sending.messages_send()
    from zhike.correspond.tests.test_incoming import REPORT

    report = REPORT.format(action="failed", kind="message/rfc822").replace("<ours@zhike.example>", sent.mail_id)

    assert receiving.message_receive(report.encode()) == "bounce"

    kept = Message.objects.get(pk=sent.pk)
    assert (kept.state, kept.error) == (MessageState.BOUNCED, "5.1.1")
    assert messages.notices_of(office.viewer("service")).filter(code="message.failed").exists()
    assert receiving.message_receive(report.encode()) == "report"  # once is enough


def test_who_answers_unsubscribe_gets_no_more_advertising(office: Office, contact: Contact, customer: Customer) -> None:
    from zhike.comply.public import consent_record

    viewer = office.viewer("manager one")
    consent_record(viewer=viewer, customer_uid=customer.uid, channel="visit", how="signed")
    advert = {"subject": "新品", "purpose": "marketing"}
    sent = message_write(viewer=viewer, customer=customer.uid, contact=contact.uid, body="新品上市", **advert)
    assert sent.state == MessageState.QUEUED

    receive(letter("", Subject=f"unsubscribe ZK-{sent.thread}"))
    deliver()

    assert Stop.objects.get().contact_id == contact.pk
    assert not Ticket.objects.exists()
    again = message_write(viewer=viewer, customer=customer.uid, contact=contact.uid, body="再次上市", **advert)
    assert [reason["code"] for reason in again.reasons] == ["stopped"]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> mailbox.Maildir:
    settings.MAIL_FOLDER = str(tmp_path / "mail")
    return mailbox.Maildir(tmp_path / "mail", create=True)


def test_a_folder_is_emptied_one_by_one_and_what_was_taken_is_not_taken_again(
    office: Office, contact: Contact, folder: mailbox.Maildir
) -> None:
    folder.add(letter("一").as_bytes())
    folder.add(letter("二", sender="stranger@else.example").as_bytes())

    assert receiving.messages_fetch() == {"received": 1, "unassigned": 1}
    assert receiving.messages_fetch() == {}
    assert Message.objects.count() == 2


def test_of_a_letter_that_is_too_large_only_the_head_is_taken_in(
    office: Office, contact: Contact, folder: mailbox.Maildir
) -> None:
    policy = receiving.current().get(receiving.ReceivingPolicy)
    folder.add(letter("x").as_bytes() + b"x\n" * policy.message_most_kib * 512)

    assert receiving.messages_fetch() == {"received": 1}

    message = Message.objects.get()
    assert (message.subject, message.body, message.error) == ("报表无法导出", "", receiving.TOO_LARGE)


def test_a_mailbox_that_is_not_there_says_so(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = str(tmp_path)
    with pytest.raises(NotFetched):
        receiving.messages_fetch()
    settings.MAIL_FOLDER, settings.MAIL_IMAP_URL = "", "imap://x:y@127.0.0.1:1?tls=none"
    with pytest.raises(NotFetched):
        receiving.messages_fetch()


@pytest.fixture
def imap(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[imaplib.IMAP4]:
    """A real IMAP server of its own on this machine: Debian's dovecot."""
    if DOVECOT is None:
        pytest.skip("dovecot is not installed")
    home = Path("/tmp") / f"zhike-dovecot-{time.monotonic_ns()}"  # short: sockets have short names
    home.mkdir(mode=0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    import grp
    import pwd

    user, group = pwd.getpwnam("dovecot").pw_name, grp.getgrnam("dovecot").gr_name
    (home / "conf").write_text(_DOVECOT_CONF.format(home=home, port=port, user=user, group=group))
    (home / "mail").mkdir()
    shutil.chown(home, user, group)
    shutil.chown(home / "mail", user, group)
    server = subprocess.Popen([DOVECOT, "-F", "-c", home / "conf"])
    try:
        client = _connected(port, server)
        settings.MAIL_IMAP_URL = f"imap://service:secret@127.0.0.1:{port}/INBOX?tls=none"
        yield client
        client.logout()
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _connected(port: int, server: subprocess.Popen[bytes]) -> imaplib.IMAP4:
    until = time.monotonic() + 30
    while True:
        try:
            client = imaplib.IMAP4("127.0.0.1", port, timeout=10)
            client.login("service", "secret")
            return client
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise


@pytest.mark.slow
def test_an_imap_server_is_read_and_what_was_taken_is_marked_seen(
    office: Office, contact: Contact, imap: imaplib.IMAP4
) -> None:
    for mail in (letter("一"), letter("二", sender="stranger@else.example")):
        imap.append("INBOX", "", imaplib.Time2Internaldate(time.time()), mail.as_bytes())

    assert receiving.messages_fetch() == {"received": 1, "unassigned": 1}
    assert receiving.messages_fetch() == {}

    imap.select("INBOX", readonly=True)
    assert imap.search(None, "SEEN")[1] == [b"1 2"]
    texts = set(Message.objects.values_list("body", flat=True))
    assert texts == {"一", "二"}


@pytest.mark.slow
def test_an_imap_password_that_is_wrong_says_so_without_the_password(
    office: Office, imap: imaplib.IMAP4, settings: Any
) -> None:
    settings.MAIL_IMAP_URL = settings.MAIL_IMAP_URL.replace("secret", "wrong-word")

    with pytest.raises(NotFetched) as fault:
        receiving.messages_fetch()
    assert "wrong-word" not in str(fault.value)
