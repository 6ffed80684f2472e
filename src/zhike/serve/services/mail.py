"""Mail as a channel of service: it becomes a ticket, or stands in the conversation of the ticket it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from zhike.correspond.public import About, Letter, ReceivingPolicy, message_belongs, words_received
from zhike.events.correspond import MessageReceived
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current
from zhike.serve.models import Ticket
from zhike.serve.models.ticket import Channel
from zhike.serve.services.conversation import ticket_heard
from zhike.serve.services.ticket import ticket_receive

MAIL = system("a customer wrote by mail")


def mail_heard(event: MessageReceived) -> None:
    """Put a message where it belongs, inside the caller's transaction."""
    subject, text = words_received(event.message_id)
    words = text.strip() or subject
    if event.about_kind == "tickets" and event.about_uid:
        ticket = Ticket.objects.filter(uid=UUID(event.about_uid), customer=event.customer_id, deleted_at=None).first()
        if ticket is not None and not _is_its_beginning(ticket, words):
            ticket_heard(viewer=MAIL, uid=ticket.uid, version=None, text=words, customer_id=event.customer_id)
    elif event.opens_request and not event.about_uid and current().get(ReceivingPolicy).makes_tickets:
        ticket = ticket_receive(
            viewer=MAIL, customer=event.customer_id, subject=subject, content=text, channel=Channel.EMAIL,
            contact_id=event.contact_id, received_at=min(event.at, clock.now()),
        )  # fmt: skip
        message_belongs(event.message_id, About("tickets", ticket.uid, ticket.number))


def _is_its_beginning(ticket: Ticket, words: str) -> bool:
    """Whether these words opened the ticket: somebody has just made it of the message."""
    first = ticket.messages.order_by("id").first()
    return first is not None and first.text == words


def letter_to_ticket(viewer: Viewer, letter: Letter, _answers: Mapping[str, Any]) -> tuple[int, int | None, About]:
    """Make a ticket of a message by hand: who does it is the first contact. Raises: Forbidden, Invalid."""
    if letter.customer_id is None:
        raise Invalid(fields={"customer": "required"})
    ticket = ticket_receive(
        viewer=viewer, customer=letter.customer_id, subject=letter.subject, content=letter.text,
        channel=Channel.EMAIL, contact_id=letter.contact_id, received_at=letter.at,
    )  # fmt: skip
    return letter.customer_id, letter.contact_id, About("tickets", ticket.uid, ticket.number)
