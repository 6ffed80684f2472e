"""Bulk loading of tickets and complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from zhike.customers.public import Line, numbers_take, timeline_add
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.serve.models import Article, Complaint, Ticket
from zhike.serve.services.article import index


class TicketRow(NamedTuple):
    """A ticket; ``customer`` is the database id, times are aware."""

    external_id: str
    customer: int
    number: str
    subject: str
    content: str
    channel: str
    ticket_class: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    solution: str
    satisfaction: float | None


class ComplaintRow(NamedTuple):
    """A complaint; ``customer`` is the database id, times are aware."""

    external_id: str
    customer: int
    number: str
    content: str
    form: str
    received_at: dt.datetime
    closed_at: dt.datetime | None
    cause: str
    solution: str


class ArticleRow(NamedTuple):
    """A published knowledge article; times are aware."""

    external_id: str
    number: str
    title: str
    problem: str
    solution: str
    keywords: str
    ticket_class: str
    is_public: bool
    published_at: dt.datetime


def articles_load(*, viewer: Viewer, rows: Sequence[ArticleRow], origin: str) -> int:
    """Load published articles; they are found at once. Raises: Forbidden."""
    _leave_room("article", len(rows))
    written = facts_load(
        viewer=viewer, model=Article, area=Area.TICKETS, fields=(*ArticleRow._fields, "state"),
        rows=((*row, "published") for row in rows), origin=origin,
    )  # fmt: skip
    index(Article.objects.filter(origin=origin, external_id__in=[row.external_id for row in rows]))
    return written


def tickets_load(*, viewer: Viewer, rows: Sequence[TicketRow], origin: str) -> int:
    """Load tickets with a line each on the timeline. Raises: Forbidden."""
    _leave_room("ticket", len(rows))
    written = facts_load(
        viewer=viewer, model=Ticket, area=Area.TICKETS, fields=(*TicketRow._fields, "state"),
        rows=((*row, _ticket_state(row)) for row in rows), origin=origin,
    )  # fmt: skip
    timeline_add(
        [
            Line(r.customer, r.opened_at, "tickets", "ticket.opened", {"number": r.number, "subject": r.subject})
            for r in rows
        ]
    )
    return written


def complaints_load(*, viewer: Viewer, rows: Sequence[ComplaintRow], origin: str) -> int:
    """Load complaints with a line each on the timeline. Raises: Forbidden."""
    _leave_room("complaint", len(rows))
    written = facts_load(
        viewer=viewer, model=Complaint, area=Area.COMPLAINTS, fields=(*ComplaintRow._fields, "state"),
        rows=((*row, "closed" if row.closed_at else "received") for row in rows), origin=origin,
    )  # fmt: skip
    timeline_add(
        [
            Line(r.customer, r.received_at, "complaints", "complaint.received", {"number": r.number, "cause": r.cause})
            for r in rows
        ]
    )
    return written


def _ticket_state(row: TicketRow) -> str:
    if row.closed_at:
        return "closed"
    return "in_progress" if row.ticket_class else "new"


def _leave_room(series: str, count: int) -> None:
    """Let numbers given from now on come after as many as were loaded: what is loaded usually counts from one."""
    if count:
        numbers_take(series, count)
