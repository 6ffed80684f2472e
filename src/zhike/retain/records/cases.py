"""Retention cases: how they are listed and shown, and what is done to one on its way."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.correspond.public import mail_act
from zhike.customers.public import RISKS, TIERS
from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Choice, Field, Kind, RecordType, Section, Sort, View, register, sharing
from zhike.retain.causes import causes
from zhike.retain.models import RetentionCase
from zhike.retain.models.case import Answer, CaseState, Evidence
from zhike.retain.models.plan import PlanState
from zhike.retain.records.case_acts import ACTS
from zhike.retain.wording import LEADS, causes_to_state, measures_to_offer

_TONES = {
    "contact": "warn", "interview": "warn", "plan": "info", "decision": "info", "work": "info", "saved": "good",
    "lost": "bad", "archived": "bad",
}  # fmt: skip
POSTS = (
    Choice("sales_lead", pgettext_lazy("route", "Sales lead")),
    Choice("success_manager", pgettext_lazy("route", "Customer success team")),
    Choice("customer_manager", pgettext_lazy("route", "Customer manager")),
)
_PLANS = tuple(
    Choice(code, label, tone)
    for (code, label), tone in zip(PlanState.choices, ("neutral", "info", "good", "warn"), strict=True)
)
_REASONS = tuple(Choice(code, words) for code, words in LEADS.items())

CASES = register(
    RecordType(
        model=RetentionCase,
        code="retentions",
        area=Area.HEALTH,
        title=_("Retention case"),
        plural=_("Retention cases"),
        icon="lifebuoy",
        section="retain",
        order=20,
        name_field="customer",
        empty=_("A case opens with each warning that is published."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field(
                "state",
                _("State"),
                Kind.BADGE,
                choices=tuple(Choice(code, label, _TONES[code]) for code, label in CaseState.choices),
                filterable=True,
            ),
            Field("risk", _("Risk"), Kind.BADGE, choices=RISKS, filterable=True),
            Field("tier", _("Tier"), Kind.BADGE, choices=TIERS, filterable=True),
            Field("main_cause", _("Main cause"), Kind.CHOICE, choices=causes),
            Field("cause", _("Cause as known"), Kind.CHOICE, choices=causes_to_state, filterable=True),
            Field(
                "value_at_stake_minor", _("Value at stake"), Kind.MONEY, currency_path="currency", name="value_at_stake"
            ),
            Field("owner_id", _("Led by"), Kind.PERSON, filterable=True, name="lead"),
            Field("route", _("Leading post"), Kind.CHOICE, choices=POSTS, filterable=True),
            Field("lead_reason", _("Why"), Kind.CHOICE, choices=_REASONS),
            Field("offered_to_id", _("Offered to"), Kind.PERSON, filterable=True),
            Field("opened_at", _("Opened"), Kind.DATETIME, filterable=True),
            Field("contact_due_at", _("Contact due"), Kind.DATETIME),
            Field("contacted_at", _("Contacted"), Kind.DATETIME),
            Field("interviewed_at", _("Interviewed"), Kind.DATETIME),
            Field("plan__state", _("Plan"), Kind.BADGE, choices=_PLANS, name="plan"),
            Field("plan__measure", _("Measure"), Kind.CHOICE, choices=measures_to_offer, name="measure",
                  filterable=True),
            Field("plan__goal_on", _("Goal by"), Kind.DATE, name="goal_on"),
            Field("plan__cost_minor", _("Cost"), Kind.MONEY, currency_path="currency", name="cost"),
            Field("closed_at", _("Closed"), Kind.DATETIME, filterable=True),
            Field(
                "evidence",
                _("Evidence"),
                Kind.CHOICE,
                choices=tuple(Choice(code, label) for code, label in Evidence.choices),
            ),
            Field("outcome", _("What came of it"), Kind.LONG_TEXT),
            Field("last_talk_at", _("Last talk"), Kind.DATETIME),
            Field("true_reason", _("True reason for leaving"), Kind.CHOICE, choices=causes_to_state, filterable=True),
            Field("is_welcomed", _("Told they are welcome back"), Kind.BOOL),
            Field("analysis", _("Analysis"), Kind.LONG_TEXT),
            Field("recontact_on", _("May be approached again from"), Kind.DATE, filterable=True),
            Field("approached_at", _("Approached again"), Kind.DATETIME),
            Field("approach_answer", _("Answer to the approach"), Kind.CHOICE,
                  choices=tuple(Choice(code, label) for code, label in Answer.choices), filterable=True),
            Field("archived_at", _("Archived"), Kind.DATETIME),
        ),
        list_columns=("customer", "state", "tier", "risk", "cause", "value_at_stake", "lead", "contact_due_at", "plan",
                      "recontact_on"),
        card=("state", "risk", "contact_due_at", "recontact_on"),
        default_sort="opened_at",
        sorts=(Sort("opened_at", descending=True),),
        views=(
            View("open", pgettext_lazy("cases", "Open"), {"closed_at": "none"}),
            View("deciding", _("Plans to decide"), {"state": "decision"}),
            View("saved", pgettext_lazy("cases", "Saved"), {"state": "saved"}),
            View("lost", _("Lost, file open"), {"state": "lost"}),
            View("archived", _("Lost customers' files"), {"state": "archived"}),
            View("recontact", _("May be approached again"), {"state": "archived", "recontact_on__to": "today"}),
            View("all", _("All")),
        ),
        sections=(
            Section(
                _("Case"),
                ("customer", "risk", "tier", "main_cause", "cause", "value_at_stake", "lead", "lead_reason",
                 "offered_to", "opened_at", "contact_due_at", "contacted_at", "interviewed_at"),
            ),
            Section(
                _("Outcome"),
                ("closed_at", "evidence", "outcome", "last_talk_at", "true_reason", "is_welcomed", "analysis",
                 "archived_at", "recontact_on", "approached_at", "approach_answer"),
            ),
        ),
        acts=(*ACTS, mail_act(RetentionCase, "retentions", lambda _row: ""), sharing.act(RetentionCase)),
        steps="state",
        duty_subject="retention_case",
    )
)  # fmt: skip
