"""What a customer sees of their own requests and complaints, and what they may add. No staff words, no staff names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhike.foundation import search
from zhike.serve.models import Article, Complaint, Ticket, TicketMessage
from zhike.serve.models.article import ArticleState
from zhike.serve.models.message import MessageKind
from zhike.serve.services.article import KIND, texts_of

_MOST = 100


@dataclass(frozen=True)
class PortalMessage:
    """One message of a conversation as the customer reads it."""

    uid: UUID
    at: dt.datetime
    by_customer: bool
    text: str


@dataclass(frozen=True)
class PortalTicket:
    """A request as its customer sees it. ``expected_at`` is None once there is nothing to wait for."""

    uid: UUID
    version: int
    number: str
    subject: str
    state: str
    state_words: str
    is_open: bool
    opened_at: dt.datetime
    expected_at: dt.datetime | None
    solution: str
    satisfaction: float | None
    closed_at: dt.datetime | None
    messages: tuple[PortalMessage, ...]


@dataclass(frozen=True)
class PortalComplaint:
    """A complaint as its customer sees it. ``asks_opinion`` says that the customer is to accept the solution or not,
    ``asks_mark`` that a closed one waits for how satisfied the customer is."""

    uid: UUID
    version: int
    number: str
    content: str
    state: str
    state_words: str
    is_open: bool
    received_at: dt.datetime
    promised_at: dt.datetime | None
    solution: str
    basis: str
    asks_opinion: bool
    opinion: str
    asks_mark: bool
    satisfaction: int | None


@dataclass(frozen=True)
class PortalArticle:
    """A knowledge article for customers."""

    uid: UUID
    title: str
    problem: str
    solution: str


def tickets_for_portal(customer_id: int) -> list[PortalTicket]:
    """The requests of a customer, the newest first, at most a hundred. The caller knows who is asking."""
    rows = Ticket.objects.filter(customer_id=customer_id, deleted_at=None).order_by("-opened_at", "-id")[:_MOST]
    tickets = list(rows)
    said = _messages([ticket.pk for ticket in tickets])
    return [ticket_shown(ticket, said.get(ticket.pk, [])) for ticket in tickets]


def ticket_shown(ticket: Ticket, messages: Sequence[TicketMessage] | None = None) -> PortalTicket:
    """One request as its customer sees it."""
    said = _messages([ticket.pk]).get(ticket.pk, []) if messages is None else messages
    return PortalTicket(
        uid=ticket.uid, version=ticket.version, number=ticket.number, subject=ticket.subject, state=ticket.state,
        state_words=_ticket_words(ticket), is_open=ticket.is_open, opened_at=ticket.opened_at,
        expected_at=ticket.answer_by if ticket.awaits_answer and ticket.is_open else None,
        solution="" if ticket.is_open else ticket.solution, satisfaction=ticket.satisfaction,
        closed_at=ticket.closed_at or ticket.solved_at,
        messages=_conversation(ticket, said),
    )  # fmt: skip


def _conversation(ticket: Ticket, said: Sequence[TicketMessage]) -> tuple[PortalMessage, ...]:
    """What was written; a request that was taken in by telephone begins with what was asked."""
    shown = tuple(PortalMessage(m.uid, m.at, m.kind == MessageKind.INBOUND, m.text) for m in said)
    if any(message.by_customer for message in shown) or not ticket.content.strip():
        return shown
    return (PortalMessage(ticket.uid, ticket.opened_at, True, ticket.content), *shown)


def complaints_for_portal(customer_id: int) -> list[PortalComplaint]:
    """The complaints of a customer, the newest first, at most a hundred. The caller knows who is asking."""
    rows = Complaint.objects.filter(customer_id=customer_id, deleted_at=None).order_by("-received_at", "-id")[:_MOST]
    return [complaint_shown(complaint) for complaint in rows]


def complaint_shown(complaint: Complaint) -> PortalComplaint:
    """One complaint as its customer sees it: the solution only once it was told."""
    is_told = complaint.answered_at is not None and complaint.state in ("answered", "accepted", "closed", "called_back")
    return PortalComplaint(
        uid=complaint.uid, version=complaint.version, number=complaint.number, content=complaint.content,
        state=complaint.state, state_words=_complaint_words(complaint), is_open=complaint.is_open,
        received_at=complaint.received_at, promised_at=complaint.promised_at,
        solution=complaint.solution if is_told else "", basis=complaint.basis if is_told else "",
        asks_opinion=complaint.state == "answered", opinion=complaint.opinion,
        asks_mark=complaint.state == "closed", satisfaction=complaint.satisfaction,
    )  # fmt: skip


def articles_public(words: str, most: int = 10) -> list[PortalArticle]:
    """Public articles that the words find; without words the most used ones."""
    rows = Article.objects.filter(state=ArticleState.PUBLISHED, is_public=True, deleted_at=None)
    rows = rows.order_by("-used_count", "-id")
    if words.strip():
        found = search.candidates(KIND, words[:100]).first(rows, 0, 4 * most)
        articles = Article.objects.in_bulk(found)
        chosen = [articles[pk] for pk in found if search.matches(list(texts_of(articles[pk])), words)][:most]
    else:
        chosen = list(rows[:most])
    return [PortalArticle(one.uid, one.title, one.problem, one.solution) for one in chosen]


def _messages(ticket_ids: Sequence[int]) -> dict[int, list[TicketMessage]]:
    found: dict[int, list[TicketMessage]] = {}
    rows = TicketMessage.objects.filter(ticket__in=ticket_ids).exclude(kind=MessageKind.NOTE).order_by("id")
    for message in rows:
        found.setdefault(message.ticket_id, []).append(message)
    return found


def _ticket_words(ticket: Ticket) -> str:
    if ticket.state == "closed":
        return _("Done")
    if ticket.state == "solved":
        return _("Solved. Tell us if it is not.")
    if ticket.state == "new":
        return pgettext("portal", "Received")
    return _("We are working on it") if ticket.awaits_answer else _("Answered")


def _complaint_words(complaint: Complaint) -> str:
    return {
        "received": pgettext("portal", "Received"),
        "answered": _("Answered. Please tell us whether you accept it."),
        "accepted": _("Accepted"),
        "closed": _("Done"),
        "called_back": _("Done"),
    }.get(complaint.state, _("We are looking into it"))
