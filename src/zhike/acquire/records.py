"""How leads are listed, worked on, shown on a board and entered by hand."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.acquire import importing
from zhike.acquire.acts import ACTS
from zhike.acquire.models import Lead
from zhike.acquire.models.lead import Channel, ContactChannel, DropReason, LeadGrade, LeadState, Source, Urgency
from zhike.acquire.services import reveal, taking
from zhike.customers.public import INDUSTRIES, REGIONS
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.naming import able
from zhike.foundation.records import (
    Board,
    Choice,
    Field,
    Kind,
    Quick,
    RecordType,
    Section,
    Sort,
    View,
    register,
    tagging,
)  # fmt: skip
from zhike.foundation.records.tags.carrying import tags_of

PURPOSE = _("Answering an inquiry and preparing a contract")
BASIS = _("Consent, or steps before a contract at the person's request")
KEPT = _("As long as the inquiry is open, and 3 years after")

GRADES = (
    Choice("A", LeadGrade.A.label, "strong", "flame"),
    Choice("B", LeadGrade.B.label, "info", "trending-up"),
    Choice("C", LeadGrade.C.label, "neutral", "point"),
)
STATES = (
    Choice("new", LeadState.NEW.label, "info", "sparkles"),
    Choice("contacted", LeadState.CONTACTED.label, "info", "phone"),
    Choice("followed", LeadState.FOLLOWED.label, "warn", "trending-up"),
    Choice("converted", LeadState.CONVERTED.label, "good", "circle-check"),
    Choice("dropped", LeadState.DROPPED.label, "bad", "circle-x"),
)
KINDS = (Choice("firm", _("firm")), Choice("person", _("person")))
_AT_FIRM = ("title", "phone", "email")
_PROFILE = ("industry", "region", "staff_count")


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


def _private(path: str, label: Any, mask: str, **more: Any) -> Field:
    return Field(
        path, label, masked=mask, stored_masked=True, personal=True, purpose=PURPOSE, basis=BASIS, retention=KEPT,
        **more,
    )  # fmt: skip


def _lead_create(
    *, viewer: Any, kind: str, name: str, need: str, urgency: str = "later", source: str = "other", details: str = "",
    owner: int | None = None, department: int | None = None, contact_name: str = "", contact_title: str = "",
    **given: Any,
) -> Lead:  # fmt: skip
    """What was typed, as the service takes it: a person's telephone is the customer's, a firm's that of the contact.

    Who handles leads and names nobody keeps the lead; others put it into the pool.
    """
    reach = {key: given.get(key) or "" for key in ("phone", "email")}
    values = {"name": name, "source": source, "core_needs": need} | {k: given[k] for k in _PROFILE if given.get(k)}
    if kind == "person":
        values |= reach
    is_seller = viewer.holds("sales_specialist")
    return taking.lead_take(
        viewer=viewer, kind=kind, need=need, urgency=urgency, source=source, channel=Channel.HAND, details=details,
        values=values,
        contact=None if kind == "person" else {"name": contact_name or name, "title": contact_title, **reach},
        owner_id=owner or (viewer.person_id if is_seller else None), department_id=department,
    )  # fmt: skip


LEADS = register(
    RecordType(
        model=Lead,
        code="leads",
        area=Area.LEADS,
        title=_("Lead"),
        plural=_("Leads"),
        icon="magnet",
        section="acquire",
        order=10,
        name_field="customer",
        empty=_("Example: Suzhou Taihe Machinery, wants 40 seats within a month, met at the spring exhibition."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("state", _("State"), Kind.BADGE, choices=STATES, filterable=True),
            Field("grade", _("Grade"), Kind.BADGE, choices=GRADES, filterable=True),
            Field("grade_points", _("Points"), Kind.NUMBER),
            Field("is_graded_by_hand", _("Graded by hand"), Kind.BOOL),
            Field("grade_note", _("Reason of the grade")),
            Field("customer__kind", _("Kind"), Kind.CHOICE, choices=KINDS, editable=True, required=True, on_edit=False,
                  name="kind"),
            _private("customer__name", _("Company or person"), "name", name="name", editable=True, required=True,
                     on_edit=False, max_length=120, plain_when=("customer__kind", "firm")),
            _private("contact__name", _("Contact"), "name", name="contact_name", editable=True, on_edit=False,
                     max_length=64, help=_("The person at the company.")),
            Field("contact__title", _("Job title"), name="contact_title", editable=True, on_edit=False, max_length=60),
            _private("contact__phone", _("Phone"), "phone", name="phone", editable=True, on_edit=False, max_length=40,
                     help=_("A phone number or an e-mail address is needed.")),
            _private("contact__email", _("E-mail"), "email", name="email", editable=True, on_edit=False,
                     max_length=120),
            _private("customer__phone", _("Customer's phone"), "phone", name="customer_phone",
                     plain_when=("customer__kind", "firm")),
            _private("customer__email", _("Customer's e-mail"), "email", name="customer_email",
                     plain_when=("customer__kind", "firm")),
            Field("need", _("Need"), editable=True, required=True, max_length=200),
            Field("details", _("Details"), Kind.LONG_TEXT, editable=True, max_length=4000),
            Field("urgency", _("Needed"), Kind.CHOICE, choices=_choices(Urgency), filterable=True, editable=True,
                  required=True),
            Field("source", _("Heard of us by"), Kind.CHOICE, choices=_choices(Source), filterable=True, editable=True,
                  required=True),
            Field("channel", _("Came in by"), Kind.CHOICE, choices=_choices(Channel), filterable=True),
            Field("customer__industry", _("Industry"), Kind.CHOICE, choices=INDUSTRIES, name="industry", editable=True,
                  on_edit=False),
            Field("customer__region", _("Region"), Kind.CHOICE, choices=REGIONS, name="region", editable=True,
                  on_edit=False),
            Field("customer__staff_count", _("Staff"), Kind.NUMBER, name="staff_count", editable=True, on_edit=False,
                  minimum=0),
            Field("inquiries", _("Inquiries"), Kind.NUMBER, filterable=True),
            Field("last_inquiry_at", _("Last inquiry"), Kind.DATETIME),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True, editable=True, on_edit=False,
                  people=partial(able, Area.LEADS),
                  help=_("Empty: it goes to the pool, or stays with the specialist who enters it.")),
            Field("department_id", _("Department"), Kind.DEPARTMENT, filterable=True, editable=True, on_edit=False,
                  help=_("Whose pool it goes to. Empty: everybody's.")),
            Field("touched_at", _("Last update"), Kind.DATETIME, filterable=True),
            Field("is_quiet", _("Gone quiet"), Kind.BOOL, filterable=True),
            Field("contacted_at", _("First contact"), Kind.DATETIME, filterable=True),
            Field("contact_channel", _("Means of contact"), Kind.CHOICE, choices=_choices(ContactChannel)),
            Field("contact_message", _("Message given"), Kind.LONG_TEXT),
            Field("contact_interests", _("Points of interest"), Kind.LONG_TEXT),
            Field("contact_doubts", _("Doubts"), Kind.LONG_TEXT),
            Field("is_go", _("Deep follow-up"), Kind.BOOL, filterable=True),
            Field("go_reason", _("Reason of the decision")),
            Field("drop_reason", _("Reason of dropping"), Kind.CHOICE, choices=_choices(DropReason), filterable=True),
            Field("drop_note", _("Note on dropping")),
            Field("closed_at", _("Closed"), Kind.DATETIME, filterable=True),
            tags_of("leads"),
            Field("created_at", _("First inquiry"), Kind.DATETIME, filterable=True),
        ),
        list_columns=("customer", "grade", "state", "need", "urgency", "inquiries", "is_quiet", "touched_at", "owner"),
        card=("grade", "state", "need"),
        default_sort="grade",
        # Open before closed, A before B before C, then oldest first: one key, one index.
        sorts=(Sort("grade", path="queue_key"), Sort("created_at", descending=True)),
        quick=(
            Quick("intent", _("High intent"), "grade.is(A)"),
            Quick("untouched", _("No follow-up for 30 days"), "all(touched_at.ago(30, days), closed_at.empty())"),
        ),
        views=(
            View("mine", _("My queue"), {"owner": "me", "closed_at": "none"}),
            View("pool", _("Pool"), {"owner": "none", "closed_at": "none"}),
            View("quiet", _("Gone quiet"), {"is_quiet": "1"}),
            View("all", _("All")),
        ),
        sections=(
            Section(_("Inquiry"), ("need", "urgency", "details", "source", "channel", "inquiries", "last_inquiry_at",
                                   "created_at")),
            Section(_("Who asks"), ("customer", "kind", "name", "contact_name", "contact_title", "phone", "email",
                                    "customer_phone", "customer_email")),
            Section(_("Profile"), ("industry", "region", "staff_count", "tags")),
            Section(_("Grade and progress"), ("grade", "grade_points", "is_graded_by_hand", "grade_note", "state",
                                              "owner", "department", "touched_at", "is_quiet")),
            Section(_("First contact"), ("contacted_at", "contact_channel", "contact_message", "contact_interests",
                                         "contact_doubts", "is_go", "go_reason")),
            Section(_("End"), ("closed_at", "drop_reason", "drop_note")),
        ),
        create=_lead_create,
        update=taking.lead_update,
        reveal=reveal.lead_reveal,
        importer=importing.LEADS,
        acts=(*ACTS, tagging.act("leads")),
        board=Board(by="state", act="move", card=("grade", "need", "owner")),
        steps="state",
    )
)  # fmt: skip
