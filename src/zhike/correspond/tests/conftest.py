import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from zhike.customers.tests.office import Clock, Office
from zhike.serve.tests.conftest import opened, with_service


@pytest.fixture
def office(db: None) -> Office:
    """The small enterprise, with a service team."""
    return with_service(opened())


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


class Post:
    """What a mail server took over, and what it is told to answer."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer_rcpt = ""
        self.answer_data = "250 OK"
        self.drops = False

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer_rcpt:
            return self.answer_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.drops:
            server.transport.abort()  # the words are here, the answer never comes
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        if self.answer_data.startswith("250"):
            self.received.append(message_from_bytes(content, policy=default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
        return self.answer_data

    def texts(self) -> list[str]:
        return [message.get_content() for message in self.received]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A real mail server on this machine, to which the installation hands over."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_SMTP_URL = f"smtp://127.0.0.1:{port}?tls=none"
    settings.MAIL_FROM = "岚山服务 <service@zhike.example>"
    try:
        yield handler
    finally:
        controller.stop()
