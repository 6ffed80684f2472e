"""Reading messages: pure."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.correspond.policy import ReceivingPolicy
from zhike.correspond.rules.incoming import Incoming, read
from zhike.foundation.policies.load import load_defaults

POLICY = load_defaults().get(ReceivingPolicy)


def letter(body: str = "你好", **headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {"From": "王建国 <Wang@Firm.example>", "Subject": "报价", "Message-ID": "<one@firm.example>"}
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    message.set_content(body)
    return message


def taken(message: EmailMessage) -> Incoming:
    return read(message.as_bytes(), POLICY)


def test_a_letter_is_read() -> None:
    found = taken(letter(In_Reply_To="<b@us.example>", References="<a@us.example> <b@us.example>"))

    assert (found.name, found.address, found.subject, found.text) == ("王建国", "wang@firm.example", "报价", "你好")
    assert found.mail_id == "<one@firm.example>"
    assert found.answers == ("<b@us.example>", "<a@us.example>")
    assert not found.is_machine_made


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=x"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.firm.example>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@firm.example"},
        {"From": "no-reply@firm.example"},
    ],
)
def test_what_a_machine_wrote_is_recognised(headers: dict[str, str]) -> None:
    assert taken(letter(**headers)).is_machine_made


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "no"}, {"From": "postmann@firm.example"}])
def test_what_a_person_wrote_is_not_taken_for_a_machine(headers: dict[str, str]) -> None:
    assert not taken(letter(**headers)).is_machine_made


@pytest.mark.parametrize(
    ("subject", "token"),
    [
        ("Re: 交货 [ZK-ABCDEFG2]", "ABCDEFG2"),
        ("unsubscribe ZK-ABCDEFG2", "ABCDEFG2"),
        ("ZK-ABCDEFG", ""),
        ("ZK-ABCDEFG22", ""),
        ("ZK-ABCDEFG1", ""),
    ],
)
def test_the_token_is_found_in_the_subject(subject: str, token: str) -> None:
    found = taken(letter(Subject=subject))

    assert found.token == token
    assert found.is_unsubscribing == subject.startswith("unsubscribe")


def test_a_page_of_html_is_read_as_its_words() -> None:
    message = letter()
    message.set_content("<style>p{}</style><p>你好</p><script>alert(1)</script><p>请<b>报价</b></p>", subtype="html")

    assert taken(message).text == "你好\n请报价"


def test_of_attachments_kind_and_size_are_noted_and_what_runs_is_marked() -> None:
    message = letter()
    message.add_attachment(b"x" * 10, maintype="application", subtype="pdf", filename="王建国的合同.pdf")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="photo.jpg.EXE")

    found = taken(message).attachments

    assert [(one.kind, one.size, one.is_dangerous) for one in found] == [
        ("application/pdf", 10, False),
        ("application/octet-stream", 2, True),
    ]


REPORT = """From: MAILER-DAEMON@mx.example
Message-ID: <report@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; gone@firm.example
Action: {action}
Status: 5.1.1

--b
Content-Type: {kind}

Message-ID: <ours@zhike.example>
Subject: hello

hello
--b--
"""


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_of_failure_names_our_message_and_a_delay_names_none(kind: str) -> None:
    failed = read(REPORT.format(action="failed", kind=kind).encode(), POLICY)
    delayed = read(REPORT.format(action="delayed", kind=kind).encode(), POLICY)

    assert [(one.mail_id, one.code) for one in failed.bounces] == [("<ours@zhike.example>", "5.1.1")]
    assert failed.is_report
    assert delayed.bounces == ()


@given(st.binary(max_size=2000))
def test_whatever_comes_is_read_without_a_fault(content: bytes) -> None:
    read(content, POLICY)


@given(st.text(max_size=80), st.text(max_size=80), st.binary(max_size=200))
def test_odd_headers_are_read_without_a_fault(subject: str, charset: str, body: bytes) -> None:
    head = (
        f"From: =?{charset}?B?xx?= <a@b>\r\nSubject: {subject}\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    )
    read(head.encode("utf-8", "surrogatepass") + body, POLICY)
