"""How messages, templates and wishes are listed and shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.correspond.models import Message, Stop, Template
from zhike.correspond.models.message import Channel, Direction, MessageState
from zhike.correspond.models.stop import StopFor
from zhike.correspond.models.template import Language, Purpose
from zhike.correspond.services import acting, stop, turning, writing
from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Section, Sort, View, register

_TONES = {
    "queued": ("info", "clock"), "sending": ("info", "send"), "sent": ("good", "mail-check"),
    "bounced": ("bad", "mail-x"), "failed": ("bad", "alert-triangle"), "refused": ("warn", "mail-off"),
    "cancelled": ("neutral", "x"), "unassigned": ("warn", "help"), "received": ("good", "mail"),
    "set_aside": ("neutral", "archive"),
}  # fmt: skip
STATES = tuple(Choice(value, label, *_TONES[value]) for value, label in MessageState.choices)
STATE_BADGES = {choice.code: choice for choice in STATES}
PURPOSES = tuple(Choice(value, label) for value, label in Purpose.choices)
CHANNELS = tuple(Choice(value, label) for value, label in Channel.choices)
_USE = _("After-sales and service")
_BASIS = _("Performance of the contract")
_KEPT = _("As long as the customer relationship lasts, and 3 years after")
VARIABLES = _("{name} is the addressee's name, {customer} the customer's, {sender} yours, {date} today.")


def _write(
    *, viewer: Any, customer: UUID, subject: str = "", body: str = "", contact: UUID | None = None,
    purpose: str = "", template: UUID | None = None,
) -> Message:  # fmt: skip
    return writing.message_write(
        viewer=viewer, customer=customer, subject=subject, body=body, contact=contact,
        purpose=purpose or Purpose.SERVICE, template=template,
    )  # fmt: skip


_WHOSE = (
    Field("customer", _("Customer"), Kind.RELATION, relation="customers", required=True, name="customer"),
    Field("contact", _("Contact"), Kind.RELATION, relation="contacts", within="customer", name="contact"),
)


def _turned(kind: str) -> Any:
    def run(*, viewer: Any, uid: UUID, version: int, **answers: Any) -> Message:
        return turning.message_turn(viewer=viewer, uid=uid, version=version, kind=kind, answers=answers)

    return run


def _turn_fields(kind: str) -> Any:
    def fields(_viewer: Any, row: Any) -> tuple[Field, ...]:
        asks_whose = row.customer_id is None and kind == "tickets"
        return (*(_WHOSE if asks_whose else ()), *turning.fields_of(kind))

    return fields


MESSAGES = register(
    RecordType(
        model=Message, code="messages", area=Area.TIMELINE, title=_("Message"), plural=_("Messages"), icon="mail",
        section="customers", order=55, name_field="number",
        empty=_("Example: an e-mail to Wang Lei about the delivery date, sent this morning."),
        fields=(
            Field("number", _("Message number")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, on_edit=False),
            Field("contact", _("Contact"), Kind.RELATION, relation="contacts", editable=True, within="customer",
                  on_edit=False, holds=False,
                  help=_("Who is written to; leave it empty to write to the customer's own address.")),
            Field("template", _("Template"), Kind.RELATION, relation="message-templates", relation_label="title",
                  editable=True, on_edit=False, narrow="is_current=1",
                  help=_("Fills what you leave empty, and decides the purpose.")),
            Field("purpose", pgettext_lazy("message", "Purpose"), Kind.CHOICE, choices=PURPOSES, filterable=True,
                  editable=True, on_edit=False, help=_("Marketing needs the customer's consent.")),
            Field("subject", _("Subject"), masked="text", editable=True, on_edit=False, max_length=200),
            Field("body", pgettext_lazy("message", "Text"), Kind.LONG_TEXT, masked="text", editable=True, on_edit=False,
                  help=VARIABLES),
            Field("direction", _("Direction"), Kind.CHOICE, filterable=True,
                  choices=tuple(Choice(value, label) for value, label in Direction.choices)),
            Field("channel", _("Channel"), Kind.CHOICE, choices=CHANNELS, filterable=True),
            Field("state", _("State"), Kind.BADGE, choices=STATES, filterable=True),
            Field("address", _("Address"), masked="email", stored_masked=True, personal=True, purpose=_USE,
                  basis=_BASIS, retention=_KEPT),
            Field("at", _("Time"), Kind.DATETIME, filterable=True),
            Field("sent_at", _("Sent"), Kind.DATETIME),
            Field("is_automatic", _("Automatic"), Kind.BOOL, filterable=True),
            Field("is_machine_made", _("Written by a machine"), Kind.BOOL),
            Field("tries", _("Tries"), Kind.NUMBER),
            Field("created_by_id", _("Written by"), Kind.PERSON, filterable=True),
        ),
        list_columns=("number", "subject", "customer", "direction", "state", "purpose", "created_by", "at"),
        card=("subject", "customer", "state"),
        default_sort="at",
        sorts=(Sort("at", descending=True),),
        sections=(
            Section(_("Message"), ("customer", "contact", "address", "direction", "channel", "purpose", "template",
                                   "subject")),
            Section(_("On its way"), ("state", "at", "sent_at", "tries", "is_automatic", "is_machine_made",
                                      "created_by")),
        ),
        views=(
            View("all", _("All")),
            View("unassigned", _("To be assigned"), {"state": "unassigned"}),
            View("waiting", _("Waiting to leave"), {"state": "queued"}),
            View("refused", _("Not allowed out"), {"state": "refused"}),
            View("failed", _("Failed"), {"state": "failed"}),
            View("bounced", _("Came back"), {"state": "bounced"}),
            View("automatic", _("Written by the system"), {"is_automatic": "1"}),
        ),
        create=_write, creates=_("Send"),
        acts=(
            Act("cancel", _("Take back"), "x", acting.message_cancel,
                when=lambda _viewer, row: row.state == MessageState.QUEUED, done=_("Taken back. It does not leave.")),
            Act("again", _("Send again"), "send", acting.message_again,
                when=lambda _viewer, row: row.state in acting.AGAIN and row.direction == Direction.OUT,
                asks=_("It keeps its message id: a customer who has it already sees it once in most programs."),
                done=_("It leaves in a moment.")),
            Act("to_ticket", _("Make a ticket"), "headset", _turned("tickets"), is_main=True, area=Area.TICKETS,
                fields=_turn_fields("tickets"), when=lambda _viewer, row: turning.can_turn("tickets", row),
                done=_("The ticket is there; the message belongs to it.")),
            Act("to_lead", _("Make a lead"), "user-plus", _turned("leads"), area=Area.LEADS,
                fields=_turn_fields("leads"),
                when=lambda _viewer, row: row.customer_id is None and turning.can_turn("leads", row),
                start=lambda row: {"need": row.subject},
                done=_("The lead is there; the message belongs to it.")),
            Act("assign", _("Assign to a customer"), "user-check", turning.message_assign,
                fields=lambda _viewer, _row: _WHOSE,
                when=lambda _viewer, row: row.customer_id is None and row.direction == Direction.IN,
                done=_("Assigned.")),
            Act("set_aside", _("Set aside"), "archive", turning.message_set_aside,
                fields=(Field("reason", _("Reason"), required=True, max_length=200, name="reason"),),
                when=lambda _viewer, row: row.state == MessageState.UNASSIGNED, done=_("Set aside.")),
        ),
    )
)  # fmt: skip

TEMPLATES = register(
    RecordType(
        model=Template, code="message-templates", area=Area.TIMELINE, title=_("Message template"),
        plural=_("Message templates"), icon="template", section="customers", order=56, name_field="title",
        empty=_("Example: the birthday greeting in Chinese, second version."),
        fields=(
            Field("title", _("Name")),
            Field("code", _("Code"), filterable=True),
            Field("language", _("Language"), Kind.CHOICE, filterable=True,
                  choices=tuple(Choice(value, label) for value, label in Language.choices)),
            Field("edition", _("Text version"), Kind.NUMBER),
            Field("is_current", _("In use"), Kind.BOOL, filterable=True),
            Field("purpose", pgettext_lazy("message", "Purpose"), Kind.CHOICE, choices=PURPOSES, filterable=True),
            Field("subject", _("Subject")),
            Field("body", _("Text"), Kind.LONG_TEXT),
            Field("published_at", _("Published"), Kind.DATETIME),
            Field("created_by_id", _("Published by"), Kind.PERSON),
        ),
        list_columns=("title", "language", "edition", "is_current", "purpose", "subject", "published_at"),
        card=("language", "edition", "subject"),
        default_sort="published_at",
        sorts=(Sort("published_at", descending=True),),
        sections=(
            Section(_("Template"), ("code", "language", "edition", "is_current", "purpose", "subject", "body",
                                    "published_at", "created_by")),
        ),
        views=(View("in_use", _("In use"), {"is_current": "1"}), View("all", _("All"))),
    )
)  # fmt: skip


def _stop(*, viewer: Any, customer: UUID, contact: UUID | None = None, what: str = "", reason: str = "") -> Stop:
    return stop.sending_stop(
        viewer=viewer, customer=customer, contact=contact, what=what or StopFor.MARKETING, reason=reason
    )


STOPS = register(
    RecordType(
        model=Stop, code="stops", area=Area.CONSENT, title=_("Unwanted messages"), plural=_("Unwanted messages"),
        icon="bell-off", section="comply", order=35, name_field="customer",
        empty=_("Example: Hangzhou Lanshan wants no advertising by e-mail, said on the phone."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, holds=False),
            Field("contact", _("By contact"), Kind.RELATION, relation="contacts", editable=True, within="customer",
                  holds=False, help=_("Only for this person; leave it empty for all of the customer.")),
            Field("channel", _("Channel"), Kind.CHOICE, choices=CHANNELS),
            Field("what", _("Unwanted"), Kind.CHOICE, filterable=True, editable=True, required=True,
                  choices=tuple(Choice(value, label) for value, label in StopFor.choices)),
            Field("reason", _("Reason"), editable=True, max_length=200, purpose=_("Proof of consent"),
                  basis=_("Legal duty"), retention=_KEPT),
            Field("since", _("Since"), Kind.DATETIME),
            Field("lifted_at", _("Lifted"), Kind.DATETIME),
            Field("created_by_id", _("Written down by"), Kind.PERSON),
        ),
        list_columns=("customer", "contact", "what", "channel", "since", "lifted_at", "created_by"),
        card=("what", "since"),
        default_sort="since",
        sorts=(Sort("since", descending=True),),
        sections=(
            Section(_("Unwanted messages"), ("customer", "contact", "what", "channel", "reason", "since", "lifted_at",
                                             "created_by")),
        ),
        create=_stop,
        acts=(
            Act("lift", _("Takes messages again"), "bell", stop.sending_allow,
                when=lambda _viewer, row: row.lifted_at is None, done=_("Messages may be sent again.")),
        ),
    )
)  # fmt: skip
