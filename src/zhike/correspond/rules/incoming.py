"""Reading a message that came in: who wrote, what, which message it answers, and whether a machine wrote it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

from zhike.correspond.policy import ReceivingPolicy

_TOKEN = re.compile(r"ZK-([A-Z2-7]{8})(?![A-Z2-7])")
_MAIL_ID = re.compile(r"<[^<>\s]{3,180}>")
_UNSUBSCRIBE = re.compile(r"\s*(unsubscribe|退订)", re.IGNORECASE)
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+@-]|$)", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
# What runs when it is opened; noted and never kept.
_HARMFUL = frozenset(
    {
        *("ade", "app", "apk", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "docm", "exe", "hta", "iso", "jar"),
        *("js", "jse", "lnk", "mdb", "msc", "msi", "msp", "pif", "pptm", "ps1", "reg", "scr", "sh", "sys", "vb"),
        *("vbe", "vbs", "wsf", "xlsm", "xll"),
    }
)


@dataclass(frozen=True)
class Attachment:
    """What hung on a message: its kind and size. Names of files are not kept, people write names into them."""

    kind: str
    size: int
    is_dangerous: bool


@dataclass(frozen=True)
class Bounce:
    """What a report says about a message of ours."""

    mail_id: str
    code: str  # as in RFC 3463: 5.1.1


@dataclass(frozen=True)
class Incoming:
    """A message as it was read. ``answers`` are message ids it names, the nearest first; ``token`` is ours or empty."""

    address: str
    name: str
    subject: str
    text: str
    mail_id: str
    answers: tuple[str, ...] = ()
    token: str = ""
    at: dt.datetime | None = None
    is_machine_made: bool = False
    is_unsubscribing: bool = False
    bounces: tuple[Bounce, ...] = ()
    is_report: bool = False
    loops: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())


def read(content: bytes, policy: ReceivingPolicy, *, is_whole: bool = True) -> Incoming:
    """Read a message, whatever it is: what cannot be understood is left empty, nothing raises."""
    message = message_from_bytes(content, policy=default)
    name, address = parseaddr(_header(message, "From"))
    subject = " ".join(_header(message, "Subject").split())
    token = _TOKEN.search(subject)
    is_report = message.get_content_type() == "multipart/report"
    return Incoming(
        address=address.strip().lower()[:200],
        name=name.strip()[:64],
        subject=subject[:200],
        text=_text(message)[: policy.text_most_characters] if is_whole else "",
        mail_id=_ids(message, "Message-ID")[0] if _ids(message, "Message-ID") else "",
        answers=tuple(dict.fromkeys([*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))])),
        token=token.group(1) if token else "",
        at=_moment(message),
        is_machine_made=_is_machine_made(message, address),
        is_unsubscribing=_UNSUBSCRIBE.match(subject) is not None,
        bounces=tuple(_bounces(message)) if is_report else (),
        is_report=is_report,
        loops=tuple(a.lower() for _n, a in getaddresses([str(v) for v in message.get_all("X-Loop", [])])),
        attachments=tuple(_attachments(message))[: policy.attachments_most] if is_whole else (),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, TypeError, IndexError, AttributeError):  # the standard library stumbles over broken headers
        return ""


def _ids(message: EmailMessage, name: str) -> list[str]:
    return _MAIL_ID.findall(_header(message, name))


def _moment(message: EmailMessage) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def _is_machine_made(message: EmailMessage, address: str) -> bool:
    """RFC 3834 and what was used before it: nothing that a person waits behind."""
    submitted = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if _header(message, "Precedence").strip().lower() in _BULK or message.get("List-Id") is not None:
        return True
    if message.get("X-Autoreply") is not None or _header(message, "Return-Path").strip() == "<>":
        return True
    return _MACHINES.match(address) is not None


def _bounces(message: EmailMessage) -> list[Bounce]:
    """Messages of ours that a delivery report (RFC 3464) says have failed; delays are no failures."""
    code, mail_ids = "", []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            code = code or _failure(part)
        elif kind == "message/rfc822":
            inner: Any = part.get_payload()
            mail_ids += _ids(inner[0], "Message-ID") if isinstance(inner, list) and inner else []
        elif kind == "text/rfc822-headers":
            mail_ids += _MAIL_ID.findall(_content(part).partition("Message-ID:")[2].partition("\n")[0])
    return [Bounce(mail_id, code) for mail_id in dict.fromkeys(mail_ids)] if code else []


def _failure(part: Any) -> str:
    blocks = part.get_payload() if isinstance(part.get_payload(), list) else []
    for block in blocks:
        if str(block.get("Action", "")).strip().lower() == "failed":
            return str(block.get("Status", "5.0.0")).strip()[:20] or "5.0.0"
    return ""


def _text(message: EmailMessage) -> str:
    try:
        part = message.get_body(("plain", "html"))
    except (ValueError, TypeError, AttributeError, KeyError):
        return ""
    if part is None:
        return ""
    content = _content(part)
    return _plain(content) if part.get_content_type() == "text/html" else content.replace("\r\n", "\n").strip()


def _content(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, TypeError, AttributeError):  # an unknown charset or a broken encoding
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _attachments(message: EmailMessage) -> list[Attachment]:
    found = []
    try:
        parts = list(message.iter_attachments())
    except (ValueError, TypeError, AttributeError, KeyError):
        return []
    for part in parts:
        raw = part.get_payload(decode=True)
        size = len(raw) if isinstance(raw, bytes) else 0
        ending = (part.get_filename() or "").rpartition(".")[2].lower()
        found.append(Attachment(part.get_content_type()[:80], size, ending in _HARMFUL))
    return found


class _Reader(HTMLParser):
    """The words of a page of HTML, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style", "head"}
        if tag in {"br", "p", "div", "tr", "li"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"}:
            self._hidden = max(self._hidden - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _plain(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
