"""What the retain room tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("retain.WarningProposed")
class WarningProposed(Event):
    """The night found reasons to fear that a customer leaves."""

    customer_id: int
    warning_id: int
    risk: str
    cause: str


@event("retain.WarningPublished")
class WarningPublished(Event):
    """``person_id`` put the customer on the warning list: the contact clock of its manager runs from now.

    ``retention_case_id`` is the case that works on it: a new one, or the one that was open.
    """

    customer_id: int
    warning_id: int
    warning_uid: str
    risk: str
    cause: str
    person_id: int | None
    retention_case_id: int | None = None


@event("retain.WarningDismissed")
class WarningDismissed(Event):
    """A proposal was set aside with a reason; it counts in the model's precision."""

    customer_id: int
    warning_id: int
    warning_uid: str
    reason: str


@event("retain.RetentionContactMade")
class RetentionContactMade(Event):
    """The warned customer was called or visited."""

    customer_id: int
    warning_id: int
    interaction_id: int
    retention_case_id: int | None = None


@event("retain.HealthFell")
class HealthFell(Event):
    """A customer's health went below the limit in a night."""

    customer_id: int
    health: float
    limit: float
    cause: str


@event("retain.HealthCauseConfirmed")
class HealthCauseConfirmed(Event):
    """``person_id`` said why the health of a customer fell: what the night thought (``before``), or something else."""

    customer_id: int
    health_fall_id: int
    before: str
    cause: str
    person_id: int | None


@event("retain.RetentionCaseOpened")
class RetentionCaseOpened(Event):
    """A case began; ``lead_id`` leads it because of ``reason`` (value and risk)."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    lead_id: int | None
    route: str
    reason: str
    person_id: int | None


@event("retain.RetentionCaseOffered")
class RetentionCaseOffered(Event):
    """Nobody contacted the customer in time: the case is offered to the sales lead ``offered_to``."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    offered_to: int | None


@event("retain.RetentionLeadChanged")
class RetentionLeadChanged(Event):
    """``lead_id`` took over a case that was offered."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    before: int | None
    lead_id: int | None


@event("retain.RetentionInterviewEnded")
class RetentionInterviewEnded(Event):
    """``person_id`` asked the customer for the cause; the clock of the plan runs from ``ended_at``."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    cause: str
    ended_at: dt.datetime
    person_id: int | None


@event("retain.RetentionPlanSubmitted")
class RetentionPlanSubmitted(Event):
    """The plan waits for the decision of a post that may."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    measure: str
    person_id: int | None


@event("retain.RetentionPlanReturned")
class RetentionPlanReturned(Event):
    """The plan goes back to its writer with a reason."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    reason: str
    person_id: int | None


@event("retain.RetentionPlanApproved")
class RetentionPlanApproved(Event):
    """The plan is carried out. With ``has_goal_clock`` (high value) its goal has a due time of its own."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    measure: str
    goal_on: dt.date
    lead_id: int | None
    has_goal_clock: bool
    person_id: int | None


@event("retain.RetentionStepSet")
class RetentionStepSet(Event):
    """``owner_id`` owes a step of an approved plan by ``due_at``."""

    customer_id: int
    retention_case_id: int
    retention_step_id: int
    owner_id: int | None
    due_at: dt.datetime


@event("retain.RetentionStepDone")
class RetentionStepDone(Event):
    """A step of a plan was done."""

    customer_id: int
    retention_case_id: int
    retention_step_id: int
    case_uid: str
    what: str
    person_id: int | None


@event("retain.CustomerSaved")
class CustomerSaved(Event):
    """The customer stays: shown by a renewal, an order, or the customer's word."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    evidence: str
    person_id: int | None


@event("retain.CustomerLost")
class CustomerLost(Event):
    """Retention failed: last talk, true reason and archive are owed."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    person_id: int | None


@event("retain.LastTalkHeld")
class LastTalkHeld(Event):
    """The lost customer was asked for the true reason."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    true_reason: str
    is_welcomed: bool
    person_id: int | None


@event("retain.LostCustomerArchived")
class LostCustomerArchived(Event):
    """The file of a lost customer is complete and closed."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    true_reason: str
    person_id: int | None


@event("retain.LostCustomerApproached")
class LostCustomerApproached(Event):
    """A lost customer was approached again; ``again_on`` is the next day where the answer was "later"."""

    customer_id: int
    retention_case_id: int
    case_uid: str
    answer: str
    again_on: dt.date | None
    person_id: int | None


@event("retain.HealthPatrolPlanned")
class HealthPatrolPlanned(Event):
    """``owner_id`` is to review the customer by ``due_at``."""

    customer_id: int
    health_patrol_id: int
    owner_id: int | None
    due_at: dt.datetime


@event("retain.HealthPatrolHeld")
class HealthPatrolHeld(Event):
    """``person_id`` reviewed the customer; ``recommend`` is their answer from 0 to 10, if they were asked."""

    customer_id: int
    health_patrol_id: int
    patrol_uid: str
    health: float | None
    recommend: int | None
    person_id: int | None


@event("retain.HealthPatrolCalledOff")
class HealthPatrolCalledOff(Event):
    """A planned patrol is not held."""

    customer_id: int
    health_patrol_id: int


@event("retain.PatrolTaskSet")
class PatrolTaskSet(Event):
    """A patrol led to a task of ``owner_id``: ``kind`` is service, renewal or cross."""

    customer_id: int
    health_patrol_id: int
    patrol_task_id: int
    kind: str
    owner_id: int | None
    due_at: dt.datetime


@event("retain.PatrolTaskDone")
class PatrolTaskDone(Event):
    """``person_id`` did what a patrol had led to."""

    customer_id: int
    health_patrol_id: int
    patrol_task_id: int
    kind: str
    what: str
    patrol_uid: str
    person_id: int | None
