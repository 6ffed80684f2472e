"""Whether a definition can be put in force: every part understood, with the rights of who puts it in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from zhike.automate import declare
from zhike.automate.policy import RulesPolicy
from zhike.automate.rules.definition import COMES, DATE, EVENT, MOST_STEPS, SCHEDULE, WEEKLY, Definition, Step
from zhike.automate.rules.timing import time_of
from zhike.foundation import records
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import current
from zhike.foundation.records import operators
from zhike.foundation.records import where as grammar
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.forms import ActionForm
from zhike.foundation.records.operators import Asked

_MOST_DAYS = 3660
_OWN = ("rules", "rule_runs", "webhooks", "webhook_deliveries")


def subject_types() -> list[RecordType]:
    """The kinds of records that rules can be about: customers, and what belongs to one."""
    found = [t for t in records.every() if t.code == "customers" or hasattr(t.model, "customer_id")]
    return [t for t in found if t.code not in _OWN]


def type_of(code: str) -> RecordType | None:
    """The kind of records of a rule, if rules can be about it."""
    return next((t for t in subject_types() if t.code == code), None)


def customer_of(record_type: RecordType, row: Any) -> int | None:
    """The number of the customer whom a record belongs to."""
    number: int | None = row.pk if record_type.code == "customers" else row.customer_id
    return number


def dates_of(viewer: Viewer, record_type: RecordType) -> list[Field]:
    """The dates of a record that a rule may go by."""
    return [f for f in operators.fields_for(viewer, record_type) if f.kind in (Kind.DATE, Kind.DATETIME)]


def condition_of(viewer: Viewer, record_type: RecordType, where: str) -> Asked | None:
    """What the condition means to the viewer; None where there is none. Raises ValueError with a sentence."""
    return operators.asked(viewer, record_type, grammar.read(where)) if where else None


def form_of(viewer: Viewer, record_type: RecordType, action: declare.Action, step: Step) -> ActionForm:
    """The questions of an action with the answers of a step, ready to be checked."""
    typed = QueryDict(mutable=True)
    for key, given in step.answers.items():
        typed.setlist(key, given)
    return ActionForm(viewer, record_type, action.fields(viewer, record_type), typed)


def answers_of(viewer: Viewer, record_type: RecordType, step: Step) -> tuple[declare.Action, dict[str, Any]]:
    """The action and its arguments, checked as if they were typed now. Raises ValueError with a sentence."""
    action = declare.find_action(viewer, record_type, step.code)
    if action is None:
        raise ValueError(gettext("Your posts do not include this action."))
    form = form_of(viewer, record_type, action, step)
    if not form.is_valid():
        said = [f"{form.fields[k].label}: {e[0]}" if k in form.fields else str(e[0]) for k, e in form.errors.items()]
        raise ValueError(" ".join(said))
    return action, form.arguments()


def problems_of(viewer: Viewer, definition: Definition) -> dict[str, str]:
    """What is wrong, by place (``event``, ``where``, ``steps.0``), each as a sentence; empty when all is well."""
    record_type = type_of(definition.subject)
    if record_type is None:
        return {"subject": gettext("Rules cannot be about these records.")}
    if not viewer.may(record_type.area, Level.BASIC):
        return {"subject": gettext("Your posts do not include these records, so the rule would see none of them.")}
    found = dict(_of_trigger(viewer, record_type, definition))
    try:
        condition_of(viewer, record_type, definition.where)
    except ValueError as wrong:
        found["where"] = str(wrong)
    if definition.kind == COMES and not definition.where:
        found["where"] = gettext("Say what the record has to meet.")
    if not definition.steps:
        found["steps"] = gettext("Add at least one action.")
    if len(definition.steps) > MOST_STEPS:
        found["steps"] = gettext("A rule has at most %(most)d actions.") % {"most": MOST_STEPS}
    for place, step in enumerate(definition.steps):
        try:
            answers_of(viewer, record_type, step)
        except ValueError as wrong:
            found[f"steps.{place}"] = str(wrong)
    return found


def _of_trigger(viewer: Viewer, record_type: RecordType, definition: Definition) -> Mapping[str, str]:
    match definition.kind:
        case "event":
            return _of_event(definition)
        case "comes":
            return {}
        case "date":
            return _of_time(definition) | _of_date(viewer, record_type, definition)
        case "schedule":
            return _of_time(definition)
    return {"kind": gettext("Choose what the rule waits for.")}


def _of_event(definition: Definition) -> dict[str, str]:
    known = declare.triggers().get(definition.event)
    if known is None:
        return {"event": gettext("Choose the event.")}
    if definition.subject not in (known.subject, "customers"):
        return {"subject": gettext("This event says nothing about such a record.")}
    most = current().get(RulesPolicy).wait_most_hours
    if not 0 <= definition.wait_hours <= most:
        return {"wait_hours": gettext("A rule waits at most %(most)d hours.") % {"most": most}}
    return {}


def _of_time(definition: Definition) -> dict[str, str]:
    try:
        time_of(definition.at)
    except ValueError:
        return {"at": gettext("Write a time such as 09:00.")}
    if definition.kind == SCHEDULE and definition.rhythm == WEEKLY and not 0 <= definition.weekday < 7:
        return {"weekday": gettext("Choose a day of the week.")}
    return {}


def _of_date(viewer: Viewer, record_type: RecordType, definition: Definition) -> dict[str, str]:
    if definition.date_field not in {f.key for f in dates_of(viewer, record_type)}:
        return {"date_field": gettext("Choose the date.")}
    if abs(definition.days) > _MOST_DAYS:
        return {"days": gettext("At most %(most)d days.") % {"most": _MOST_DAYS}}
    return {}


KINDS = (EVENT, COMES, DATE, SCHEDULE)
