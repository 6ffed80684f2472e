"""What correspondence hears: its own news, for the timeline at once, and notices to who wrote."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events import correspond as news
from zhike.foundation import messages
from zhike.foundation.outbox import projection

# Event → kind of the line, what of the event fills its sentence, whether it is a contact with the customer.
_LINES: dict[type[Any], tuple[str, tuple[str, ...], bool]] = {
    news.MessageQueued: ("message.queued", ("subject", "is_automatic"), False),
    news.MessageRefused: ("message.refused", ("subject", "reasons"), False),
    news.MessageSent: ("message.sent", (), True),
    news.MessageFailed: ("message.failed", ("subject", "is_bounced"), False),
    news.MessageReceived: ("message.received", ("subject",), True),
}


def _line(event: Any) -> None:
    kind, names, is_contact = _LINES[type(event)]
    words = {name: _plain(getattr(event, name)) for name in names}
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "timeline", kind, words, getattr(event, "person_id", None), "messages",
                UUID(event.message_uid), is_contact, event.uid,
            )
        ]
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


for _event in _LINES:
    projection(_event)(_line)


@projection(news.SendingStopped)
def _stopped(event: news.SendingStopped) -> None:
    _wish(event, "sending.stopped")


@projection(news.SendingAllowed)
def _allowed(event: news.SendingAllowed) -> None:
    _wish(event, "sending.allowed")


def _wish(event: Any, kind: str) -> None:
    words = {"what": event.what, "by_contact": event.contact_id is not None}
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "consent", kind, words, event.person_id, "stops",
                UUID(event.stop_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(news.MessageFailed)
def _tell_writer(event: news.MessageFailed) -> None:
    """Who wrote hears that it did not arrive."""
    link = f"/messages/{event.message_uid}/"
    words = {"is_bounced": event.is_bounced, "subject": event.subject}
    messages.tell([event.person_id], "message.failed", words, link=link, about=str(event.uid))
