"""An approval begins with the room's act, and falls away with its subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import transaction

from zhike.foundation import outbox
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.approvals import course as courses
from zhike.foundation.approvals import register, rules, stepping
from zhike.foundation.approvals.events import ApprovalStarted
from zhike.foundation.approvals.models import Approval, ApprovalSigner, ApprovalStep
from zhike.foundation.approvals.models import ApprovalState as State
from zhike.foundation.approvals.refusing import RunsAlready
from zhike.foundation.kit.refusals import Refusal

_STEP = 10  # places lie apart, so that a step can be put between two


@transaction.atomic
def start(*, viewer: Viewer, flow: str, row: Any) -> Approval:
    """Ask for the decision on ``row``, which the caller has locked and whose state it has written.

    The course of the flow as it holds now is kept with the approval; steps whose condition does not hold are left out;
    where none is left, the last one is asked all the same: nothing is approved without a word.
    Raises: RunsAlready.
    """
    found = register.flow_of(flow)
    asked = found.asked(row)
    earlier = Approval.objects.filter(subject_kind=found.subject, subject_id=asked.subject_id, flow=flow)
    if earlier.filter(state=State.RUNNING).exists():
        raise RunsAlready()
    course = courses.course_of(found)
    approval = Approval.objects.create(
        flow=flow, number=course.number, course=courses.written(course), subject_kind=found.subject,
        subject_id=asked.subject_id, subject_uid=asked.subject_uid, customer_id=asked.customer_id,
        title=asked.title[:200], detail=asked.detail[:400], values=dict(asked.values), author_id=asked.author_id,
        round=earlier.count() + 1,
    )  # fmt: skip
    steps = [
        step
        for step in course.steps
        if rules.applies(step.when, asked.values, courses.limit_of(step.when) if step.when else None)
    ]
    ApprovalStep.objects.bulk_create(
        ApprovalStep(approval=approval, place=_STEP * place, code=step.code, rule=step.rule)
        for place, step in enumerate(steps or course.steps[-1:], 1)
    )
    stepping.noted(viewer, approval, "start", number=course.number, round=approval.round)
    outbox.publish(ApprovalStarted(**stepping.about(approval), person_id=approval.author_id, number=course.number))
    stepping.advance(viewer, approval, found, row)
    return approval


def running(kind: str, subject_id: int) -> Approval | None:
    """The approval that runs about a subject, if one does."""
    return Approval.objects.filter(subject_kind=kind, subject_id=subject_id, state=State.RUNNING).first()


@transaction.atomic
def running_or_start(*, viewer: Viewer, flow: str, row: Any) -> Approval:
    """The approval that runs about ``row``; begun now for one that waits since before there was a flow."""
    found = register.flow_of(flow)
    held = running(found.subject, row.pk)
    return held or start(viewer=system(f"{viewer.name} decides"), flow=flow, row=row)


@transaction.atomic
def call_off(*, viewer: Viewer, kind: str, subject_id: int, reason: str = "", state: str = State.CALLED_OFF) -> None:
    """End what runs about a subject that was taken back, ended, or decided on in another way. The room knows already.

    The caller has locked the subject.
    """
    rows = Approval.objects.select_for_update(of=("self",), no_key=True)
    for approval in rows.filter(subject_kind=kind, subject_id=subject_id, state=State.RUNNING):
        people = list(approval.signers.filter(state__in=["open", "waiting"]).values_list("person_id", flat=True))
        stepping.finish(viewer, approval, state, reason)
        others = {*people, approval.author_id} - {viewer.person_id}
        code = f"approval.{state}" if state in (State.WITHDRAWN, State.CALLED_OFF) else "approval.ended"
        stepping.tell(others, approval, code, viewer, reason, "end")


def call_off_on(event: type[outbox.Event], *, customers: Callable[[Any], Iterable[int]] | None = None) -> None:
    """Let everything that runs about a customer fall away when ``event`` says that the customer is gone."""

    def gone(happened: Any) -> None:
        ids = list(customers(happened)) if customers is not None else [happened.customer_id]
        by = system(happened.event_name)
        for approval in Approval.objects.filter(customer_id__in=ids, state=State.RUNNING):
            call_off(viewer=by, kind=approval.subject_kind, subject_id=approval.subject_id)

    outbox.subscriber(event, "approvals.call_off")(gone)


def adopt() -> int:
    """Begin an approval for every subject that waits for a decision and has none; say how many."""
    begun = 0
    for flow in register.flows():
        for row in flow.waiting():
            # What lies in the recycle bin, or was decided on meanwhile, waits for nobody.
            with suppress(Refusal), transaction.atomic():
                by = system("waits for a decision since before there was a flow")
                held = flow.hold(by, row.pk)
                if running(flow.subject, row.pk) is None:
                    start(viewer=by, flow=flow.code, row=held)
                    begun += 1
    return begun


def find_signers() -> int:
    """Look again for signers of steps that nobody signs; say how many steps have some now."""
    by, found = system("looks for signers"), 0
    live = ApprovalSigner.objects.exclude(state__in=["released", "delegated"]).values("step")
    asked = ApprovalStep.objects.filter(approval__state=State.RUNNING, asked_at__isnull=False, kind="declared")
    for step in asked.exclude(pk__in=live).select_related("approval"):
        with suppress(Refusal), transaction.atomic():
            approval, flow, row = stepping.held(by, step.approval.uid, None)
            _verdict, now = stepping.current(approval)
            if now is not None and now.pk == step.pk and not stepping.is_signed(now):
                stepping.ask(approval, flow, row, now)
                stepping.advance(by, approval, flow, row)
                found += stepping.is_signed(now)
    return found
