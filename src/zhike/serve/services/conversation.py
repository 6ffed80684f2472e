"""What is said about a ticket, and how it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.correspond.public import About, answer_by_mail
from zhike.events.serve import (
    CustomerWrote,
    TicketAnswered,
    TicketClosed,
    TicketRated,
    TicketReopened,
    TicketSolved,
)
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.serve.models import Article, Ticket, TicketMessage
from zhike.serve.models.article import ArticleState
from zhike.serve.models.message import MessageKind
from zhike.serve.models.ticket import Channel, TicketClass, TicketState
from zhike.serve.refusals import (
    SolutionByEngineer,
    TicketNotClassified,
    TicketNotClosed,
    TicketNotSolved,
    TicketOpen,
    TicketOver,
)
from zhike.serve.services.article import article_draft, article_used
from zhike.serve.services.ticket import ENGINEERS, about, first_contact, tell_if_taken
from zhike.serve.services.writing import held, required, saved

CUSTOMER_WROTE = "customer_wrote"  # why a ticket is open again; what they wrote stands in the conversation alone
PROBLEMS = ("known", "new", "none")


@transaction.atomic
def ticket_answer(*, viewer: Viewer, uid: UUID, version: int | None, text: str) -> Ticket:
    """Answer the customer: what the first contact owed is done.

    Raises: NotFound, Forbidden, Stale, Invalid, TicketOver.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    required(text=text)
    if not ticket.is_open:
        raise TicketOver(state=ticket.state)
    now = clock.now()
    after = _answering(viewer, ticket, text, now)
    if ticket.handler_id is None:
        after["handler_id"] = viewer.person_id
    if ticket.state == TicketState.CLASSIFIED:
        after["state"] = TicketState.IN_PROGRESS.value
    saved(viewer, ticket, "ticket.answer", after, at=now)
    _tell_answered(viewer, ticket, after, now)
    return ticket


@transaction.atomic
def ticket_note(*, viewer: Viewer, uid: UUID, version: int | None, text: str) -> Ticket:
    """Write something for colleagues only. Raises: NotFound, Forbidden, Stale, Invalid."""
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    required(text=text)
    now = clock.now()
    _said(ticket, MessageKind.NOTE, text, now, viewer)
    after = first_contact(ticket, viewer)
    saved(viewer, ticket, "ticket.note", after, at=now)
    tell_if_taken(ticket, after, now)
    return ticket


@transaction.atomic
def ticket_heard(
    *, viewer: Viewer, uid: UUID, version: int | None, text: str, customer_id: int | None = None
) -> Ticket:
    """Note what the customer added: an answer is owed again, and a ticket that was over is open again.

    ``customer_id`` names whose ticket it must be. Raises: NotFound, Forbidden, Stale, Invalid.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    if customer_id is not None and ticket.customer_id != customer_id:
        raise NotFound(uid=str(uid))
    required(text=text)
    now = clock.now()
    _said(ticket, MessageKind.INBOUND, text, now, viewer)
    if not ticket.is_open:
        return _reopened(viewer, ticket, CUSTOMER_WROTE, now)
    after = {"awaits_answer": True} | first_contact(ticket, viewer)
    saved(viewer, ticket, "ticket.heard", after, at=now)
    tell_if_taken(ticket, after, now)
    outbox.publish(CustomerWrote(**about(ticket), at=now, first_contact_id=ticket.first_contact_id))
    return ticket


@transaction.atomic
def ticket_solve(
    *, viewer: Viewer, uid: UUID, version: int, solution: str, problem: str, article: UUID | None = None
) -> Ticket:
    """Write the solution; it goes to the customer as an answer. A technical one is written by an engineer.

    ``problem`` says whether the problem was ``known`` (then ``article`` names what solved it), is ``new`` (then a draft
    of an article waits to be written), or whether there was ``none`` to learn from, as with a plain request.
    Raises: NotFound, Forbidden, Stale, Invalid, TicketOver, TicketNotClassified, SolutionByEngineer.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    _may_solve(viewer, ticket)
    required(solution=solution, problem=problem)
    is_technical = ticket.ticket_class == TicketClass.TECHNICAL
    if problem not in PROBLEMS or (problem == "none" and is_technical):
        raise Invalid(fields={"problem": "not_an_option"})
    now, solution = clock.now(), solution.strip()
    if problem == "known":
        known = _known(article)
        article_used(known)
    else:
        known = article_draft(viewer, ticket, solution, now) if problem == "new" else None
    after = _answering(viewer, ticket, solution, now) | {
        "state": TicketState.SOLVED.value, "solution": solution, "solved_at": now,
        "article_id": known.pk if known else None, "handler_id": ticket.handler_id or viewer.person_id,
    }  # fmt: skip
    saved(viewer, ticket, "ticket.solve", after, at=now)
    _tell_answered(viewer, ticket, after, now)
    outbox.publish(
        TicketSolved(
            **about(ticket), at=now, ticket_class=ticket.ticket_class, is_new_problem=problem == "new",
            article_id=ticket.article_id, person_id=viewer.person_id,
        )
    )  # fmt: skip
    return ticket


