"""Taking in a ticket, giving it its class, and passing it on."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from zhike.customers.public import contacts_listed, numbers_take
from zhike.events.serve import TicketClassified, TicketPassedOn, TicketReceived, TicketReclassified, TicketTaken
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import named
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current
from zhike.serve.models import Ticket, TicketMessage
from zhike.serve.models.message import MessageKind
from zhike.serve.models.ticket import OPEN_STATES, Channel, TicketClass, TicketState
from zhike.serve.policy import ServeClocks
from zhike.serve.refusals import AlreadyHandled, SameClass, TicketOver
from zhike.serve.rules.classes import class_of
from zhike.serve.services.writing import (
    after_hours,
    customer_number,
    held,
    made,
    now_and,
    required,
    saved,
)

ENGINEERS = ("support_engineer", "technical_team")


@transaction.atomic
def ticket_receive(
    *,
    viewer: Viewer,
    customer: UUID | int,
    subject: str,
    content: str = "",
    channel: str = "phone",
    contact_id: int | None = None,
    contact: UUID | None = None,
    received_at: dt.datetime | None = None,
) -> Ticket:
    """Take in a request: it gets a number, a proposed class, and a time until which the customer is answered.

    A member of staff who takes it in is its first contact and stays answerable; a request by the portal has none yet.
    Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.TICKETS, Level.EDIT)
    required(subject=subject)
    if channel not in Channel.values:
        raise Invalid(fields={"channel": "not_an_option"})
    now, received = now_and(received_at, "opened_at")
    customer_id = customer_number(viewer, customer)
    proposal = class_of(subject, content)
    ticket = Ticket(
        customer_id=customer_id, contact_id=contact_of(viewer, customer_id, contact or contact_id),
        number=f"GD{numbers_take('ticket')[0]:07d}", subject=subject.strip()[:200], content=content.strip(),
        channel=channel, proposed_class=proposal.ticket_class, proposed_because="、".join(proposal.because)[:200],
        first_contact_id=viewer.person_id, handler_id=viewer.person_id, awaits_answer=True, opened_at=received,
        answer_by=after_hours(received, current(now).get(ServeClocks).answer_hours),
    )  # fmt: skip
    made(
        viewer, ticket, "ticket.receive",
        {"customer_id": customer_id, "number": ticket.number, "channel": channel, "opened_at": received},
    )  # fmt: skip
    TicketMessage.objects.create(
        ticket=ticket, kind=MessageKind.INBOUND, text=ticket.content or ticket.subject, at=received
    )
    outbox.publish(
        TicketReceived(
            **about(ticket), at=now, subject=ticket.subject, channel=channel, received_at=received,
            first_contact_id=viewer.person_id, person_id=viewer.person_id,
        )
    )  # fmt: skip
    return ticket


@transaction.atomic
def ticket_classify(*, viewer: Viewer, uid: UUID, version: int, ticket_class: str) -> Ticket:
    """Confirm or change the class. A technical ticket goes to the engineer with the fewest open ones.

    Raises: NotFound, Forbidden, Stale, Invalid, TicketOver, SameClass.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    if ticket_class not in TicketClass.values:
        raise Invalid(fields={"ticket_class": "not_an_option"})
    if not ticket.is_open:
        raise TicketOver(state=ticket.state)
    if ticket.ticket_class == ticket_class:
        raise SameClass(ticket_class=ticket_class)
    now, before = clock.now(), ticket.ticket_class
    handler_id = _handler_for(ticket, ticket_class, viewer)
    after = {"ticket_class": ticket_class, "classified_at": ticket.classified_at or now, "handler_id": handler_id}
    if ticket.state == TicketState.NEW:
        after["state"] = TicketState.CLASSIFIED.value
    after |= first_contact(ticket, viewer)
    saved(viewer, ticket, "ticket.classify", after, at=now)
    tell_if_taken(ticket, after, now)
    told = about(ticket) | {"at": now, "ticket_class": ticket_class, "handler_id": handler_id}
    if before:
        outbox.publish(TicketReclassified(**told, before=before, person_id=viewer.person_id))
    else:
        was_proposed = ticket_class == ticket.proposed_class
        outbox.publish(TicketClassified(**told, was_proposed=was_proposed, person_id=viewer.person_id))
    return ticket


@transaction.atomic
def ticket_take(*, viewer: Viewer, uid: UUID, version: int) -> Ticket:
    """Work on the ticket oneself. Who is the first to take it stays answerable for it (首问负责制).

    Raises: NotFound, Forbidden, Stale, TicketOver, AlreadyHandled.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    return _moved(viewer, ticket, viewer.person_id, "", is_taking=True)


