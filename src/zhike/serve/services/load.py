"""Bulk loading of tickets and complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from zhike.customers.public import Line, timeline_add
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.serve.models import Complaint, Ticket


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


def tickets_load(*, viewer: Viewer, rows: Sequence[TicketRow], origin: str) -> int:
    """Load tickets with a line each on the timeline. Raises: Forbidden."""
    written = facts_load(
        viewer=viewer, model=Ticket, area=Area.TICKETS, fields=TicketRow._fields, rows=rows, origin=origin
    )
    timeline_add(
        [
            Line(r.customer, r.opened_at, "tickets", "ticket.opened", {"number": r.number, "subject": r.subject})
            for r in rows
        ]
    )
    return written


def complaints_load(*, viewer: Viewer, rows: Sequence[ComplaintRow], origin: str) -> int:
    """Load complaints with a line each on the timeline. Raises: Forbidden."""
    written = facts_load(
        viewer=viewer, model=Complaint, area=Area.COMPLAINTS, fields=ComplaintRow._fields, rows=rows, origin=origin
    )
    timeline_add(
        [
            Line(r.customer, r.received_at, "complaints", "complaint.received", {"number": r.number, "cause": r.cause})
            for r in rows
        ]
    )
    return written
