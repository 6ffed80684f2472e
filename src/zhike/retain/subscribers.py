"""What retention hears: a talk with a warned customer, missed contacts, and its own news for the timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events.customers import InteractionLogged
from zhike.events.retain import (
    CustomerLost,
    CustomerSaved,
    HealthCauseConfirmed,
    HealthFell,
    HealthPatrolHeld,
    LastTalkHeld,
    LostCustomerApproached,
    LostCustomerArchived,
    PatrolTaskDone,
    RetentionCaseOffered,
    RetentionCaseOpened,
    RetentionContactMade,
    RetentionInterviewEnded,
    RetentionLeadChanged,
    RetentionPlanApproved,
    RetentionPlanReturned,
    RetentionPlanSubmitted,
    RetentionStepDone,
    WarningDismissed,
    WarningPublished,
)
from zhike.foundation import reports
from zhike.foundation.obligations.events import DutyBreached
from zhike.foundation.outbox import projection, subscriber
from zhike.retain.selectors.cases import case_uid_of
from zhike.retain.services.case import case_offer
from zhike.retain.services.cause import fall_note
from zhike.retain.services.patrol import patrol_end
from zhike.retain.services.warning import warning_contacted

_REACHES = ("call", "visit", "meeting", "wechat")


@projection(InteractionLogged)
def _contacted(event: InteractionLogged) -> None:
    """A call or visit is the contact that was owed, from when it happened. The clock stops at once.

    What happened before publication and is only written down now is not the contact that was owed.
    """
    if event.is_live and event.kind in _REACHES:
        warning_contacted(customer_id=event.customer_id, interaction_id=event.interaction_id, at=event.made_at)


@subscriber(DutyBreached, "retain.offer")
def _offer(event: DutyBreached) -> None:
    """A warned customer whom nobody contacted in time: the case is offered to the sales lead (B-18)."""
    if event.code == "B-18" and event.customer_id is not None:
        case_offer(customer_id=event.customer_id)


@projection(WarningPublished)
def _published(event: WarningPublished) -> None:
    words = {"risk": event.risk, "cause": event.cause}
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "health", "warning.published", words, event.person_id,
                "warnings", UUID(event.warning_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(WarningDismissed)
def _dismissed(event: WarningDismissed) -> None:
    words = {"reason": event.reason}
    timeline_add([Line(event.customer_id, event.at, "health", "warning.dismissed", words, event_uid=event.uid)])


@projection(RetentionContactMade)
def _reached(event: RetentionContactMade) -> None:
    uid = case_uid_of(event.retention_case_id)
    timeline_add(
        [
            Line(event.customer_id, event.at, "health", "warning.contacted", subject_kind="retentions" if uid else "",
                 subject_uid=uid, event_uid=event.uid)
        ]
    )  # fmt: skip


@projection(HealthFell)
def _fell(event: HealthFell) -> None:
    words = {"health": event.health, "limit": event.limit, "cause": event.cause}
    timeline_add([Line(event.customer_id, event.at, "health", "health.fell", words, event_uid=event.uid)])
    fall_note(event)


@projection(HealthCauseConfirmed)
def _explained(event: HealthCauseConfirmed) -> None:
    words = {"before": event.before, "cause": event.cause}
    timeline_add(
        [Line(event.customer_id, event.at, "health", "health.explained", words, event.person_id, event_uid=event.uid)]
    )


def _case_line(event: Any, kind: str, **words: Any) -> None:
    """One line about a case, which its own page shows too."""
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "health", f"retention.{kind}", words, getattr(event, "person_id", None),
                "retentions", UUID(event.case_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(RetentionCaseOpened)
def _opened(event: RetentionCaseOpened) -> None:
    _case_line(event, "opened", lead_id=event.lead_id, route=event.route, reason=event.reason)


@projection(RetentionCaseOffered)
def _offered(event: RetentionCaseOffered) -> None:
    _case_line(event, "offered", lead_id=event.offered_to)


@projection(RetentionLeadChanged)
def _taken(event: RetentionLeadChanged) -> None:
    _case_line(event, "taken", lead_id=event.lead_id)


@projection(RetentionInterviewEnded)
def _interviewed(event: RetentionInterviewEnded) -> None:
    _case_line(event, "interviewed", cause=event.cause)


@projection(RetentionPlanSubmitted)
def _submitted(event: RetentionPlanSubmitted) -> None:
    _case_line(event, "submitted", measure=event.measure)


@projection(RetentionPlanApproved)
def _document(event: RetentionPlanApproved) -> None:
    """The plan goes into the archive as it was approved; approved anew, it is a new edition there."""
    document = reports.find("retention_plan")
    if document is not None:
        reports.publish_about(document, event.retention_case_id, decided_by=event.person_id)


@projection(RetentionPlanReturned)
def _returned(event: RetentionPlanReturned) -> None:
    _case_line(event, "returned", reason=event.reason)


@projection(RetentionPlanApproved)
def _approved(event: RetentionPlanApproved) -> None:
    _case_line(event, "approved", measure=event.measure, goal_on=event.goal_on.isoformat())


@projection(RetentionStepDone)
def _done(event: RetentionStepDone) -> None:
    _case_line(event, "step", what=event.what)


@projection(CustomerSaved)
def _saved(event: CustomerSaved) -> None:
    _case_line(event, "saved", evidence=event.evidence)


@projection(CustomerLost)
def _lost(event: CustomerLost) -> None:
    _case_line(event, "lost")


@projection(LastTalkHeld)
def _last_talk(event: LastTalkHeld) -> None:
    _case_line(event, "last_talk", reason=event.true_reason, is_welcomed=event.is_welcomed)


@projection(LostCustomerArchived)
def _archived(event: LostCustomerArchived) -> None:
    _case_line(event, "archived", reason=event.true_reason)


@projection(LostCustomerApproached)
def _approached(event: LostCustomerApproached) -> None:
    day = event.again_on.isoformat() if event.again_on else ""
    _case_line(event, "approached", answer=event.answer, again_on=day)


@projection(HealthPatrolHeld)
def _patrolled(event: HealthPatrolHeld) -> None:
    words = {"health": event.health, "recommend": event.recommend}
    _patrol_line(event, "held", words)


@projection(PatrolTaskDone)
def _followed_up(event: PatrolTaskDone) -> None:
    _patrol_line(event, "task", {"kind": event.kind, "what": event.what})


def _patrol_line(event: Any, what: str, words: dict[str, Any]) -> None:
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "health", f"patrol.{what}", words, event.person_id, "health_patrols",
                UUID(event.patrol_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(CustomerLost)
def _no_patrol(event: CustomerLost) -> None:
    """A lost customer is not reviewed any more."""
    patrol_end(event.customer_id)
