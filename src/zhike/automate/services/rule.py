"""Rules: begun, built, put in force, switched off; and all of them held at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.automate import declare, listening
from zhike.automate.models import Halt, Rule, RuleEdition, RuleState
from zhike.automate.rules.definition import DATE, EVENT, SCHEDULE, Definition, from_json, to_json
from zhike.automate.rules.timing import next_after
from zhike.automate.services import checking
from zhike.automate.services.refusals import HaltStands, NoHalt, RuleIncomplete, RuleIsOn, RuleNotOn
from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid
from zhike.foundation.records.rows import binned, from_bin, locked, noted, put_back, saved

_LONGEST = {"name": 80, "note": 300}


@transaction.atomic
def rule_create(
    *, viewer: Viewer, name: str, kind: str, event: str = "", subject: str = "", note: str = "", origin: str = "live"
) -> Rule:
    """Begin a rule as a draft. Without ``subject`` it is about the event's own record.

    Raises: Forbidden, Invalid.
    """
    viewer.require(Area.AUTOMATION, Level.EDIT)
    known = declare.triggers().get(event)
    subject = subject or (known.subject if known else "customers")
    problems = _problems({"name": name, "note": note})
    if kind not in checking.KINDS:
        problems["kind"] = "not_an_option"
    if kind == EVENT and known is None:
        problems["event"] = "required"
    if checking.type_of(subject) is None or (kind == EVENT and known and subject not in (known.subject, "customers")):
        problems["subject"] = "not_an_option"
    if problems:
        raise Invalid(fields=problems)
    definition = Definition(kind, subject, event if kind == EVENT else "")
    rule = Rule.objects.create(
        name=name.strip(), note=note.strip(), kind=kind, event=definition.event, subject=subject,
        draft=to_json(definition), origin=origin, owner_id=viewer.person_id, department_id=viewer.department_id,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
    )  # fmt: skip
    noted(viewer, rule, "rule.create", name=rule.name, kind=kind, event=rule.event, subject=subject)
    return rule


def _problems(texts: Mapping[str, str]) -> dict[str, str]:
    found = {key: "too_long" for key, text in texts.items() if len(text.strip()) > _LONGEST[key]}
    if "name" in texts and not texts["name"].strip():
        found["name"] = "required"
    return found


@transaction.atomic
def rule_update(*, viewer: Viewer, uid: UUID, version: int, **values: str) -> Rule:
    """Rename a rule, or change the note. Raises: Forbidden, NotFound, Stale, Invalid."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    rule = locked(viewer, Rule, uid, version)
    if problems := _problems(values):
        raise Invalid(fields=problems)
    changed = {key: text.strip() for key, text in values.items() if text.strip() != getattr(rule, key)}
    for key, text in changed.items():
        setattr(rule, key, text)
    if changed:
        saved(viewer, rule, "rule.update", **changed)
    return rule


@transaction.atomic
def rule_define(*, viewer: Viewer, uid: UUID, version: int, definition: Definition) -> Rule:
    """Keep what the builder has so far, complete or not; what is in force goes on as it was.

    Raises: Forbidden, NotFound, Stale, Invalid (another kind of records, an event that does not exist).
    """
    viewer.require(Area.AUTOMATION, Level.EDIT)
    rule = locked(viewer, Rule, uid, version)
    if definition.kind != rule.kind or definition.subject != rule.subject or definition.event != rule.event:
        raise Invalid(fields={"kind": _("What a rule waits for and is about stays. Begin another rule instead.")})
    draft = to_json(definition)
    if draft != rule.draft:
        rule.draft = draft
        saved(viewer, rule, "rule.define", definition=draft)
    return rule


@transaction.atomic
def rule_turn_on(*, viewer: Viewer, uid: UUID, version: int) -> Rule:
    """Put the draft in force as a new edition: from now on it runs with the rights of the viewer.

    A draft that says what the edition in force says, published by the same person, makes no new one.
    Raises: Forbidden, NotFound, Stale, RuleIncomplete.
    """
    viewer.require(Area.AUTOMATION, Level.EDIT)
    if viewer.person_id is None:
        raise Forbidden(area=str(Area.AUTOMATION), level="person")
    rule = locked(viewer, Rule, uid, version)
    try:
        definition = from_json(rule.draft)
    except ValueError:
        raise RuleIncomplete(problems="") from None
    if problems := checking.problems_of(viewer, definition):
        raise RuleIncomplete(problems=" ".join(problems.values()))
    published(viewer, rule, definition)
    rule.owner_id, rule.department_id = viewer.person_id, viewer.department_id
    edition: Any = rule.current
    saved(viewer, rule, "rule.turn_on", edition=edition.number, definition=rule.draft)
    _heard()
    return rule


