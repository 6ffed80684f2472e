"""An occasion comes: which rules it concerns, whether their condition holds, whether they may fire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import override

from zhike.automate import declare
from zhike.automate.models import Rule, RuleEdition, RuleState, Run, RunState, RunStep
from zhike.automate.policy import RulesPolicy
from zhike.automate.rules.definition import EVENT, Definition, from_json
from zhike.automate.rules.firing import Caps, Facts, held_back_by, lengthened, trail_of
from zhike.automate.services import checking
from zhike.automate.services.rule import standing_halt
from zhike.events.automate import RuleFired
from zhike.foundation import outbox
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.outbox import chains
from zhike.foundation.outbox.event import Event
from zhike.foundation.policies import current
from zhike.foundation.records import values
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.operations import is_plain

_LOCK_SPACE = 0x7A81
FIRED = (RunState.RUNNING, RunState.DONE, RunState.REFUSED, RunState.FAILED)


@dataclass(frozen=True)
class Force:
    """An edition that is in force, with the rights it runs with; nobody's where its owner is gone."""

    rule: Rule
    edition: RuleEdition
    definition: Definition
    record_type: RecordType
    viewer: Viewer | None


def force_of(rule: Rule, edition: RuleEdition) -> Force | None:
    """What is needed to run an edition; None where its kind of records is gone from the code."""
    definition = from_json(edition.definition)
    record_type = checking.type_of(definition.subject)
    return None if record_type is None else Force(rule, edition, definition, record_type, rights_of(edition))


def rights_of(edition: RuleEdition) -> Viewer | None:
    """Who put the edition in force as a viewer of today; None for who left, or may no longer automate."""
    person = Person.objects.select_related("department").filter(pk=edition.published_by_id, is_active=True).first()
    if person is None:
        return None
    viewer = viewer_of(person, address=f"rule {edition.rule_id}.{edition.number}")
    return viewer if viewer.may(Area.AUTOMATION, Level.EDIT) else None


def hear(happened: Event) -> None:
    """Let each rule that waits for this event look at it; inside the delivery's transaction."""
    known = declare.triggers().get(happened.event_name)
    if known is None or not happened.is_live:
        return
    on = Rule.objects.filter(
        state=RuleState.ON, deleted_at=None, current__kind=EVENT, current__event=happened.event_name
    )
    rules = list(on.select_related("current").order_by("pk"))
    hold([rule.pk for rule in rules], getattr(happened, "customer_id", None))
    for rule in rules:
        force = force_of(rule, rule.current)  # type: ignore[arg-type]
        number = known.number_for(rule.subject, happened) if force else None
        if force is None or number is None:
            continue
        wait = force.definition.wait_hours
        due = happened.at + dt.timedelta(hours=wait) if wait else None
        consider(force, number, cause=str(happened.uid), chain=chains.now(), due=due)


def hold(rules: Sequence[int], customer_id: int | None) -> None:
    """Let firings of the same rule, and about the same customer, come one after the other: caps are exact."""
    serial.hold(_LOCK_SPACE, [*(f"rule:{pk}" for pk in rules), f"customer:{customer_id}"])


def consider(force: Force, number: int, *, cause: str, chain: str = "", due: dt.datetime | None = None) -> Run | None:
    """Fire on the record ``number``, wait until ``due``, or note what holds the rule back; None when it has no part.

    Done twice for the same cause it stays one firing. Inside a transaction of the caller, after :func:`hold`.
    """
    row = _row(force, number)
    if row is None:
        return None
    customer_id = checking.customer_of(force.record_type, row)
    if Run.objects.filter(rule=force.rule, cause=cause, subject_uid=row.uid).exists():
        return None
    if reason := _held_back(force, customer_id, chain):
        _note_skip(force, reason, row.uid if reason in ("own_doing", "chain") else None, customer_id, chain)
        return None
    if due is None and not meets(force, number):
        return None
    run = Run(
        rule=force.rule, edition=force.edition, cause=cause, subject=force.record_type.code, subject_uid=row.uid,
        customer_id=customer_id, state=RunState.PENDING, chain=lengthened(chain, force.rule.pk), due_at=due,
        owner_id=force.edition.published_by_id,
    )  # fmt: skip
    run.save(force_insert=True)
    if due is None:
        fire(force, run, number)
    return run


