"""How tickets and complaints are listed and shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Choice, Field, Kind, RecordType, Section, Sort, register
from zhike.serve.models import Complaint, Ticket
from zhike.serve.models.complaint import ComplaintCause
from zhike.serve.models.ticket import TicketClass

_CHANNELS = tuple(
    Choice(code, label)
    for code, label in (
        ("phone", _("phone")),
        ("web", _("website")),
        ("email", _("e-mail")),
        ("app", _("app")),
        ("chat", _("online chat")),
        ("wechat", _("WeChat")),
        ("counter", _("counter")),
    )
)
_FORMS = tuple(
    Choice(code, label) for code, label in (("spoken", _("spoken")), ("written", _("written")), ("online", _("online")))
)

TICKETS = register(
    RecordType(
        model=Ticket,
        code="tickets",
        area=Area.TICKETS,
        title=_("Ticket"),
        plural=_("Tickets"),
        icon="headset",
        section="serve",
        order=70,
        name_field="number",
        empty=_("Example: the report cannot be exported, by phone, technical."),
        fields=(
            Field("number", _("Ticket number")),
            Field("subject", _("Subject")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field(
                "ticket_class",
                _("Class"),
                Kind.CHOICE,
                choices=tuple(Choice(v, label) for v, label in TicketClass.choices),
                filterable=True,
            ),
            Field("channel", _("Channel"), Kind.CHOICE, choices=_CHANNELS, filterable=True),
            Field("opened_at", _("Received"), Kind.DATETIME),
            Field("closed_at", _("Closed"), Kind.DATETIME),
            Field("satisfaction", _("Satisfaction"), Kind.NUMBER, digits=1),
            Field("content", _("Content"), Kind.LONG_TEXT),
            Field("solution", _("Solution"), Kind.LONG_TEXT),
        ),
        list_columns=("number", "subject", "customer", "ticket_class", "channel", "opened_at", "closed_at"),
        card=("customer", "subject"),
        default_sort="opened_at",
        sorts=(Sort("opened_at", descending=True),),
        sections=(
            Section(_("Ticket"), ("number", "customer", "ticket_class", "channel", "opened_at", "closed_at")),
            Section(_("Content"), ("subject", "content", "solution", "satisfaction")),
        ),
    )
)

COMPLAINTS = register(
    RecordType(
        model=Complaint,
        code="complaints",
        area=Area.COMPLAINTS,
        title=_("Complaint"),
        plural=_("Complaints"),
        icon="message-exclamation",
        section="serve",
        order=80,
        name_field="number",
        empty=_("Example: nobody called back for two days; cause: slow response."),
        fields=(
            Field("number", _("Complaint number")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field(
                "cause",
                _("Cause"),
                Kind.CHOICE,
                choices=tuple(Choice(v, label) for v, label in ComplaintCause.choices),
                filterable=True,
            ),
            Field("form", _("Form"), Kind.CHOICE, choices=_FORMS, filterable=True),
            Field("received_at", _("Received"), Kind.DATETIME),
            Field("closed_at", _("Closed"), Kind.DATETIME),
            Field("content", _("Content"), Kind.LONG_TEXT),
            Field("solution", _("Solution"), Kind.LONG_TEXT),
        ),
        list_columns=("number", "customer", "cause", "form", "received_at", "closed_at"),
        card=("customer", "cause"),
        default_sort="received_at",
        sorts=(Sort("received_at", descending=True),),
        sections=(
            Section(_("Complaint"), ("number", "customer", "cause", "form", "received_at", "closed_at")),
            Section(_("Content"), ("content", "solution")),
        ),
    )
)
