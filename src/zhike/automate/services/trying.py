"""A dry run: on what a rule would have fired, with today's values of the records; nothing is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhike.automate import declare
from zhike.automate.models import Rule, RuleEdition
from zhike.automate.policy import RulesPolicy
from zhike.automate.rules.definition import COMES, DATE, EVENT, Definition, to_json
from zhike.automate.rules.timing import day_of, due_times
from zhike.automate.services import checking
from zhike.automate.services.hearing import Force, matching
from zhike.automate.services.timed import near
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies import current
from zhike.foundation.records import values
from zhike.foundation.records.declare import RecordType

_SHOWN = 20
_CHUNK = 500


@dataclass(frozen=True)
class Example:
    """One record on which it would have fired: when, how it is called, its page."""

    at: dt.datetime | None
    label: str
    link: str


@dataclass(frozen=True)
class Tried:
    """How often a rule would have fired within ``days``. ``standing`` records meet the condition now.

    ``is_all`` is False where there was more to look at than one dry run looks at.
    """

    count: int
    days: float
    is_all: bool
    standing: int
    examples: Sequence[Example]
    problems: dict[str, str]


def tried_out(viewer: Viewer, definition: Definition) -> Tried:
    """Try a definition out with the rights of the viewer. Problems come back instead of numbers. Raises: Forbidden."""
    viewer.require(Area.AUTOMATION, Level.BASIC)
    numbers = current().get(RulesPolicy)
    # An action that is missing or wrong does not keep one from trying the condition.
    problems = {k: v for k, v in checking.problems_of(viewer, definition).items() if not k.startswith("steps")}
    record_type = checking.type_of(definition.subject)
    if problems or record_type is None:
        return Tried(0, numbers.try_out_days, True, 0, (), problems)
    force = Force(Rule(), RuleEdition(definition=to_json(definition)), definition, record_type, viewer)
    until = clock.now()
    since = until - dt.timedelta(days=numbers.try_out_days)
    standing = matching(force).count()
    if definition.kind == EVENT:
        found, is_all = _events(force, since, numbers.try_out_rows)
        count = len(found)
    else:
        count, found = _times(force, since, until, standing)
        is_all = True
    return Tried(count, numbers.try_out_days, is_all, standing, _examples(viewer, record_type, found[:_SHOWN]), {})


def _events(force: Force, since: dt.datetime, most: int) -> tuple[list[tuple[dt.datetime | None, int]], bool]:
    """Past events of the kind whose record meets the condition now, the newest first."""
    known = declare.triggers()[force.definition.event]
    by = known.by if force.definition.subject == known.subject else "customer_id"
    rows = EventRow.objects.filter(name=force.definition.event, at__gte=since).order_by("-id")
    happened = list(rows.values_list("at", "payload")[: most + 1])
    told = [(at, payload.get(by)) for at, payload in happened[:most] if payload.get(by) is not None]
    meeting = _among(force, sorted({number for _at, number in told}))
    return [(at, number) for at, number in told if number in meeting], len(happened) <= most


def _among(force: Force, numbers: Sequence[int]) -> set[int]:
    found: set[int] = set()
    rows = matching(force)
    for start in range(0, len(numbers), _CHUNK):
        found.update(rows.filter(pk__in=numbers[start : start + _CHUNK]).values_list("pk", flat=True))
    return found


def _times(
    force: Force, since: dt.datetime, until: dt.datetime, standing: int
) -> tuple[int, list[tuple[dt.datetime | None, int]]]:
    """How often a rule of a time would have fired, and on whom."""
    rows, definition = matching(force), force.definition
    if definition.kind == COMES:
        return standing, _first(rows)
    slots = due_times(definition, clock.local(since), clock.local(until))
    if definition.kind == DATE:
        days = [day_of(definition, slot.date()) for slot in slots]
        rows = rows.filter(near(force, days[0], days[-1])) if days else rows.none()
        return rows.count(), _first(rows)
    return standing * len(slots), _first(rows)


def _first(rows: Any) -> list[tuple[dt.datetime | None, int]]:
    return [(None, number) for number in rows.order_by("-pk").values_list("pk", flat=True)[:_SHOWN]]


def _examples(
    viewer: Viewer, record_type: RecordType, found: Sequence[tuple[dt.datetime | None, int]]
) -> list[Example]:
    plan = values.plan(viewer, record_type, [record_type.name_field])
    rows = {row[0]: row for row in plan.everything.filter(pk__in=[number for _at, number in found])}
    return [
        Example(at, (plan.texts(rows[number]) or [""])[0] or str(record_type.title), record_type.link(rows[number][1]))
        for at, number in found
        if number in rows
    ]
