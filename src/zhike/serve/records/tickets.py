"""Tickets: one kind from all channels."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.correspond.public import mail_act
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.naming import able
from zhike.foundation.records import (
    Act,
    Calendar,
    Choice,
    Field,
    Kind,
    Quick,
    RecordType,
    Section,
    Sort,
    View,
    register,
    sharing,
)
from zhike.serve import importing
from zhike.serve.models import Ticket
from zhike.serve.models.ticket import TicketClass
from zhike.serve.records.words import CHANNELS, CLASSES, SCORES, TICKET_STATES
from zhike.serve.services import conversation, correcting, ticket
from zhike.serve.services.ticket import ENGINEERS

_PROBLEMS = (
    Choice("known", _("known: an article solves it")),
    Choice("new", _("new: an article will be written")),
    Choice("none", _("no problem: a plain request")),
)


def _create(
    *, viewer: Any, customer: UUID, subject: str, opened_at: dt.datetime | None = None, **values: Any
) -> Ticket:
    return ticket.ticket_receive(viewer=viewer, customer=customer, subject=subject, received_at=opened_at, **values)


def _rate(*, viewer: Any, uid: UUID, version: int, satisfaction: str) -> Ticket:
    return conversation.ticket_rate(viewer=viewer, uid=uid, version=version, satisfaction=int(satisfaction or 0))


def _solve_fields(_viewer: Any, row: Any) -> tuple[Field, ...]:
    """A technical problem was known or is new; another request may be no problem at all."""
    is_technical = row.ticket_class == TicketClass.TECHNICAL
    return (
        Field("solution", _("Solution"), Kind.LONG_TEXT, required=True, help=_("The customer reads it as an answer.")),
        Field("problem", _("Problem"), Kind.CHOICE, required=True, name="problem",
              choices=tuple(one for one in _PROBLEMS if not is_technical or one.code != "none")),
        Field("article", _("Article"), Kind.RELATION, relation="knowledge", relation_label="title",
              help=_("For a known problem: the article that solves it.")),
    )  # fmt: skip


def _is_open(_viewer: Any, row: Any) -> bool:
    return bool(row.is_open)


def _may_solve(viewer: Any, row: Any) -> bool:
    is_technical = row.ticket_class == TicketClass.TECHNICAL
    return bool(row.is_open and row.ticket_class and (not is_technical or viewer.holds(*ENGINEERS)))


_TEXT = Field("text", _("Words to the customer"), Kind.LONG_TEXT, required=True, name="text")
ACTS = (
    Act("classify", _("Classify"), "tag", ticket.ticket_classify, is_main=True,
        fields=(Field("ticket_class", _("Class"), Kind.CHOICE, choices=CLASSES, required=True),),
        when=lambda _viewer, row: row.is_open and not row.ticket_class,
        start=lambda row: {"ticket_class": row.ticket_class or row.proposed_class}, done=_("Classified.")),
    Act("reclassify", _("Change the class"), "tag", ticket.ticket_classify,
        fields=(Field("ticket_class", _("Class"), Kind.CHOICE, choices=CLASSES, required=True),),
        when=lambda _viewer, row: row.is_open and bool(row.ticket_class),
        start=lambda row: {"ticket_class": row.ticket_class}, done=_("Classified.")),
    Act("take", _("Take it"), "hand-grab", ticket.ticket_take,
        when=lambda viewer, row: row.is_open
        and (row.handler_id != viewer.person_id or row.state == "classified"), done=_("The ticket is with you now.")),
    Act("answer", _("Answer the customer"), "send", conversation.ticket_answer, fields=(_TEXT,), when=_is_open,
        done=_("Answered.")),
    mail_act(Ticket, "tickets", lambda row: str(row.number)),
    Act("heard", _("Customer added"), "message-2", conversation.ticket_heard,
        fields=(Field("text", _("Words of the customer"), Kind.LONG_TEXT, required=True, name="text"),),
        done=_("Noted. An answer is owed.")),
    Act("note", _("Internal note"), "note", conversation.ticket_note,
        fields=(Field("text", _("Note for colleagues"), Kind.LONG_TEXT, required=True, name="text"),),
        done=_("Noted.")),
    Act("pass_on", _("Pass on"), "arrow-forward-up", ticket.ticket_pass_on,
        fields=(Field("handler_id", _("To whom"), Kind.PERSON, required=True, people=partial(able, Area.TICKETS)),
                Field("note", _("What the colleague should know"), Kind.LONG_TEXT, name="note")),
        when=_is_open, asks=_("The first contact stays answerable until the customer has an answer."),
        done=_("Passed on.")),
    Act("solve", _("Solve"), "bulb", conversation.ticket_solve, fields=_solve_fields, when=_may_solve, is_main=True,
        done=_("Solved. The customer has the solution.")),
    Act("close", _("Close"), "checks", conversation.ticket_close, is_main=True,
        when=lambda _viewer, row: row.state == "solved", done=_("Closed.")),
    Act("reopen", _("Reopen"), "rotate", conversation.ticket_reopen,
        fields=(Field("reason", _("What is still missing"), required=True, name="reason"),),
        when=lambda _viewer, row: not row.is_open, done=_("Open again.")),
    Act("rate", _("Satisfaction"), "star", _rate,
        fields=(Field("satisfaction", _("Satisfaction"), Kind.CHOICE, choices=SCORES, required=True),),
        when=lambda _viewer, row: not row.is_open and row.satisfaction is None, done=_("Noted.")),
)  # fmt: skip

TICKETS = register(
    RecordType(
        model=Ticket, code="tickets", area=Area.TICKETS, title=_("Ticket"), plural=_("Tickets"), icon="headset",
        section="serve", order=70, name_field="number",
        found_by=("number", "customer"), search_hint=_("Customer or number"),
        empty=_("Example: the report cannot be exported, by phone, technical."),
        fields=(
            Field("number", _("Ticket number")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, on_edit=False),
            Field("contact", _("Contact"), Kind.RELATION, relation="contacts", editable=True, within="customer",
                  area=Area.PROFILE, holds=Q(closed_at=None), help=_("The person at the customer who asks.")),
            Field("subject", _("Subject"), editable=True, required=True, max_length=200),
            Field("content", _("Content"), Kind.LONG_TEXT, editable=True),
            Field("channel", _("Channel"), Kind.CHOICE, choices=CHANNELS, filterable=True, editable=True),
            Field("opened_at", _("Received"), Kind.DATETIME, editable=True, on_edit=False,
                  help=_("When the customer asked: the clocks run from then.")),
            Field("state", _("State"), Kind.BADGE, choices=TICKET_STATES, filterable=True),
            Field("ticket_class", _("Class"), Kind.CHOICE, choices=CLASSES, filterable=True),
            Field("proposed_class", _("Proposed class"), Kind.CHOICE, choices=CLASSES),
            Field("proposed_because", _("Proposed because of")),
            Field("first_contact_id", _("First-contact person"), Kind.PERSON, filterable=True),
            Field("handler_id", _("Handler"), Kind.PERSON, filterable=True),
            Field("awaits_answer", _("Waits for an answer"), Kind.BOOL, filterable=True),
            Field("answer_by", _("Answer expected"), Kind.DATETIME),
            Field("answered_at", _("First answered"), Kind.DATETIME),
            Field("solved_at", _("Solved"), Kind.DATETIME),
            Field("closed_at", _("Closed"), Kind.DATETIME),
            Field("reopened_count", _("Times reopened"), Kind.NUMBER),
            Field("article", _("Article"), Kind.RELATION, relation="knowledge", relation_label="number"),
            Field("satisfaction", _("Satisfaction"), Kind.NUMBER, digits=1),
            Field("solution", _("Solution"), Kind.LONG_TEXT),
        ),
        list_columns=("number", "subject", "customer", "state", "ticket_class", "first_contact", "handler",
                      "opened_at"),
        card=("subject", "customer", "state"),
        default_sort="opened_at",
        sorts=(Sort("opened_at", descending=True), Sort("answer_by", descending=True, nulls_last=True)),
        files="customer",
        calendar=Calendar(("answer_by", "opened_at"), ("customer", "state", "handler")),
        sections=(
            Section(_("Ticket"), ("customer", "contact", "subject", "content", "channel", "opened_at", "state",
                                  "ticket_class", "proposed_class", "proposed_because")),
            Section(_("Who answers"), ("first_contact", "handler", "awaits_answer", "answer_by", "answered_at")),
            Section(_("Result"), ("solution", "article", "solved_at", "closed_at", "reopened_count", "satisfaction")),
        ),
        quick=(Quick("waiting", _("Waits for an answer"), "awaits_answer.is(yes)"),),
        views=(
            View("all", _("All")),
            View("new", _("To classify"), {"state": "new"}),
            View("mine", _("I am answerable"), {"first_contact": "me", "awaits_answer": "1"}),
            View("handling", _("With me"), {"handler": "me", "awaits_answer": "1"}),
        ),
        create=_create, update=correcting.ticket_update,
        acts=(*ACTS, sharing.act(Ticket)), steps="state", duty_subject="ticket",
        importer=importing.TICKETS,
    )
)  # fmt: skip
