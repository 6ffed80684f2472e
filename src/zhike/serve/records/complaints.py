"""Complaints: promised, dispatched, investigated, answered, called back."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.correspond.public import mail_act
from zhike.customers.public import contacts_listed
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import able
from zhike.foundation.kit import clock
from zhike.foundation.records import Act, Calendar, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.serve.models import Complaint
from zhike.serve.records.words import CAUSES, CHANNELS, COMPLAINT_STATES, FORMS, OPINIONS, SCORES
from zhike.serve.rules.steps import Fit, fit_of
from zhike.serve.services import complaint, complaint_end, correcting

_Full = Level.FULL


def _at(step: str) -> Any:
    """Whether ``step`` fits the complaint now."""
    return lambda _viewer, row: fit_of(step, row.state) is Fit.NOW


def _created(row: Complaint) -> str:
    """What the representative says to the customer who is still on the line."""
    until = formats.date_format(clock.local(row.promised_at or clock.now()), "Y-m-d H:i")
    return gettext("%(number)s. Tell the customer the number, and that there is an answer by %(until)s.") % {
        "number": row.number, "until": until,
    }  # fmt: skip


def _dispatch(
    *, viewer: Any, uid: UUID, version: int, responsible_department: int | None, handler: int | None
) -> Complaint:
    return complaint.complaint_dispatch(
        viewer=viewer, uid=uid, version=version, department=responsible_department, handler=handler
    )


def _opinion(*, viewer: Any, uid: UUID, version: int, opinion: str, opinion_text: str) -> Complaint:
    return complaint_end.complaint_opinion_give(
        viewer=viewer, uid=uid, version=version, opinion=opinion, text=opinion_text
    )


def _call_back(*, viewer: Any, uid: UUID, version: int, satisfaction: str, callback_note: str) -> Complaint:
    return complaint_end.complaint_call_back(
        viewer=viewer, uid=uid, version=version, satisfaction=int(satisfaction or 0), note=callback_note
    )


def _told_to(viewer: Any, row: Complaint) -> Field:
    """To whom the promise was told: a contact of this customer, as far as the viewer may see contacts."""
    shown = contacts_listed(viewer, row.customer_id) if viewer.may(Area.PROFILE, Level.BASIC) else []
    options = tuple(Choice(str(one.uid), f"{one.name} {one.phone}".strip()) for one in shown)
    return Field("contact", _("Person told"), Kind.CHOICE, choices=options)


def _tell(*, viewer: Any, uid: UUID, version: int, contact: str = "") -> Complaint:
    return complaint.complaint_tell(viewer=viewer, uid=uid, version=version, contact=UUID(contact) if contact else None)


MAIL = mail_act(Complaint, "complaints", lambda row: str(row.number))
ACTS = (
    Act("tell", _("Promise told"), "message-2", _tell,
        when=lambda _viewer, row: complaint.asks_to_tell(row),
        fields=lambda viewer, row: (_told_to(viewer, row),),
        start=lambda row: {"contact": str(row.contact.uid) if row.contact_id else ""},
        asks=_("The customer knows the number of the complaint and by when it is answered."), done=_("Noted.")),
    Act("dispatch", _("Dispatch"), "route", _dispatch, is_main=True, when=_at("dispatch"),
        fields=(Field("responsible_department_id", _("Responsible department"), Kind.DEPARTMENT),
                Field("handler_id", _("Responsible person"), Kind.PERSON, people=partial(able, Area.COMPLAINTS))),
        start=lambda row: {"responsible_department": row.responsible_department_id, "handler": row.handler_id},
        done=_("Dispatched.")),
    Act("investigate", _("Investigate"), "file-search", complaint.complaint_investigate, is_main=True,
        when=_at("investigate"),
        fields=(Field("finding", _("Cause found"), Kind.LONG_TEXT, required=True),
                Field("responsible_party", _("Responsible party"), required=True, max_length=120),
                Field("effect_scope", _("Scope of effect"), Kind.LONG_TEXT, required=True)),
        start=lambda row: {"finding": row.finding, "responsible_party": row.responsible_party,
                           "effect_scope": row.effect_scope},
        done=_("The investigation is recorded.")),
    Act("resolve", _("Solution and basis"), "bulb", complaint.complaint_resolve, is_main=True, when=_at("resolve"),
        fields=(Field("solution", _("Solution"), Kind.LONG_TEXT, required=True),
                Field("basis", _("Basis"), Kind.LONG_TEXT, required=True,
                      help=_("The company rule, service promise or contract it rests on."))),
        start=lambda row: {"solution": row.solution, "basis": row.basis},
        done=_("The solution is ready. Tell the customer at once.")),
    Act("answer", _("Customer told, opinion asked"), "send", complaint.complaint_answer, is_main=True,
        when=_at("answer"), done=_("Answered.")),
    Act("opinion", _("Opinion of the customer"), "user-check", _opinion, is_main=True, when=_at("opinion"),
        fields=(Field("opinion", _("Opinion"), Kind.CHOICE, choices=OPINIONS, required=True),
                Field("opinion_text", _("In the customer's words"), Kind.LONG_TEXT)),
        asks=_("If the customer does not accept the solution, the complaint is open again with a new promise."),
        done=_("Noted.")),
    Act("close", _("Close"), "checks", complaint_end.complaint_close, is_main=True, when=_at("close"),
        fields=(Field("lessons", _("Lessons learned"), Kind.LONG_TEXT),), done=_("Closed. A callback is due.")),
    Act("call_back", _("Called back"), "phone-check", _call_back, is_main=True, when=_at("call_back"),
        fields=(Field("satisfaction", _("Satisfaction"), Kind.CHOICE, choices=SCORES, required=True),
                Field("callback_note", _("Note"), Kind.LONG_TEXT)),
        done=_("Noted.")),
)  # fmt: skip

COMPLAINTS = register(
    RecordType(
        model=Complaint, code="complaints", area=Area.COMPLAINTS, title=_("Complaint"), plural=_("Complaints"),
        icon="message-exclamation", section="serve", order=80, name_field="number",
        found_by=("number", "customer"), search_hint=_("Customer or number"),
        empty=_("Example: nobody called back for two days; cause: slow response."),
        fields=(
            Field("number", _("Complaint number")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, on_edit=False),
            Field("contact", _("Contact"), Kind.RELATION, relation="contacts", editable=True, within="customer",
                  area=Area.PROFILE, holds=Q(closed_at=None),
                  help=_("Whom to call back: the person at the customer who complains.")),
            Field("content", _("Content"), Kind.LONG_TEXT, editable=True, required=True),
            Field("cause", _("Cause"), Kind.CHOICE, choices=CAUSES, filterable=True, editable=True),
            Field("form", _("Form"), Kind.CHOICE, choices=FORMS, filterable=True, editable=True),
            Field("channel", _("Channel"), Kind.CHOICE, choices=CHANNELS, filterable=True, editable=True),
            Field("received_at", _("Received"), Kind.DATETIME, editable=True, on_edit=False),
            Field("promise_hours", _("Promised hours"), Kind.NUMBER, editable=True, on_edit=False, minimum=1,
                  help=_("Empty: the usual limit. It stands from now on.")),
            Field("is_promise_told", _("Number and limit told to the customer"), Kind.BOOL),
            Field("state", _("State"), Kind.BADGE, choices=COMPLAINT_STATES, filterable=True),
            Field("promised_at", _("Promised until"), Kind.DATETIME),
            Field("owner_id", _("Received by"), Kind.PERSON, filterable=True),
            Field("responsible_department_id", _("Responsible department"), Kind.DEPARTMENT, filterable=True),
            Field("handler_id", _("Responsible person"), Kind.PERSON, filterable=True),
            Field("finding", _("Cause found"), Kind.LONG_TEXT, level=_Full),
            Field("responsible_party", _("Responsible party"), level=_Full),
            Field("effect_scope", _("Scope of effect"), Kind.LONG_TEXT, level=_Full),
            Field("solution", _("Solution"), Kind.LONG_TEXT),
            Field("basis", _("Basis"), Kind.LONG_TEXT),
            Field("answered_at", _("Answered"), Kind.DATETIME),
            Field("opinion", _("Opinion"), Kind.CHOICE, choices=OPINIONS, filterable=True),
            Field("opinion_text", _("In the customer's words"), Kind.LONG_TEXT),
            Field("reopened_count", _("Times reopened"), Kind.NUMBER),
            Field("closed_at", _("Closed"), Kind.DATETIME),
            Field("lessons", _("Lessons learned"), Kind.LONG_TEXT, level=_Full),
            Field("called_back_at", _("Called back"), Kind.DATETIME),
            Field("satisfaction", _("Satisfaction"), Kind.NUMBER),
            Field("callback_note", _("Note of the callback"), Kind.LONG_TEXT),
        ),
        list_columns=("number", "customer", "cause", "state", "promised_at", "handler", "received_at"),
        card=("customer", "state"),
        default_sort="received_at",
        sorts=(Sort("received_at", descending=True), Sort("promised_at", descending=True, nulls_last=True)),
        files="customer",
        calendar=Calendar(("promised_at", "received_at"), ("customer", "state", "handler")),
        sections=(
            Section(_("Complaint"), ("customer", "contact", "content", "cause", "form", "channel", "received_at",
                                     "promise_hours", "promised_at", "is_promise_told", "owner")),
            Section(_("Investigation"), ("responsible_department", "handler", "finding", "responsible_party",
                                         "effect_scope")),
            Section(_("Answer"), ("solution", "basis", "answered_at", "opinion", "opinion_text", "reopened_count")),
            Section(
                _("Closing and callback"), ("closed_at", "lessons", "called_back_at", "satisfaction", "callback_note")
            ),
        ),
        views=(
            View("all", _("All")),
            View("new", _("To dispatch"), {"state": "received"}),
            View("handling", _("With me"), {"handler": "me"}),
            View("call_back", _("To call back"), {"state": "closed"}),
        ),
        create=complaint.complaint_receive, update=correcting.complaint_update,
        acts=(*ACTS, MAIL), steps="state", duty_subject="complaint",
        created=_created,
    )
)  # fmt: skip
