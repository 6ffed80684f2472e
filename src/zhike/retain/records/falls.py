"""Falls of health: how they are listed, and the act that says why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.retain.causes import causes
from zhike.retain.models import HealthFall
from zhike.retain.models.fall import FallState
from zhike.retain.services.cause import cause_confirm

FALLS = register(
    RecordType(
        model=HealthFall,
        code="health_falls",
        area=Area.HEALTH,
        title=_("Fall of health"),
        plural=_("Falls of health"),
        icon="heart-broken",
        section="retain",
        order=30,
        name_field="customer",
        empty=_("The night finds customers whose health went below the limit."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field(
                "state",
                _("State"),
                Kind.BADGE,
                choices=tuple(
                    Choice(code, label, tone)
                    for (code, label), tone in zip(FallState.choices, ("warn", "good"), strict=True)
                ),
                filterable=True,
            ),
            Field("health", _("Health"), Kind.NUMBER, digits=1),
            Field("health_limit", _("Limit"), Kind.NUMBER, digits=1),
            Field("cause", _("Cause named by the system"), Kind.CHOICE, choices=causes),
            Field("confirmed_cause", _("Cause confirmed"), Kind.CHOICE, choices=causes, filterable=True),
            Field("note", _("Note"), Kind.LONG_TEXT),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("fell_at", _("Fell"), Kind.DATETIME, filterable=True),
            Field("confirmed_at", _("Confirmed"), Kind.DATETIME),
        ),
        list_columns=("customer", "state", "health", "cause", "confirmed_cause", "owner", "fell_at"),
        card=("state", "health", "cause"),
        default_sort="fell_at",
        sorts=(Sort("fell_at", descending=True),),
        views=(View("open", _("To be confirmed"), {"state": "open"}), View("all", _("All"))),
        sections=(
            Section(
                _("Fall of health"),
                ("customer", "state", "health", "health_limit", "cause", "owner", "fell_at", "confirmed_cause",
                 "confirmed_at", "note"),
            ),
        ),
        acts=(
            Act(
                "confirm",
                _("Confirm the cause"),
                "circle-check",
                cause_confirm,
                fields=(
                    Field("cause", _("Cause"), Kind.CHOICE, choices=causes, required=True),
                    Field("note", _("Note"), Kind.LONG_TEXT),
                ),
                when=lambda _viewer, row: row.state == "open",
                is_main=True,
                asks=_("The night's cause stands there already. Leave it, or say what is really behind it."),
                start=lambda row: {"cause": row.cause},
                done=_("Cause confirmed."),
            ),
        ),
        duty_subject="health_fall",
    )
)  # fmt: skip
