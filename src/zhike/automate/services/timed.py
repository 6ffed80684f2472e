"""Rules that wait for a time: due times, dates that come near, records that come to meet a condition, and waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from zhike.automate.models import Rule, RuleState, Run, RunState, SkipReason, Standing, TriggerKind
from zhike.automate.policy import RulesPolicy
from zhike.automate.rules.definition import DATE, from_json
from zhike.automate.rules.timing import day_of, next_after
from zhike.automate.services import checking
from zhike.automate.services.hearing import FIRED, Force, consider, fire, force_of, hold, matching, meets
from zhike.automate.services.rule import standing_halt
from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records import Kind

CLOCK = system("rules are due")
SLOT = "automate.slot"
_PIECE = 500


def slots_begin() -> int:
    """Ask for the work of every due time that has come, once each; says how many. Others' claims win silently."""
    now, begun = clock.now(), 0
    due = Rule.objects.filter(state=RuleState.ON, deleted_at=None, next_at__lte=now)
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            rule = due.select_for_update(of=("self",)).select_related("current").filter(pk=pk).first()
            if rule is None or rule.current is None or rule.next_at is None:
                continue
            definition = from_json(rule.current.definition)
            slot = rule.next_at
            # Of due times that nobody saw, because the worker was down, only the last is made up for.
            while (following := next_after(definition, clock.local(slot))) <= now:
                slot = following
            Rule.objects.filter(pk=pk).update(next_at=following)
            jobs.start(SLOT, viewer=CLOCK, arguments={"edition": rule.current.pk, "slot": slot.isoformat()})
            begun += 1
    return begun


def slot_work(edition_id: int, slot: dt.datetime) -> int:
    """Fire on every record that meets the condition at this due time; done again it fires on none twice."""
    rule = _on().filter(current=edition_id).first()
    force = force_of(rule, rule.current) if rule is not None and rule.current is not None else None
    if force is None:
        return 0
    cause = f"slot:{clock.local(slot).isoformat(timespec='minutes')}"
    rows = matching(force)
    if force.definition.kind == DATE:
        rows = rows.filter(near(force, day_of(force.definition, clock.local(slot).date())))
    return _each(force, rows, cause)


def near(force: Force, first: dt.date, last: dt.date | None = None) -> Q:
    """The condition that the record's date lies on a day, or from the first to the last."""
    field = force.record_type.field(force.definition.date_field)
    if field is None:
        return Q(pk__in=[])
    after = (last or first) + dt.timedelta(days=1)
    if field.kind is Kind.DATE:
        return Q(**{f"{field.path}__gte": first, f"{field.path}__lt": after})
    return Q(**{f"{field.path}__gte": clock.start_of(first), f"{field.path}__lt": clock.start_of(after)})


def _each(force: Force, rows: QuerySet[Any], cause: str) -> int:
    """Fire on each of ``rows``, one transaction for each, until the rule may not fire any more today."""
    fired = 0
    for number in _numbers(rows):
        with transaction.atomic():
            hold([force.rule.pk], _customer(force, number))
            run = consider(force, number, cause=cause)
        fired += run is not None
        if run is None and _fired_today(force) >= current().get(RulesPolicy).rule_most_a_day:
            break
    return fired


def _fired_today(force: Force) -> int:
    midnight = clock.start_of(clock.today())
    return Run.objects.filter(rule=force.rule, at__gte=midnight, state__in=FIRED).count()


def _numbers(rows: QuerySet[Any]) -> Iterable[int]:
    """Numbers in pieces, so that a million records are not held at once."""
    after = 0
    ordered = rows.order_by("pk").values_list("pk", flat=True)
    while piece := list(ordered.filter(pk__gt=after)[:_PIECE]):
        yield from piece
        after = piece[-1]


def _customer(force: Force, number: int) -> int | None:
    row = force.record_type.model._base_manager.filter(pk=number).first()
    return checking.customer_of(force.record_type, row) if row is not None else None


def _on() -> QuerySet[Rule]:
    return Rule.objects.filter(state=RuleState.ON, deleted_at=None).select_related("current")


def comers_work() -> int:
    """Look which records have come to meet the condition of a rule that waits for it; how many firings."""
    rules = _on().filter(current__kind=TriggerKind.COMES)
    return sum(_comers(force) for rule in rules if rule.current and (force := force_of(rule, rule.current)))


def _comers(force: Force) -> int:
    """Those that met it when the rule was put in force are noted first, and fire only when they come anew."""
    if force.viewer is None:
        return 0
    standing = Standing.objects.filter(edition=force.edition)
    meeting = matching(force)
    standing.exclude(subject_id__in=meeting.values("pk")).delete()
    fresh = meeting.exclude(pk__in=standing.values("subject_id"))
    if not force.edition.is_level:
        Standing.objects.filter(edition__rule=force.rule).exclude(edition=force.edition).delete()
        for piece in _pieces(fresh):
            Standing.objects.bulk_create(
                [Standing(edition=force.edition, subject_id=number) for number in piece], ignore_conflicts=True
            )
        type(force.edition).objects.filter(pk=force.edition.pk).update(is_level=True)
        return 0
    fired = 0
    for number in _numbers(fresh):
        with transaction.atomic():
            hold([force.rule.pk], _customer(force, number))
            came, is_new = Standing.objects.get_or_create(edition=force.edition, subject_id=number)
            if is_new:
                fired += consider(force, number, cause=f"came:{came.pk}") is not None
    return fired


def _pieces(rows: QuerySet[Any]) -> Iterable[list[int]]:
    while piece := list(rows.order_by("pk").values_list("pk", flat=True)[:_PIECE]):
        yield piece


def waits_end() -> int:
    """Look at what waited long enough: fire where the condition holds, else note that it does not any more."""
    due = Run.objects.filter(state=RunState.PENDING, due_at__lte=clock.now())
    return sum(_wait_over(pk) for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:_PIECE]))


@transaction.atomic
def _wait_over(pk: int) -> bool:
    waiting = Run.objects.filter(pk=pk, state=RunState.PENDING)
    run = waiting.select_for_update(of=("self",)).select_related("rule", "edition").first()
    if run is None:
        return False
    force = force_of(run.rule, run.edition)
    reason = _gone(run, force)
    if force is None or reason:
        _ended(run, RunState.SKIPPED, reason)
        return False
    number = force.record_type.model._base_manager.values_list("pk", flat=True).filter(uid=run.subject_uid).first()
    if number is None or not meets(force, number):
        _ended(run, RunState.LAPSED)
        return False
    fire(force, run, number)
    return True


def _gone(run: Run, force: Force | None) -> str:
    if standing_halt() is not None:
        return str(SkipReason.HALTED)
    if run.rule.state != RuleState.ON or run.rule.deleted_at is not None:
        return str(SkipReason.SWITCHED_OFF)
    return str(SkipReason.OWNER_GONE) if force is None or force.viewer is None else ""


def _ended(run: Run, state: str, reason: str = "") -> None:
    Run.objects.filter(pk=run.pk).update(
        state=state, reason=reason, finished_at=clock.now(), updated_at=clock.now(), version=F("version") + 1
    )


def is_anything_due() -> bool:
    """Whether a due time or the end of a wait has come."""
    now = clock.now()
    return (
        Run.objects.filter(state=RunState.PENDING, due_at__lte=now).exists()
        or Rule.objects.filter(state=RuleState.ON, deleted_at=None, next_at__lte=now).exists()
    )