@transaction.atomic
def ticket_pass_on(*, viewer: Viewer, uid: UUID, version: int, handler: int, note: str = "") -> Ticket:
    """Give the ticket to somebody else. The first contact stays answerable until the customer has an answer.

    Raises: NotFound, Forbidden, Stale, Invalid, TicketOver, AlreadyHandled, PostsLackWork, BeyondReach.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    return _moved(viewer, ticket, named(handler, Area.TICKETS, about=ticket, field="handler").pk, note, is_taking=False)


def _moved(viewer: Viewer, ticket: Ticket, person_id: int | None, note: str, *, is_taking: bool) -> Ticket:
    if not ticket.is_open:
        raise TicketOver(state=ticket.state)
    starts_work = is_taking and ticket.state == TicketState.CLASSIFIED
    if ticket.handler_id == person_id and not starts_work:
        raise AlreadyHandled()
    now, before = clock.now(), ticket.handler_id
    after: dict[str, Any] = {"handler_id": person_id} | first_contact(ticket, viewer)
    if starts_work:
        after["state"] = TicketState.IN_PROGRESS.value
    saved(viewer, ticket, "ticket.take" if is_taking else "ticket.pass_on", after, at=now)
    tell_if_taken(ticket, after, now)
    if note.strip():
        TicketMessage.objects.create(
            ticket=ticket, kind=MessageKind.NOTE, text=note.strip(), at=now, person_id=viewer.person_id
        )
    if person_id is not None and before != person_id:
        outbox.publish(
            TicketPassedOn(
                **about(ticket), at=now, handler_before=before, handler_id=person_id,
                first_contact_id=ticket.first_contact_id, person_id=viewer.person_id,
            )
        )  # fmt: skip
    return ticket


def about(ticket: Ticket) -> dict[str, Any]:
    """What every event about a ticket carries."""
    return {
        "customer_id": ticket.customer_id,
        "ticket_id": ticket.pk,
        "ticket_uid": str(ticket.uid),
        "number": ticket.number,
    }


def first_contact(ticket: Ticket, viewer: Viewer) -> dict[str, Any]:
    """The change that makes the viewer the first contact, where there is none yet."""
    if ticket.first_contact_id is not None or viewer.person_id is None:
        return {}
    return {"first_contact_id": viewer.person_id}


def tell_if_taken(ticket: Ticket, after: dict[str, Any], at: dt.datetime) -> None:
    """Say who is answerable from now on, if that has just been decided."""
    if (person_id := after.get("first_contact_id")) is not None:
        outbox.publish(TicketTaken(customer_id=ticket.customer_id, ticket_id=ticket.pk, person_id=person_id, at=at))


def contact_of(viewer: Viewer, customer_id: int, contact: UUID | int | None) -> int | None:
    """The number of the contact, if it belongs to this customer. Raises Invalid."""
    if contact is None:
        return None
    for card in contacts_listed(viewer, customer_id):
        if contact in (card.uid, card.id):
            return card.id
    raise Invalid(fields={"contact": "not_an_option"})


def _handler_for(ticket: Ticket, ticket_class: str, viewer: Viewer) -> int | None:
    """Who works on a ticket of this class: for a technical one an engineer, else who has it or classifies it."""
    if ticket_class != TicketClass.TECHNICAL:
        return ticket.handler_id or viewer.person_id
    engineers = [person.pk for post in ENGINEERS[:1] for person in holders_of(post)]
    if ticket.handler_id in engineers or not engineers:
        return ticket.handler_id
    rows = Ticket.objects.filter(handler__in=engineers, state__in=OPEN_STATES, deleted_at=None)
    load = dict(rows.values_list("handler").annotate(open=Count("id")))
    return min(engineers, key=lambda number: (load.get(number, 0), engineers.index(number)))
