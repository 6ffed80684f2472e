"""Bulk loading of tickets and complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from zhike.customers.public import Line, customers_hold, numbers_take, timeline_add, timeline_forget
from zhike.events.serve import TicketClassified, TicketReceived
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.foundation.facts.store import facts_insert, facts_remove
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.serve.models import Article, Complaint, Ticket
from zhike.serve.models.ticket import OPEN_STATES, TicketState
from zhike.serve.policy import ServeClocks
from zhike.serve.services.article import index
from zhike.serve.services.writing import after_hours


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
    finding: str = ""
    responsible_party: str = ""
    effect_scope: str = ""
    basis: str = ""
    answered_at: dt.datetime | None = None
    opinion: str = ""
    opinion_text: str = ""
    opinion_at: dt.datetime | None = None


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


@transaction.atomic
def tickets_take(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], origin: str) -> list[int]:
    """Load tickets of a file (values by column) with a line each; returns their ids in order. Raises: Forbidden."""
    _leave_room("ticket", len(rows))
    states = [
        "closed" if row.get("closed_at") else TicketState.CLASSIFIED.value if row.get("ticket_class") else "new"
        for row in rows
    ]
    asked = [{**row, "state": state} for row, state in zip(rows, states, strict=True)]
    taken = facts_insert(viewer=viewer, model=Ticket, area=Area.TICKETS, rows=asked, origin=origin)
    timeline_add(
        [
            Line(row["customer_id"], row["opened_at"], "tickets", "ticket.opened",
                 {"number": row["number"], "subject": row["subject"]}, subject_kind="tickets", subject_uid=uid)
            for row, (_pk, uid) in zip(rows, taken, strict=True)
        ]
    )  # fmt: skip
    return [pk for pk, _uid in taken]


@transaction.atomic
def tickets_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    """Take loaded tickets back, with their lines. Raises: Forbidden."""
    facts_remove(viewer=viewer, model=Ticket, area=Area.TICKETS, pks=pks)
    rows = list(Ticket._base_manager.filter(pk__in=list(pks)).values_list("customer_id", "uid"))
    timeline_forget([customer for customer, _uid in rows], [uid for _customer, uid in rows])


@transaction.atomic
def tickets_start(*, viewer: Viewer, pks: Sequence[int]) -> int:
    """Start the clocks of loaded tickets that are still open, from now on; returns how many.

    They are a version on: an import whose clocks run cannot take them back unseen. Raises: Forbidden.
    """
    viewer.require(Area.TICKETS, Level.EDIT)
    now, count = clock.now(), 0
    answer_by = after_hours(now, current(now).get(ServeClocks).answer_hours)
    customers_hold(Ticket.objects.filter(pk__in=list(pks)).values_list("customer_id", flat=True))
    for ticket in Ticket.objects.filter(pk__in=list(pks), state__in=OPEN_STATES).order_by("pk"):
        # The news tells the line anew, from now on; the loaded one would stand beside it.
        timeline_forget([ticket.customer_id], [ticket.uid])
        Ticket.objects.filter(pk=ticket.pk).update(awaits_answer=True, answer_by=answer_by, version=F("version") + 1)
        told = {"customer_id": ticket.customer_id, "ticket_id": ticket.pk, "ticket_uid": str(ticket.uid),
                "number": ticket.number, "at": now, "person_id": viewer.person_id}  # fmt: skip
        outbox.publish(TicketReceived(**told, subject=ticket.subject, channel=ticket.channel,
                                      received_at=ticket.opened_at, first_contact_id=None))  # fmt: skip
        if ticket.ticket_class:
            outbox.publish(TicketClassified(**told, ticket_class=ticket.ticket_class, was_proposed=False,
                                            handler_id=ticket.handler_id))  # fmt: skip
        count += 1
    return count
