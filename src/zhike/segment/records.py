"""How strategy tasks are listed: each number below a row of the table opens its part of this list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Calendar, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.segment.models import StrategyTask, TaskState
from zhike.segment.words import row_choices

_TONES = {
    "open": ("info", "clock"),
    "overdue": ("bad", "alarm"),
    "done": ("good", "circle-check"),
    "late": ("warn", "clock-exclamation"),
    "cancelled": ("neutral", "circle-x"),
}

TASKS = register(
    RecordType(
        model=StrategyTask,
        code="strategy_tasks",
        area=Area.STRATEGY,
        title=_("Strategy task"),
        plural=_("Strategy tasks"),
        icon="target-arrow",
        section="segment",
        order=30,
        name_field="customer",
        empty=_("A customer who enters a row that asks for a first contact gets a task with a clock here."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, holds=False),
            Field("row", _("Strategy"), Kind.CHOICE, choices=row_choices, filterable=True),
            Field(
                "state",
                _("State"),
                Kind.BADGE,
                choices=tuple(Choice(v, label, *_TONES[v]) for v, label in TaskState.choices),
                filterable=True,
            ),
            Field("due_at", _("Due"), Kind.DATETIME, filterable=True),
            Field("entered_on", _("Entered on"), Kind.DATE, filterable=True),
            Field("contacted_at", _("Contacted"), Kind.DATETIME),
            Field("left_on", _("Left on"), Kind.DATE),
            Field("row_after", _("Strategy afterwards"), Kind.CHOICE, choices=row_choices),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
        ),
        list_columns=("customer", "row", "state", "due_at", "entered_on", "contacted_at", "owner"),
        card=("state", "due_at"),
        sections=(
            Section(_("Task"), ("customer", "row", "state", "due_at", "owner")),
            Section(_("What became of it"), ("entered_on", "contacted_at", "left_on", "row_after")),
        ),
        default_sort="due_at",
        sorts=(Sort("due_at", descending=True),),
        calendar=Calendar(("due_at",), ("state", "owner")),
        views=(
            View("open", _("Open strategy tasks"), {"state": "open"}),
            View("overdue", _("Overdue strategy tasks"), {"state": "overdue"}),
        ),
    )
)
