"""How rules, their firings and their tasks are listed and shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.automate import declare
from zhike.automate.models import Rule, RuleState, Run, RunState, SkipReason, Task, TaskState, TriggerKind
from zhike.automate.services import checking, doing, rule, task
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Related, Section, Sort, View, register

_RULE_TONES = {"draft": ("neutral", "pencil"), "on": ("good", "player-play"), "off": ("warn", "player-pause")}
_RUN_TONES = {
    "pending": ("info", "clock"), "running": ("info", "clock"), "done": ("good", "circle-check"),
    "refused": ("warn", "ban"), "failed": ("bad", "alert-triangle"), "skipped": ("neutral", "player-pause"),
    "lapsed": ("neutral", "circle-x"),
}  # fmt: skip
_TASK_TONES = {"open": ("info", "clock"), "done": ("good", "circle-check"), "dropped": ("neutral", "circle-x")}
STATES = tuple(Choice(v, label, *_RULE_TONES[v]) for v, label in RuleState.choices)
RUN_STATES = tuple(Choice(v, label, *_RUN_TONES[v]) for v, label in RunState.choices)
KINDS = tuple(Choice(v, label) for v, label in TriggerKind.choices)
REASONS = tuple(Choice(v, label) for v, label in SkipReason.choices if v)


def subjects() -> Sequence[Choice]:
    """The kinds of records that rules can be about."""
    return tuple(Choice(t.code, t.title) for t in checking.subject_types())


def events() -> Sequence[Choice]:
    """The events that rules can wait for, in words."""
    return tuple(Choice(name, known.title) for name, known in declare.triggers().items())


def _is(*states: str) -> Any:
    return lambda _viewer, row: row.state in states


_OUTCOME = Field("outcome", _("Outcome"), max_length=300, name="outcome")

RULES = register(
    RecordType(
        model=Rule, code="rules", area=Area.AUTOMATION, title=_("Automation rule"), plural=_("Automation rules"),
        icon="robot", section="settings", order=60,
        empty=_("Example: when a lead is graded A and nobody has contacted it within 24 hours, tell the superior."),
        fields=(
            Field("name", _("Name"), editable=True, required=True, max_length=80),
            Field("state", _("State"), Kind.BADGE, choices=STATES, filterable=True),
            Field("kind", _("Waits for"), Kind.CHOICE, choices=KINDS, filterable=True, editable=True, required=True,
                  on_edit=False),
            Field("event", _("Event"), Kind.CHOICE, choices=events, filterable=True, editable=True, on_edit=False,
                  help=_("Only where the rule waits for something to happen.")),
            Field("subject", _("About"), Kind.CHOICE, choices=subjects, filterable=True, editable=True, on_edit=False,
                  help=_("Empty: what the event is about.")),
            Field("note", _("Note"), editable=True, max_length=300),
            Field("current__number", _("Version in force"), Kind.NUMBER, name="edition"),
            Field("current__published_at", _("In force since"), Kind.DATETIME, name="published_at"),
            Field("owner_id", _("Runs with the rights of"), Kind.PERSON, filterable=True),
            Field("next_at", _("Next time"), Kind.DATETIME),
            Field("fired_at", _("Last fired"), Kind.DATETIME),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("name", "state", "kind", "event", "subject", "owner", "fired_at"),
        card=("state", "event", "fired_at"),
        default_sort="created_at", sorts=(Sort("created_at", descending=True),),
        sections=(
            Section(_("Rule"), ("name", "state", "kind", "event", "subject", "note")),
            Section(_("In force"), ("edition", "published_at", "owner", "next_at", "fired_at")),
        ),
        related=(Related("rule_runs", "rule", ("subject", "customer", "state", "at"), rows=8),),
        views=(
            View("all", _("All")),
            View("on", pgettext_lazy("rules", "On"), {"state": "on"}),
            View("drafts", _("Drafts"), {"state": "draft"}),
        ),
        create=rule.rule_create, update=rule.rule_update, delete=rule.rule_delete, restore=rule.rule_restore,
        acts=(
            Act("turn_on", _("Put in force"), "player-play", rule.rule_turn_on, is_main=True,
                when=lambda _viewer, row: row.state != RuleState.ON or row.current.definition != row.draft,
                asks=_("The rule runs with your rights from now on, never more. Try it out before."),
                done=_("The rule is on.")),
            Act("turn_off", _("Switch off"), "player-pause", rule.rule_turn_off, when=_is("on"),
                fields=(Field("reason", _("Reason"), max_length=200, name="reason"),),
                done=_("The rule is off. What was waiting falls away.")),
        ),
    )
)  # fmt: skip

RUNS = register(
    RecordType(
        model=Run, code="rule_runs", area=Area.AUTOMATION, title=_("Firing of a rule"), plural=_("Automation log"),
        icon="list-check", section="settings", order=61, name_field="rule",
        empty=_("Example: the rule “Grade A, not contacted” fired on a lead at 9:12 and told the superior."),
        fields=(
            Field("rule", _("Rule"), Kind.RELATION, relation="rules", filterable=True, holds=False),
            Field("at", _("Time"), Kind.DATETIME, filterable=True),
            Field("state", _("Result"), Kind.BADGE, choices=RUN_STATES, filterable=True),
            Field("subject", _("About"), Kind.CHOICE, choices=subjects, filterable=True),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, holds=False,
                  area=Area.PROFILE),
            Field("reason", _("Why not"), Kind.CHOICE, choices=REASONS, filterable=True),
            Field("times", _("Times"), Kind.NUMBER),
            Field("edition__number", _("Version"), Kind.NUMBER, name="edition"),
            Field("due_at", _("Looked at"), Kind.DATETIME),
            Field("finished_at", _("Finished"), Kind.DATETIME),
            Field("cause", _("Cause")),
            Field("owner_id", _("With the rights of"), Kind.PERSON),
        ),
        list_columns=("rule", "subject", "customer", "state", "reason", "times", "at"),
        card=("state", "subject", "at"),
        default_sort="at", sorts=(Sort("at", descending=True),),
        sections=(
            Section(_("Firing"), ("rule", "edition", "at", "subject", "customer", "owner", "cause")),
            Section(_("Result"), ("state", "reason", "times", "due_at", "finished_at")),
        ),
        views=(
            View("all", _("All")),
            View("failed", pgettext_lazy("firings", "Failed"), {"state": "failed"}),
            View("refused", pgettext_lazy("firings", "Refused"), {"state": "refused"}),
            View("pending", pgettext_lazy("firings", "Waiting"), {"state": "pending"}),
            View("skipped", pgettext_lazy("firings", "Not done"), {"state": "skipped"}),
        ),
        acts=(
            Act("again", _("Try again"), "refresh", doing.run_again, when=_is("failed", "refused", "skipped"),
                done=_("What failed or was refused is tried again in a moment.")),
        ),
    )
)  # fmt: skip

TASKS = register(
    RecordType(
        model=Task, code="rule_tasks", area=Area.TIMELINE, title=_("Task of a rule"), plural=_("Tasks of rules"),
        icon="checklist", section="customers", order=58, name_field="title", duty_subject="rule_task",
        empty=_("Example: call the customer whose health fell below 60, due tomorrow at noon."),
        fields=(
            Field("title", pgettext_lazy("task", "What is to be done")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, holds=False),
            Field("state", _("State"), Kind.BADGE, filterable=True,
                  choices=tuple(Choice(v, label, *_TASK_TONES[v]) for v, label in TaskState.choices)),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("due_at", _("Due"), Kind.DATETIME, filterable=True),
            Field("done_at", _("Done"), Kind.DATETIME),
            Field("outcome", _("Outcome")),
        ),
        list_columns=("title", "customer", "state", "owner", "due_at"), card=("customer", "state", "due_at"),
        default_sort="due_at", sorts=(Sort("due_at", descending=True),),
        sections=(Section(_("Task"), ("title", "customer", "state", "owner", "due_at", "done_at", "outcome")),),
        views=(
            View("mine", _("My tasks"), {"owner": "me", "state": "open"}),
            View("open", _("Open"), {"state": "open"}),
            View("all", _("All")),
        ),
        acts=(
            Act("done", pgettext_lazy("task", "Done"), "check", task.task_done, is_main=True, level=Level.BASIC,
                when=_is("open"), fields=(_OUTCOME,), done=_("Done. The clock has stopped.")),
            Act("drop", _("Not needed"), "x", task.task_drop, level=Level.BASIC, when=_is("open"),
                fields=(Field("outcome", _("Reason"), required=True, max_length=300, name="outcome"),),
                done=_("Dropped. The clock has stopped.")),
        ),
    )
)  # fmt: skip
