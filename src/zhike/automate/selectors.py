"""Reads of automation: a definition in words, what became of a firing, how everything stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext, ngettext

from zhike.automate import declare
from zhike.automate.models import DeliveryState, Rule, RuleState, Run, RunState, RunStep, StepState, Webhook
from zhike.automate.models.webhook import WebhookDelivery
from zhike.automate.rules.definition import COMES, DATE, EVENT, WEEKLY, Definition, Step, from_json
from zhike.automate.services import checking
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.records import names, operators
from zhike.foundation.records.declare import Field, Kind, RecordType


@dataclass(frozen=True)
class SaidStep:
    """An action in words: its title, what was answered, by field."""

    title: str
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SaidRule:
    """A definition in words. ``where`` is empty for no condition."""

    when: str
    where: str
    steps: Sequence[SaidStep]


def rule_get(viewer: Viewer, uid: UUID) -> Rule:
    """One rule. Raises: Forbidden, NotFound."""
    viewer.require(Area.AUTOMATION, Level.BASIC)
    return scope.one(viewer, Rule.objects.select_related("current"), uid=uid)


def webhook_get(viewer: Viewer, uid: UUID) -> Webhook:
    """One subscription. Raises: Forbidden, NotFound."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    return scope.one(viewer, Webhook.objects.all(), uid=uid)


def said_of(viewer: Viewer, stored: Mapping[str, Any]) -> SaidRule:
    """A stored definition in the active language, as far as the viewer's posts know its words."""
    try:
        definition = from_json(stored)
    except ValueError:
        return SaidRule("", "", ())
    record_type = checking.type_of(definition.subject)
    if record_type is None:
        return SaidRule("", "", ())
    return SaidRule(
        when_words(record_type, definition),
        _where_words(viewer, record_type, definition),
        [_step_words(viewer, record_type, step) for step in definition.steps],
    )


def when_words(record_type: RecordType, definition: Definition) -> str:
    """What the rule waits for, as a sentence."""
    if definition.kind == EVENT:
        known = declare.triggers().get(definition.event)
        words = str(known.title) if known else definition.event
        if not definition.wait_hours:
            return words
        hours = ngettext("%(n)g hour", "%(n)g hours", int(definition.wait_hours)) % {"n": definition.wait_hours}
        return gettext("%(event)s; looked at %(hours)s later") % {"event": words, "hours": hours}
    if definition.kind == COMES:
        return gettext("%(kind)s: comes to meet the condition") % {"kind": record_type.title}
    if definition.kind == DATE:
        return _date_words(record_type, definition)
    if definition.rhythm == WEEKLY:
        day = weekdays()[definition.weekday % 7][1]
        return gettext("Every week on %(day)s at %(at)s") % {"day": day, "at": definition.at}
    return gettext("Every day at %(at)s") % {"at": definition.at}


def _date_words(record_type: RecordType, definition: Definition) -> str:
    field = record_type.field(definition.date_field)
    given = {
        "field": str(field.label) if field else "–", "days": abs(definition.days), "at": definition.at,
        "kind": str(record_type.title),
    }  # fmt: skip
    if definition.days < 0:
        return gettext("%(kind)s: %(days)d days before “%(field)s”, at %(at)s") % given
    if definition.days > 0:
        return gettext("%(kind)s: %(days)d days after “%(field)s”, at %(at)s") % given
    return gettext("%(kind)s: on the day of “%(field)s”, at %(at)s") % given


def weekdays() -> list[tuple[int, str]]:
    """Days of the week, Monday first."""
    words = (gettext("Monday"), gettext("Tuesday"), gettext("Wednesday"), gettext("Thursday"), gettext("Friday"),
             gettext("Saturday"), gettext("Sunday"))  # fmt: skip
    return list(enumerate(words))


def _where_words(viewer: Viewer, record_type: RecordType, definition: Definition) -> str:
    try:
        asked = checking.condition_of(viewer, record_type, definition.where)
    except ValueError as wrong:
        return str(wrong)
    return asked.words if asked else ""


def _step_words(viewer: Viewer, record_type: RecordType, step: Step) -> SaidStep:
    action = declare.find_action(viewer, record_type, step.code)
    if action is None:
        return SaidStep(step.code, ())
    fields = action.fields(viewer, record_type)
    said = [(str(f.label), _said(f, step.answers[f.key])) for f in fields if any(step.answers.get(f.key, ()))]
    return SaidStep(str(action.title), said)


def _said(field: Field, given: Sequence[str]) -> str:
    options = {choice.code: str(choice.label) for choice in field.options}
    if field.kind is Kind.PERSON:
        options = {str(uid): name for uid, name in _people(given)}
    return " / ".join(options.get(one, one) for one in given)


def _people(given: Sequence[str]) -> list[tuple[UUID, str]]:
    return [(named.uid, named.name) for named in names.people.read().values() if str(named.uid) in given]


@dataclass(frozen=True)
class RunLine:
    """One action of a firing as the log shows it."""

    title: str
    step: RunStep
    state_words: str


def steps_of(viewer: Viewer, run: Run) -> list[RunLine]:
    """The actions of a firing, with what came of each."""
    viewer.require(Area.AUTOMATION, Level.BASIC)
    record_type = checking.type_of(run.subject)
    titles = {a.code: str(a.title) for a in declare.actions(viewer, record_type)} if record_type else {}
    return [
        RunLine(titles.get(step.code, step.code), step, str(StepState(step.state).label))
        for step in run.steps.order_by("place")
    ]


def values_in_words(viewer: Viewer, run: Run) -> list[tuple[str, str]]:
    """What the condition asked about when it fired: only what the viewer's posts include."""
    record_type = checking.type_of(run.subject)
    if record_type is None:
        return []
    known = {f.key: f for f in operators.fields_for(viewer, record_type)}
    return [(str(known[key].label), text or "–") for key, text in run.values.items() if key in known]


@dataclass(frozen=True)
class Standing:
    """How automation stands: for the system page and the overview."""

    on: int
    fired_today: int
    failed: int
    pending: int
    parked: int
    webhooks_failed: int


def how_it_stands() -> Standing:
    """Counts, of nobody's data."""
    midnight = clock.start_of(clock.today())
    counts = dict(Run.objects.order_by().values_list("state").annotate(n=Count("pk")))
    return Standing(
        on=Rule.objects.filter(state=RuleState.ON, deleted_at=None).count(),
        fired_today=Run.objects.filter(at__gte=midnight).exclude(state=RunState.SKIPPED).count(),
        failed=counts.get(RunState.FAILED, 0),
        pending=counts.get(RunState.PENDING, 0),
        parked=WebhookDelivery.objects.filter(state=DeliveryState.PARKED).count(),
        webhooks_failed=Webhook.objects.filter(state="failed", deleted_at=None).count(),
    )
