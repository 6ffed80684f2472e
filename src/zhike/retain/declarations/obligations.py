"""The duties of retention."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.events.retain import (
    CustomerLost,
    CustomerSaved,
    HealthCauseConfirmed,
    HealthFell,
    HealthPatrolCalledOff,
    HealthPatrolHeld,
    HealthPatrolPlanned,
    LostCustomerArchived,
    PatrolTaskDone,
    PatrolTaskSet,
    RetentionContactMade,
    RetentionInterviewEnded,
    RetentionPlanApproved,
    RetentionPlanReturned,
    RetentionPlanSubmitted,
    RetentionStepDone,
    RetentionStepSet,
    WarningPublished,
)
from zhike.foundation import obligations
from zhike.foundation.obligations import Obligation, Subject
from zhike.foundation.obligations.ports import owner_relation
from zhike.retain.selectors.falls import open_fall_of, success_managers_of

_MANAGER = "relation:customer_manager"
_ENDS = (CustomerSaved, CustomerLost)

# The plan is owed after the interview, and again when it was returned: the same duty but for what starts it.
_PLAN_OWED: dict[str, Any] = {
    "fulfils": (RetentionPlanSubmitted,),
    "cancels": _ENDS,
    "within": ("retain.clocks", "plan_hours"),
    "unit": "hours",
    "owed_by": _MANAGER,
    "fallback": ("post:customer_manager",),
    "requirement": "RET-09",
    "subject": "retention_case",
    "proof": _("The plan submitted for decision"),
}

owner_relation("success_manager")(success_managers_of)


def _fall(event: HealthFell) -> list[Subject]:
    """The record that the projection of the same event has written; nothing where somebody has answered it since."""
    found = open_fall_of(event.customer_id)
    return [] if found is None else [Subject("health_fall", found, event.customer_id)]


obligations.declare(
    Obligation(
        code="B-18",
        title=_("Contact a customer on the warning list"),
        starts=WarningPublished,
        fulfils=(RetentionContactMade,),
        cancels=_ENDS,
        within=("retain.clocks", "contact_hours"),
        unit="hours",
        clock="elapsed",
        owed_by=_MANAGER,
        fallback=("post:customer_manager",),
        family="first contact",
        requirement="RET-08",
        subject="retention_case",
        proof=_("A call, visit or meeting logged after publication"),
    ),
    Obligation(
        code="B-19",
        title=_("Submit the retention plan after the interview"),
        starts=RetentionInterviewEnded,
        began=lambda event: event.ended_at,
        **_PLAN_OWED,
    ),
    Obligation(
        code="RET-09.again",
        title=_("Submit the corrected retention plan"),
        starts=RetentionPlanReturned,
        **_PLAN_OWED,
    ),
    Obligation(
        code="B-22",
        title=_("Reach the goal of the win-back of a high-value customer"),
        starts=RetentionPlanApproved,
        when=lambda event: event.has_goal_clock,
        fulfils=(CustomerSaved,),
        cancels=(CustomerLost,),
        within=("retain.route", "goal_days"),
        unit="days",
        owed_by=("event:lead_id", "post:sales_lead"),
        fallback=("post:sales_lead",),
        requirement="RET-10",
        subject="retention_case",
        proof=_("The customer saved, for example by a renewal; otherwise the case is closed as lost"),
    ),
    Obligation(
        code="B-23",
        title=_("Say why the health of a customer fell"),
        starts=HealthFell,
        subjects=_fall,
        fulfils=(HealthCauseConfirmed,),
        within=("retain.clocks", "cause_hours"),
        unit="hours",
        owed_by=("relation:success_manager", "post:success_manager"),
        fallback=("post:customer_manager",),
        requirement="RET-04",
        subject="health_fall",
        proof=_("The cause confirmed or corrected"),
    ),
    Obligation(
        code="B-36",
        title=_("Close the file of a lost customer: last talk, true reason, analysis"),
        starts=CustomerLost,
        fulfils=(LostCustomerArchived,),
        within=("retain.clocks", "archive_days"),
        unit="days",
        owed_by=_MANAGER,
        fallback=("post:customer_manager",),
        requirement="RET-14",
        subject="retention_case",
        proof=_("The file archived, complete"),
    ),
    Obligation(
        code="RET-05",
        title=_("Hold a health patrol"),
        starts=HealthPatrolPlanned,
        due=lambda event: event.due_at,
        fulfils=(HealthPatrolHeld,),
        cancels=(HealthPatrolCalledOff,),
        owed_by=("event:owner_id", "post:success_manager"),
        fallback=("post:customer_manager",),
        requirement="RET-05",
        subject="health_patrol",
        proof=_("The patrol written down"),
    ),
    Obligation(
        code="RET-05.task",
        title=_("Do what a health patrol led to"),
        starts=PatrolTaskSet,
        due=lambda event: event.due_at,
        fulfils=(PatrolTaskDone,),
        owed_by=("event:owner_id", _MANAGER),
        fallback=("post:customer_manager",),
        requirement="RET-05",
        subject="patrol_task",
        proof=_("The task marked as done on the patrol"),
    ),
    Obligation(
        code="RET-09.step",
        title=_("Do a step of a retention plan"),
        starts=RetentionStepSet,
        due=lambda event: event.due_at,
        fulfils=(RetentionStepDone,),
        cancels=_ENDS,
        owed_by=("event:owner_id", _MANAGER),
        fallback=("post:customer_manager",),
        requirement="RET-09",
        subject="retention_step",
        proof=_("The step marked as done on the case"),
    ),
)