def fire(force: Force, run: Run, number: int) -> None:
    """The condition holds: write down the actions and let them be done. Inside the caller's transaction."""
    run.state, run.at, run.values = RunState.RUNNING, clock.now(), values_of(force, number)
    run.version += 1
    run.save()
    RunStep.objects.bulk_create(
        RunStep(run=run, place=place, code=step.code, answers=dict(step.answers))
        for place, step in enumerate(force.definition.steps)
    )
    Rule.objects.filter(pk=force.rule.pk).update(fired_at=run.at)
    told(run)


def told(run: Run) -> None:
    """Publish that the actions of a firing are to be done, with the trail that leads to them."""
    with chains.within(run.chain):
        outbox.publish(
            RuleFired(
                customer_id=run.customer_id, rule_id=run.rule_id, rule_uid=str(run.rule.uid), run_id=run.pk,
                run_uid=str(run.uid), subject=run.subject, subject_uid=str(run.subject_uid),
            )
        )  # fmt: skip


def meets(force: Force, number: int) -> bool:
    """Whether the record meets the condition now, as far as the owner of the rule sees it."""
    return matching(force).filter(pk=number).exists()


def matching(force: Force) -> Any:
    """The records that meet the condition, as far as the owner of the rule sees them."""
    if force.viewer is None:
        return force.record_type.model._default_manager.none()
    found = scope.visible(force.viewer, force.record_type.model._default_manager.all())
    try:
        asked = checking.condition_of(force.viewer, force.record_type, force.definition.where)
    except ValueError:
        return found.none()
    return found if asked is None else found.filter(asked.where)


def values_of(force: Force, number: int) -> dict[str, str]:
    """What the condition asked about, in words: nobody's personal value."""
    if force.viewer is None or not force.definition.where:
        return {}
    asked = checking.condition_of(force.viewer, force.record_type, force.definition.where)
    keys = list(dict.fromkeys(f.key for f in asked.fields if is_plain(f))) if asked else []
    with override(force.viewer.language):
        plan = values.plan(force.viewer, force.record_type, keys)
        row = plan.everything.filter(pk=number).first()
        texts = plan.texts(row) if row is not None else []
        return {str(column.field.key): text for column, text in zip(plan.columns, texts, strict=False)}


def _row(force: Force, number: int) -> Any:
    rows = force.record_type.model._default_manager.filter(pk=number)
    if force.viewer is not None:
        return scope.visible(force.viewer, rows).first()
    return rows.first()


def _held_back(force: Force, customer_id: int | None, chain: str) -> str:
    numbers = current().get(RulesPolicy)
    midnight = clock.start_of(clock.today())
    today = Run.objects.filter(at__gte=midnight, state__in=(*FIRED, RunState.PENDING))
    about = today.filter(customer=customer_id).aggregate(n=Sum("times"))["n"] if customer_id else 0
    facts = Facts(
        force.rule.pk, trail_of(chain), standing_halt() is not None, force.viewer is not None,
        today.filter(rule=force.rule).count(), about or 0,
    )  # fmt: skip
    return held_back_by(facts, Caps(numbers.rule_most_a_day, numbers.customer_most_a_day, numbers.chain_most))


def _note_skip(force: Force, reason: str, uid: Any, customer_id: int | None, chain: str) -> None:
    """One row a day, rule and reason, and record where it matters which: a flood leaves one line that counts it."""
    about = {"subject_uid": uid, "customer_id": customer_id} if uid else {}
    key = {"rule": force.rule, "cause": f"{reason}:{clock.today().isoformat()}"}
    held = Run.objects.filter(**key, **({"subject_uid": uid} if uid else {})).first()
    if held is not None:
        Run.objects.filter(pk=held.pk).update(times=F("times") + 1, at=clock.now(), version=F("version") + 1)
        return
    Run.objects.create(
        **key, **about, edition=force.edition, subject=force.record_type.code, state=RunState.SKIPPED, reason=reason,
        chain=chain[:120], finished_at=clock.now(), owner_id=force.edition.published_by_id,
    )  # fmt: skip
