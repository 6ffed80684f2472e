"""How consents and notice texts are listed and shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.comply.models import Act, Channel, Consent, ConsentText, How
from zhike.comply.models.text import Language
from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Choice, Field, Kind, RecordType, Section, Sort, View, register

_CHANNELS = tuple(Choice(v, label) for v, label in Channel.choices)
_TONES = {"given": ("good", "check"), "withdrawn": ("bad", "ban")}
_PURPOSE = _("Proof of consent")
_BASIS = _("Legal duty")
_KEPT = _("As long as the customer relationship lasts, and 3 years after")


def _scope(filterable: bool = True) -> tuple[Field, ...]:
    return (
        Field("for_service", _("Contract and service"), Kind.BOOL, filterable=filterable),
        Field("for_marketing", _("Marketing messages"), Kind.BOOL, filterable=filterable),
        Field("for_analysis", _("Data analysis"), Kind.BOOL, filterable=filterable),
        Field("for_sharing", _("Sharing with partners"), Kind.BOOL, filterable=filterable),
    )


_SCOPE = ("for_service", "for_marketing", "for_analysis", "for_sharing")


CONSENTS = register(
    RecordType(
        model=Consent,
        code="consents",
        area=Area.CONSENT,
        title=_("Consent record"),
        plural=_("Consent records"),
        icon="shield-check",
        section="comply",
        order=20,
        name_field="customer",
        empty=_("Example: Hangzhou Lanshan consents to service and analysis, signed on paper at a visit."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, holds=False),
            Field("act", _("Act"), Kind.BADGE, filterable=True,
                  choices=tuple(Choice(v, label, *_TONES[v]) for v, label in Act.choices)),
            Field("contact", _("By contact"), Kind.RELATION, relation="contacts", holds=False),
            *_scope(),
            Field("channel", _("Channel"), Kind.CHOICE, choices=_CHANNELS, filterable=True),
            Field("how", _("How"), Kind.CHOICE, choices=tuple(Choice(v, label) for v, label in How.choices),
                  filterable=True),
            Field("text__edition", _("Text version"), Kind.NUMBER),
            Field("said_at", _("Time"), Kind.DATETIME, purpose=_PURPOSE, basis=_BASIS, retention=_KEPT),
            Field("witness_id", _("Witness"), Kind.PERSON),
            Field("created_by_id", _("Written down by"), Kind.PERSON, filterable=True),
            Field("reason", _("Reason"), purpose=_PURPOSE, basis=_BASIS, retention=_KEPT),
        ),
        list_columns=("customer", "act", *_SCOPE, "channel", "how", "said_at", "edition"),
        card=("act", "channel", "said_at"),
        default_sort="said_at",
        sorts=(Sort("said_at", descending=True),),
        views=(
            View("all", _("All")),
            View("given", _("Given"), {"act": "given"}),
            View("withdrawn", _("Withdrawn"), {"act": "withdrawn"}),
        ),
        sections=(
            Section(_("Consent"), ("customer", "contact", "act", "channel", "how", "edition", "said_at", "witness",
                                   "created_by", "reason")),
            Section(_("Scope"), _SCOPE),
        ),
    )
)  # fmt: skip

TEXTS = register(
    RecordType(
        model=ConsentText,
        code="consent-texts",
        area=Area.CONSENT,
        title=_("Notice text"),
        plural=_("Notice texts"),
        icon="file-text",
        section="comply",
        order=30,
        name_field="channel",
        empty=_("Example: what a customer is told at the counter before consenting."),
        fields=(
            Field("channel", _("Channel"), Kind.CHOICE, choices=_CHANNELS, filterable=True),
            Field("language", _("Language"), Kind.CHOICE, filterable=True,
                  choices=tuple(Choice(v, label) for v, label in Language.choices)),
            Field("edition", _("Text version"), Kind.NUMBER),
            Field("in_force_from", _("In force from"), Kind.DATETIME),
            *_scope(),
            Field("notice", _("Purpose and use"), Kind.LONG_TEXT),
            Field("promise", _("Confidentiality promise"), Kind.LONG_TEXT),
            Field("created_by_id", _("Published by"), Kind.PERSON),
        ),
        list_columns=("channel", "language", "edition", "in_force_from", *_SCOPE),
        card=("language", "edition", "in_force_from"),
        default_sort="in_force_from",
        sorts=(Sort("in_force_from", descending=True),),
        sections=(
            Section(_("Text"), ("channel", "language", "edition", "in_force_from", "created_by", "notice", "promise")),
            Section(_("Scope"), _SCOPE),
        ),

    )
)  # fmt: skip
