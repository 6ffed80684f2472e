"""How churn warnings are listed; the desk where they are decided on is a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from zhike.customers.public import RISKS, TIERS
from zhike.foundation.access.matrix import Area
from zhike.foundation.records import (
    Act,
    BulkAction,
    Choice,
    Field,
    Kind,
    Quick,
    RecordType,
    Section,
    Sort,
    View,
    register,
)
from zhike.retain.causes import causes
from zhike.retain.models import Warning
from zhike.retain.models.warning import WarningState
from zhike.retain.services.warning import (
    PUBLISHERS,
    lacks_case,
    warning_case_open,
    warning_dismiss,
    warning_publish,
    warnings_publish,
)

_TONES = {
    "proposed": "info", "published": "warn", "contacted": "good", "dismissed": "neutral", "withdrawn": "neutral",
    "closed": "neutral",
}  # fmt: skip


def _publish(*, viewer: Any, uids: Sequence[UUID]) -> int:
    return warnings_publish(viewer=viewer, uids=uids)


def _is_proposed(_viewer: Any, row: Any) -> bool:
    return bool(row.state == "proposed")


WARNINGS = register(
    RecordType(
        model=Warning,
        code="warnings",
        area=Area.HEALTH,
        title=_("Churn warning"),
        plural=_("Churn warnings"),
        icon="alert-triangle",
        section="retain",
        order=90,
        name_field="customer",
        empty=_("The night proposes warnings; publish one and the contact clock starts."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field(
                "state",
                _("State"),
                Kind.BADGE,
                choices=tuple(Choice(v, label, _TONES[v]) for v, label in WarningState.choices),
                filterable=True,
            ),
            Field("risk", _("Risk"), Kind.BADGE, choices=RISKS, filterable=True),
            Field("tier", _("Tier"), Kind.BADGE, choices=TIERS, filterable=True),
            Field("main_cause", _("Main cause"), Kind.CHOICE, choices=causes, filterable=True),
            Field("health", _("Health"), Kind.NUMBER, digits=1),
            Field(
                "value_at_stake_minor", _("Value at stake"), Kind.MONEY, currency_path="currency", name="value_at_stake"
            ),
            Field("contact_due_at", _("Contact due"), Kind.DATETIME),
            Field("contacted_at", _("Contacted"), Kind.DATETIME),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("proposed_on", _("Proposed on"), Kind.DATE),
        ),
        list_columns=(
            "customer",
            "state",
            "tier",
            "risk",
            "main_cause",
            "health",
            "value_at_stake",
            "contact_due_at",
            "owner",
        ),
        card=("risk", "main_cause", "contact_due_at"),
        default_sort="proposed_on",
        sorts=(Sort("proposed_on", descending=True),),
        quick=(Quick("risk", _("High risk"), "risk.is(high)"),),
        views=(
            View("proposed", _("Proposed"), {"state": "proposed"}),
            View("published", _("Published"), {"state": "published"}),
            View("all", _("All")),
        ),
        sections=(
            Section(
                _("Warning"),
                (
                    "customer",
                    "state",
                    "risk",
                    "tier",
                    "main_cause",
                    "health",
                    "value_at_stake",
                    "contact_due_at",
                    "contacted_at",
                    "owner",
                    "proposed_on",
                ),
            ),
        ),
        acts=(
            Act(
                "publish",
                _("Publish"),
                "speakerphone",
                warning_publish,
                when=_is_proposed,
                posts=PUBLISHERS,
                is_main=True,
                done=_("Published. The contact clock is running, and a retention case is open."),
            ),
            Act(
                "case",
                _("Open a retention case"),
                "lifebuoy",
                warning_case_open,
                when=lambda _viewer, row: lacks_case(row),
                is_main=True,
                done=_("The retention case is open."),
            ),
            Act(
                "dismiss",
                _("Dismiss"),
                "circle-x",
                warning_dismiss,
                fields=(Field("reason", _("Reason"), Kind.TEXT, required=True, max_length=200),),
                when=_is_proposed,
                posts=PUBLISHERS,
                done=_("Dismissed."),
            ),
        ),
        bulk=(BulkAction("publish", _("Publish"), "speakerphone", _publish),),
    )
)
