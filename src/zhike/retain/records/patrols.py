"""Health patrols: how they are listed, and what is done with one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.matrix import Area
from zhike.foundation.kit import clock
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.retain.models import HealthPatrol, PatrolTask
from zhike.retain.models.patrol import FollowUp, PatrolState
from zhike.retain.services.patrol import MOST, patrol_call_off, patrol_hold, patrol_task_done

_STATES = tuple(
    Choice(code, label, tone)
    for (code, label), tone in zip(PatrolState.choices, ("warn", "good", "neutral"), strict=True)
)
_KINDS = dict(FollowUp.choices)


def _tasks(_viewer: Any, patrol: HealthPatrol) -> Field:
    rows = PatrolTask.objects.filter(patrol=patrol, done_at=None)
    options = tuple(Choice(str(row.uid), f"{_KINDS[row.kind]}: {row.what} ({row.due_on:%Y-%m-%d})") for row in rows)
    return Field("task", _("What was done"), Kind.CHOICE, choices=options, required=True)


def _has_tasks(_viewer: Any, patrol: HealthPatrol) -> bool:
    return PatrolTask.objects.filter(patrol=patrol, done_at=None).exists()


ACTS = (
    Act(
        "hold", _("Write down the patrol"), "clipboard-check", patrol_hold, is_main=True,
        fields=(
            Field("held_on", _("Held on"), Kind.DATE),
            Field("findings", _("Findings"), Kind.LONG_TEXT, required=True,
                  help=_("Use, satisfaction, what changed at the customer, what worries them.")),
            Field("recommend", _("How likely to recommend us, 0 to 10"), Kind.NUMBER, minimum=0, maximum=MOST,
                  help=_("The customer's own answer; leave it empty if you did not ask.")),
            Field("service", _("Change of service"), max_length=400, help=_("Becomes a task of yours.")),
            Field("renewal", _("Renewal"), max_length=400, help=_("Becomes a task of the customer's manager.")),
            Field("cross", _("Cross-selling"), max_length=400, help=_("Becomes a task of the customer's manager.")),
            Field("due_on", _("Tasks due on"), Kind.DATE),
        ),
        when=lambda _viewer, row: row.state == "planned",
        start=lambda _row: {"held_on": clock.today()},
        done=_("Patrol written down."),
    ),
    Act(
        "task-done", _("Mark a task as done"), "checkbox", patrol_task_done, fields=lambda v, row: (_tasks(v, row),),
        when=_has_tasks, done=_("Task done."),
    ),
    Act(
        "call-off", _("Call off"), "calendar-off", patrol_call_off,
        fields=(Field("reason", _("Reason"), Kind.LONG_TEXT, required=True, max_length=400),),
        when=lambda _viewer, row: row.state == "planned", done=_("Patrol called off."),
    ),
)  # fmt: skip

PATROLS = register(
    RecordType(
        model=HealthPatrol,
        code="health_patrols",
        area=Area.HEALTH,
        title=_("Health patrol"),
        plural=_("Health patrols"),
        icon="clipboard-heart",
        section="retain",
        order=35,
        name_field="customer",
        empty=_("The next patrol of each customer is planned at night, by the cycle of its tier."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("state", _("State"), Kind.BADGE, choices=_STATES, filterable=True),
            Field("due_on", _("Due on"), Kind.DATE, filterable=True),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("held_on", _("Held on"), Kind.DATE, filterable=True),
            Field("health", _("Health on that day"), Kind.NUMBER, digits=1),
            Field("recommend", _("Recommends us, 0 to 10"), Kind.NUMBER),
            Field("findings", _("Findings"), Kind.LONG_TEXT),
            Field("reason", _("Why called off"), Kind.LONG_TEXT),
        ),
        list_columns=("customer", "state", "due_on", "owner", "held_on", "health", "recommend"),
        card=("state", "due_on", "recommend"),
        default_sort="due_on",
        sorts=(Sort("due_on"), Sort("due_on", descending=True)),
        views=(
            View("planned", pgettext_lazy("patrols", "Planned"), {"state": "planned"}),
            View("held", pgettext_lazy("patrols", "Held"), {"state": "held"}),
            View("all", _("All")),
        ),
        sections=(
            Section(
                _("Health patrol"),
                ("customer", "state", "due_on", "owner", "held_on", "health", "recommend", "findings", "reason"),
            ),
        ),
        acts=ACTS,
        duty_subject="health_patrol",
    )
)  # fmt: skip
