"""《挽留方案》: written after the interview, submitted, decided on by a post that may, carried out in steps."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.events.retain import (
    RetentionPlanApproved,
    RetentionPlanReturned,
    RetentionPlanSubmitted,
    RetentionStepDone,
    RetentionStepSet,
)
from zhike.foundation import approvals, outbox
from zhike.foundation.access.deciding import is_own
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import named
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from zhike.foundation.policies import current
from zhike.retain.models import RetentionCase, RetentionPlan, RetentionStep
from zhike.retain.policy import RoutePolicy
from zhike.retain.rules.case import goal_by
from zhike.retain.rules.playbook import playbook
from zhike.retain.services import standing

DECIDERS = ("sales_lead", "management")
FLOW = "retention_plan"  # see declarations/approvals.py
GOAL_TOO_LATE = _("The goal of a high-value customer is to be reached sooner. Choose an earlier day.")
IN_PAST = _("This day is over. Choose today or a later day.")


class PlanIncomplete(Refusal):
    """A plan was submitted without an offer with a goal, or without a step."""

    code = "plan_incomplete"
    sentence = _("The plan is not complete: write the offer and the goal, and add at least one step with its date.")


class OwnPlan(Refusal):
    """Who wrote or submitted a plan does not decide on it."""

    code = "own_plan"
    sentence = _("You wrote or submitted this plan. Another sales lead or the management decides on it.")


@transaction.atomic
def plan_write(
    *,
    viewer: Viewer,
    uid: UUID,
    version: int,
    cause: str,
    measure: str,
    offer: str,
    goal: str,
    goal_on: dt.date,
    cost: int | None = None,
) -> RetentionCase:
    """Write the plan of a case, or write it anew after it was returned. ``cost`` in minor units.

    Raises: NotFound, Forbidden, Invalid, Stale, CaseClosed, CaseNotReady.
    """
    case = standing.case_for(viewer, uid, version, "plan")
    _refuse_faults(case, cause, measure, (offer or "").strip(), (goal or "").strip(), goal_on, cost)
    plan = RetentionPlan.objects.filter(case=case).first() or RetentionPlan(
        case=case, department_id=viewer.department_id, currency=case.currency, created_by_id=viewer.person_id
    )
    plan.owner_id, plan.cause, plan.measure = viewer.person_id, cause, measure
    plan.offer, plan.goal, plan.goal_on, plan.cost_minor = offer.strip(), goal.strip(), goal_on, cost or 0
    standing.save(plan, viewer)
    standing.save(case, viewer)
    standing.noted(viewer, "plan", case, measure=measure, goal_on=goal_on.isoformat(), cost_minor=plan.cost_minor)
    return case


def _refuse_faults(
    case: RetentionCase, cause: str, measure: str, offer: str, goal: str, goal_on: dt.date | None, cost: int | None
) -> None:
    today, book = clock.today(), playbook()
    problems = {name: "required" for name, text in (("offer", offer), ("goal", goal)) if not text}
    if cause not in book.causes:
        problems["cause"] = "not_an_option"
    if measure not in book.measures:
        problems["measure"] = "not_an_option"
    if goal_on is None:
        problems["goal_on"] = "required"
    elif goal_on < today:
        problems["goal_on"] = IN_PAST
    elif has_goal_clock(case) and goal_on > goal_by(today, current().get(RoutePolicy).goal_days):
        problems["goal_on"] = GOAL_TOO_LATE
    if cost is not None and cost < 0:
        problems["cost"] = "too_small"
    if problems:
        raise Invalid(fields=problems)


def has_goal_clock(case: RetentionCase) -> bool:
    """Whether the goal has a due time of its own (B-22): the win-back of a high-value customer."""
    return case.tier == "high"


@transaction.atomic
def step_add(*, viewer: Viewer, uid: UUID, version: int, what: str, owner: int, due_on: dt.date) -> RetentionCase:
    """Add a step that ``owner`` owes by ``due_on``; of a plan under way its clock runs at once.

    Raises: NotFound, Forbidden, Invalid, Stale, CaseClosed, CaseNotReady, PostsLackWork, BeyondReach.
    """
    case = standing.case_for(viewer, uid, version, "step")
    plan = RetentionPlan.objects.filter(case=case).first()
    if plan is None:
        raise standing.CaseNotReady(state=case.state, step="step")
    problems = {} if (what or "").strip() else {"what": "required"}
    if due_on is None or due_on < clock.today():
        problems["due_on"] = IN_PAST
    if problems:
        raise Invalid(fields=problems)
    named(owner, Area.HEALTH, about=case)
    step = standing.new(RetentionStep, viewer, plan=plan, what=what.strip(), owner_id=owner, due_on=due_on)
    standing.save(case, viewer)
    standing.noted(viewer, "step_add", case, step_id=step.pk, owner_id=owner, due_on=due_on.isoformat())
    if case.state == "work":
        outbox.publish(_set(case, step))
    return case


@transaction.atomic
def step_drop(*, viewer: Viewer, uid: UUID, version: int, step: str) -> RetentionCase:
    """Take a step out of a plan that is still being made.

    Raises: NotFound, Forbidden, Stale, CaseClosed, CaseNotReady.
    """
    case = standing.case_for(viewer, uid, version, "plan")
    found = _step(case, step)
    standing.noted(viewer, "step_drop", case, step_id=found.pk, what=found.what)
    found.delete()
    standing.save(case, viewer)
    return case


@transaction.atomic
def plan_submit(*, viewer: Viewer, uid: UUID, version: int) -> RetentionCase:
    """Hand the plan to the post that decides: the duty of B-19 is done.

    Raises: NotFound, Forbidden, Stale, CaseClosed, CaseNotReady, PlanIncomplete.
    """
    case = standing.case_for(viewer, uid, version, "plan")
    plan = RetentionPlan.objects.filter(case=case).first()
    if plan is None or not plan.steps.exists():
        raise PlanIncomplete()
    plan.state, plan.submitted_at, plan.decided_at, plan.decided_by = "submitted", clock.now(), None, None
    standing.save(plan, viewer)
    case.state = "decision"
    standing.save(case, viewer)
    standing.noted(viewer, "plan_submit", case, plan_version=plan.version)
    outbox.publish(RetentionPlanSubmitted(**standing.about(case, viewer), measure=plan.measure))
    approvals.start(viewer=viewer, flow=FLOW, row=case)
    return case


@transaction.atomic
def plan_approve(*, viewer: Viewer, uid: UUID, version: int, note: str = "") -> RetentionCase:
    """Say yes to the plan; the last yes lets it be carried out (see :func:`plan_decided`).

    Raises: NotFound, Forbidden, Stale, CaseClosed, CaseNotReady, OwnPlan.
    """
    case, approval = _to_decide(viewer, uid, version)
    approvals.approve(viewer=viewer, uid=approval, words=note or "")
    case.refresh_from_db()
    return case


@transaction.atomic
def plan_return(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> RetentionCase:
    """Give the plan back to its writer, with a reason; the corrected one is owed within the time of a plan.

    Raises: NotFound, Forbidden, Invalid, Stale, CaseClosed, CaseNotReady, OwnPlan.
    """
    if not (reason or "").strip():
        raise Invalid(fields={"reason": "required"})
    case, approval = _to_decide(viewer, uid, version)
    approvals.send_back(viewer=viewer, uid=approval, words=reason)
    case.refresh_from_db()
    return case


def _to_decide(viewer: Viewer, uid: UUID, version: int) -> tuple[RetentionCase, UUID]:
    """The case whose plan waits, locked, and the approval that runs about it."""
    case = standing.case_for(viewer, uid, version, "decide", level=Level.APPROVE)
    if not viewer.holds(*DECIDERS):
        raise Forbidden(area="health", level="decide")
    if is_own(viewer, *authors_of(case)):
        raise OwnPlan()
    return case, approvals.running_or_start(viewer=viewer, flow=FLOW, row=case).uid


def authors_of(case: RetentionCase) -> set[int | None]:
    """Who had a hand in the plan. Nobody changes one that waits: who wrote it last then has submitted it."""
    rows = RetentionPlan.objects.filter(case=case).values_list("owner_id", "created_by_id", "updated_by_id")
    return {person for row in rows for person in row}


def plan_decided(viewer: Viewer, case: RetentionCase, outcome: approvals.Outcome) -> None:
    """What the approval came to: clocks of the steps run, for high value that of the goal (B-22); or it is rewritten.

    Called by the approval alone, with the case locked.
    """
    plan = RetentionPlan.objects.select_for_update(of=("self",)).get(case=case)
    if outcome.verdict == "approved":
        _approved(viewer, case, plan, outcome.words)
    else:
        _returned(viewer, case, plan, outcome.words)


def _approved(viewer: Viewer, case: RetentionCase, plan: RetentionPlan, note: str) -> None:
    _decided(plan, viewer, "approved", note)
    case.state = "work"
    standing.save(case, viewer)
    standing.noted(viewer, "plan_approve", case, reason=note, cost_minor=plan.cost_minor)
    outbox.publish(
        RetentionPlanApproved(
            **standing.about(case, viewer), measure=plan.measure, goal_on=plan.goal_on, lead_id=case.owner_id,
            has_goal_clock=has_goal_clock(case),
        ),
        *(_set(case, step) for step in plan.steps.all()),
    )  # fmt: skip


def _returned(viewer: Viewer, case: RetentionCase, plan: RetentionPlan, reason: str) -> None:
    _decided(plan, viewer, "returned", reason)
    case.state = "plan"
    standing.save(case, viewer)
    standing.noted(viewer, "plan_return", case, reason=reason)
    outbox.publish(RetentionPlanReturned(**standing.about(case, viewer), reason=reason.strip()))


def _decided(plan: RetentionPlan, viewer: Viewer, state: str, note: str) -> None:
    plan.state, plan.decided_at, plan.decided_by_id = state, clock.now(), viewer.person_id
    plan.decision_note = (note or "").strip()[:400]
    standing.save(plan, viewer)


@transaction.atomic
def step_done(*, viewer: Viewer, uid: UUID, version: int, step: str, note: str = "") -> RetentionCase:
    """Mark a step as done; its clock stops.

    Raises: NotFound, Forbidden, Stale, CaseClosed, CaseNotReady.
    """
    case = standing.case_for(viewer, uid, version, "work")
    found = _step(case, step)
    found.done_at, found.done_by_id, found.note = clock.now(), viewer.person_id, (note or "").strip()[:400]
    standing.save(found, viewer)
    standing.save(case, viewer)
    standing.noted(viewer, "step_done", case, step_id=found.pk)
    outbox.publish(RetentionStepDone(**standing.about(case, viewer), retention_step_id=found.pk, what=found.what))
    return case


def _step(case: RetentionCase, uid: str) -> RetentionStep:
    """An open step of the case. Raises NotFound."""
    try:
        found = RetentionStep.objects.filter(plan__case=case, uid=UUID(str(uid)), done_at=None).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(step=str(uid))
    return found


def _set(case: RetentionCase, step: RetentionStep) -> RetentionStepSet:
    """The step is owed until its day is over."""
    return RetentionStepSet(
        customer_id=case.customer_id, retention_case_id=case.pk, retention_step_id=step.pk, owner_id=step.owner_id,
        due_at=clock.start_of(step.due_on + dt.timedelta(days=1)),
    )  # fmt: skip