def published(viewer: Viewer, rule: Rule, definition: Definition) -> None:
    """Make the rule run by ``definition``, inside the caller's transaction; the caller saves the rule."""
    held = rule.current
    draft = to_json(definition)
    if held is None or held.definition != draft or held.published_by_id != viewer.person_id:
        newest = rule.editions.order_by("-number").values_list("number", flat=True).first() or 0
        held = RuleEdition.objects.create(
            rule=rule, number=newest + 1, kind=definition.kind, event=definition.event, definition=draft,
            published_by_id=viewer.person_id,
        )  # fmt: skip
    elif rule.state != RuleState.ON:
        # What came to meet the condition while it was off is noted first, as if the rule were new.
        RuleEdition.objects.filter(pk=held.pk).update(is_level=False)
    rule.current, rule.state = held, RuleState.ON
    rule.next_at = next_after(definition, clock.local(clock.now())) if definition.kind in (DATE, SCHEDULE) else None


@transaction.atomic
def rule_turn_off(*, viewer: Viewer, uid: UUID, version: int, reason: str = "") -> Rule:
    """Let the rule fire no more; what waits for its time falls away. Raises: Forbidden, NotFound, Stale, RuleNotOn."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    rule = locked(viewer, Rule, uid, version)
    if rule.state != RuleState.ON:
        raise RuleNotOn()
    rule.state, rule.next_at = RuleState.OFF, None
    saved(viewer, rule, "rule.turn_off", reason=reason.strip()[:200], state="off")
    _heard()
    return rule


@transaction.atomic
def rule_delete(*, viewer: Viewer, uid: UUID, version: int) -> None:
    """Put a rule that is not on into the recycle bin; its log stays. Raises: Forbidden, NotFound, Stale, RuleIsOn."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    rule = locked(viewer, Rule, uid, version)
    if rule.state == RuleState.ON:
        raise RuleIsOn()
    binned(viewer, rule, "rule.delete")


@transaction.atomic
def rule_restore(*, viewer: Viewer, uid: UUID) -> Rule:
    """Take a rule out of the recycle bin, switched off. Raises: Forbidden, NotFound."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    rule = from_bin(viewer, Rule, uid)
    put_back(viewer, rule, "rule.restore")
    return rule


def standing_halt() -> Halt | None:
    """What holds all rules, if anything does."""
    return Halt.objects.filter(stands=True).select_related("person").first()


@transaction.atomic
def rules_halt(*, viewer: Viewer, reason: str) -> Halt:
    """Let no rule fire or go on until somebody lifts it. Raises: Forbidden, Invalid, HaltStands."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    if standing_halt() is not None:
        raise HaltStands()
    halt = Halt.objects.create(person_id=viewer.person_id, reason=reason.strip()[:200])
    audit.record(viewer, "rules.halt", kind="rules", object_id=halt.pk, reason=halt.reason)
    return halt


@transaction.atomic
def rules_resume(*, viewer: Viewer) -> None:
    """Let the rules run again; what was held back meanwhile is not made up. Raises: Forbidden, NoHalt."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    halt = Halt.objects.select_for_update(of=("self",)).filter(stands=True).first()
    if halt is None:
        raise NoHalt()
    halt.stands, halt.lifted_at, halt.lifted_by_id = False, clock.now(), viewer.person_id
    halt.save()
    audit.record(viewer, "rules.resume", kind="rules", object_id=halt.pk)


def _heard() -> None:
    """Let events be looked at by the new state at once in this process."""
    listening.forget()
    transaction.on_commit(listening.forget)


def _waited_for() -> list[str]:
    on = Rule.objects.filter(state=RuleState.ON, deleted_at=None, current__kind=EVENT)
    return list(on.values_list("current__event", flat=True).distinct())


listening.source("rules", _waited_for)
