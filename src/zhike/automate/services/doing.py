"""The actions of a firing, each in a transaction of its own with its line in the log: done once, whatever dies."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import override

from zhike.automate.declare import Doing, Done
from zhike.automate.models import Rule, RuleState, Run, RunState, RunStep, SkipReason, StepState
from zhike.automate.rules.definition import Step
from zhike.automate.services import checking
from zhike.automate.services.hearing import Force, force_of, told
from zhike.automate.services.refusals import NothingToRepeat, StepRefused
from zhike.automate.services.rule import standing_halt
from zhike.events.automate import RuleFired
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.outbox import chains
from zhike.foundation.records.many import reason_of
from zhike.foundation.records.rows import locked, saved

log = logging.getLogger(__name__)
_LONGEST = 300


class ActionFailed(RuntimeError):
    """An action could not be done for a fault that may pass: the outbox tries again."""


def work(happened: RuleFired) -> None:
    """Do what is still to be done of a firing. Raises ActionFailed, so that it is tried again."""
    run = Run.objects.select_related("rule", "edition").filter(pk=happened.run_id).first()
    if run is None or run.state == RunState.SKIPPED:
        return
    if reason := _stopped(run):
        _skipped(run, reason)
        return
    force = force_of(run.rule, run.edition)
    faults = [fault for pk in _open_steps(run) if (fault := _one(run, force, pk))]
    _closed(run)
    if faults:
        raise ActionFailed("; ".join(faults))


def _stopped(run: Run) -> str:
    if standing_halt() is not None:
        return SkipReason.HALTED
    state = Rule.objects.values_list("state", flat=True).get(pk=run.rule_id)
    return SkipReason.SWITCHED_OFF if state != RuleState.ON else ""


def _open_steps(run: Run) -> list[int]:
    waiting = run.steps.filter(state__in=(StepState.WAITING, StepState.FAILED))
    return list(waiting.order_by("place").values_list("pk", flat=True))


def _one(run: Run, force: Force | None, pk: int) -> str:
    """Do one action; the fault in words where it has to be tried again, else empty."""
    try:
        with transaction.atomic():
            step = RunStep.objects.select_for_update(of=("self",)).get(pk=pk)
            if step.state not in (StepState.WAITING, StepState.FAILED):
                return ""
            _done(run, force, step)
    except Exception as fault:
        # Whatever it was, the log says it and the outbox tries again.
        log.exception("action %s of firing %s failed", pk, run.pk)
        words = f"{type(fault).__name__}: {fault}"[:_LONGEST]
        RunStep.objects.filter(pk=pk).update(state=StepState.FAILED, outcome=words, tries=F("tries") + 1)
        return words
    return ""


def _done(run: Run, force: Force | None, step: RunStep) -> None:
    step.tries += 1
    try:
        with transaction.atomic():
            done = _run(run, force, step)
        step.state, step.outcome, step.link = StepState.DONE, done.words[:_LONGEST], done.link[:200]
    except Refusal as refusal:
        with override(_language(force)):
            step.state, step.outcome = StepState.REFUSED, reason_of(refusal)[:_LONGEST]
    step.done_at = clock.now()
    step.save()


def _run(run: Run, force: Force | None, step: RunStep) -> Done:
    if force is None or force.viewer is None:
        raise StepRefused(why=str(SkipReason.OWNER_GONE.label))
    viewer, record_type = force.viewer, force.record_type
    row = scope.visible(viewer, record_type.model._default_manager.filter(uid=run.subject_uid)).first()
    if row is None:
        raise NotFound(uid=str(run.subject_uid))
    with override(viewer.language):
        try:
            action, answers = checking.answers_of(viewer, record_type, Step(step.code, step.answers))
        except ValueError as wrong:
            raise StepRefused(why=str(wrong)) from None
        with chains.within(run.chain):
            return action.run(Doing(viewer, record_type, row, run.customer_id, run, step.place), answers)


def _language(force: Force | None) -> str:
    return force.viewer.language if force is not None and force.viewer is not None else "zh-hans"


@transaction.atomic
def _closed(run: Run) -> None:
    """What the actions together come to."""
    states = set(run.steps.values_list("state", flat=True))
    if states & {StepState.FAILED, StepState.WAITING}:
        state = RunState.FAILED
    else:
        state = RunState.REFUSED if StepState.REFUSED in states else RunState.DONE
    Run.objects.filter(pk=run.pk).update(
        state=state, finished_at=clock.now(), updated_at=clock.now(), version=F("version") + 1
    )


@transaction.atomic
def _skipped(run: Run, reason: str) -> None:
    run.steps.filter(state=StepState.WAITING).update(state=StepState.REFUSED, done_at=clock.now())
    Run.objects.filter(pk=run.pk).update(
        state=RunState.SKIPPED, reason=reason, finished_at=clock.now(), version=F("version") + 1
    )


@transaction.atomic
def run_again(*, viewer: Viewer, uid: UUID, version: int) -> Run:
    """Try what failed or was refused again, by its edition. Raises: Forbidden, NotFound, NothingToRepeat."""
    viewer.require(Area.AUTOMATION, Level.EDIT)
    run = locked(viewer, Run, uid, version)
    again = run.steps.filter(state__in=(StepState.FAILED, StepState.REFUSED))
    if not again.update(state=StepState.WAITING, outcome="", done_at=None):
        raise NothingToRepeat()
    run.state, run.reason, run.finished_at = RunState.RUNNING, "", None
    saved(viewer, run, "rule_run.again", state="running")
    told(run)
    return run