@transaction.atomic
def ticket_close(*, viewer: Viewer, uid: UUID, version: int) -> Ticket:
    """Close a solved ticket. Raises: NotFound, Forbidden, Stale, TicketNotSolved."""
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    if ticket.state != TicketState.SOLVED:
        raise TicketNotSolved(state=ticket.state)
    now = clock.now()
    saved(viewer, ticket, "ticket.close", {"state": TicketState.CLOSED.value, "closed_at": now}, at=now)
    outbox.publish(TicketClosed(**about(ticket), at=now, person_id=viewer.person_id))
    return ticket


@transaction.atomic
def ticket_reopen(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Ticket:
    """Work on a ticket again whose solution did not hold. Raises: NotFound, Forbidden, Stale, Invalid, TicketOpen."""
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    required(reason=reason)
    if ticket.is_open:
        raise TicketOpen(state=ticket.state)
    return _reopened(viewer, ticket, reason.strip()[:200], clock.now())


@transaction.atomic
def ticket_rate(
    *, viewer: Viewer, uid: UUID, version: int | None, satisfaction: int, customer_id: int | None = None
) -> Ticket:
    """Note how satisfied the service left the customer, 1 to 5.

    Raises: NotFound, Forbidden, Stale, Invalid, TicketNotClosed.
    """
    ticket = held(viewer, Ticket, Area.TICKETS, uid, version)
    if customer_id is not None and ticket.customer_id != customer_id:
        raise NotFound(uid=str(uid))
    if ticket.is_open:
        raise TicketNotClosed(state=ticket.state)
    if not 1 <= (satisfaction or 0) <= 5:
        raise Invalid(fields={"satisfaction": "not_an_option"})
    now = clock.now()
    saved(viewer, ticket, "ticket.rate", {"satisfaction": float(satisfaction)}, at=now)
    outbox.publish(TicketRated(**about(ticket), at=now, satisfaction=float(satisfaction)))
    return ticket


def _may_solve(viewer: Viewer, ticket: Ticket) -> None:
    if not ticket.is_open:
        raise TicketOver(state=ticket.state)
    if not ticket.ticket_class:
        raise TicketNotClassified()
    if ticket.ticket_class == TicketClass.TECHNICAL and not viewer.is_system and not viewer.holds(*ENGINEERS):
        raise SolutionByEngineer()


def _known(article: UUID | None) -> Article:
    if article is None:
        raise Invalid(fields={"article": "required"})
    found = Article.objects.filter(uid=article, state=ArticleState.PUBLISHED, deleted_at=None).first()
    if found is None:
        raise Invalid(fields={"article": "not_an_option"})
    return found


def _answering(viewer: Viewer, ticket: Ticket, text: str, now: dt.datetime) -> dict[str, Any]:
    """Put the answer into the conversation; returns what changes on the ticket by it."""
    _said(ticket, MessageKind.ANSWER, text, now, viewer)
    if ticket.channel == Channel.EMAIL:
        answer_by_mail(viewer=viewer, about=About("tickets", ticket.uid, ticket.number), text=text.strip())
    answer = {"awaits_answer": False, "answered_at": ticket.answered_at or now}
    return answer | first_contact(ticket, viewer)


def _tell_answered(viewer: Viewer, ticket: Ticket, after: dict[str, Any], now: dt.datetime) -> None:
    tell_if_taken(ticket, after, now)
    is_first = ticket.answered_at == now
    outbox.publish(TicketAnswered(**about(ticket), at=now, is_first=is_first, person_id=viewer.person_id))


def _reopened(viewer: Viewer, ticket: Ticket, reason: str, now: dt.datetime) -> Ticket:
    after = {
        "state": TicketState.IN_PROGRESS.value, "closed_at": None, "solved_at": None, "awaits_answer": True,
        "reopened_count": ticket.reopened_count + 1,
    }  # fmt: skip
    saved(viewer, ticket, "ticket.reopen", after, at=now, reason=reason)
    outbox.publish(
        TicketReopened(
            **about(ticket), at=now, ticket_class=ticket.ticket_class, reason=reason,
            first_contact_id=ticket.first_contact_id, handler_id=ticket.handler_id, person_id=viewer.person_id,
        )
    )  # fmt: skip
    return ticket


def _said(ticket: Ticket, kind: MessageKind, text: str, at: dt.datetime, viewer: Viewer) -> None:
    TicketMessage.objects.create(ticket=ticket, kind=kind, text=text.strip(), at=at, person_id=viewer.person_id)
