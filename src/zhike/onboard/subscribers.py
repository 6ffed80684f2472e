"""What onboarding hears: a contract signed or ended; and its own news for the timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events.onboard import (
    AcceptanceCommented,
    AcceptanceFailed,
    AcceptancePassed,
    AcceptancePrepared,
    AcceptanceRectified,
    HandOverAccepted,
    HandOverDeclined,
    HandOverOffered,
    HandOverWithdrawn,
    MilestoneLate,
    MilestoneReached,
    ProjectEnded,
    ProjectPlanned,
    ServiceTeamFormed,
)
from zhike.events.win import ContractEnded, ContractSigned
from zhike.foundation.access.models import Person
from zhike.foundation.outbox import projection
from zhike.onboard.models import AcceptanceComment, AcceptanceRound, Milestone
from zhike.onboard.services.ending import project_end
from zhike.onboard.services.project import project_open

_SHORT = 200


@projection(ContractSigned)
def _signed(event: ContractSigned) -> None:
    """History opens no project: only who signs now has something delivered."""
    if event.is_live:
        project_open(customer_id=event.customer_id, contract_id=event.contract_id)


@projection(ContractEnded)
def _contract_ended(event: ContractEnded) -> None:
    """What is not handed over yet is not delivered any more."""
    if event.is_live:
        project_end(contract_id=event.contract_id, reason=event.reason)


def _line(event: Any, kind: str, **words: Any) -> None:
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "deals", kind, words, getattr(event, "person_id", None), "projects",
                UUID(event.project_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


def _names(*ids: int) -> str:
    found = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return "、".join(found[pk] for pk in ids if pk in found)


@projection(ServiceTeamFormed)
def _formed(event: ServiceTeamFormed) -> None:
    people = _names(event.sales_lead_id, event.implementation_manager_id, event.service_representative_id)
    _line(event, "project.team", people=people)


@projection(ProjectPlanned)
def _planned(event: ProjectPlanned) -> None:
    _line(event, "project.planned", milestones=event.milestones)


@projection(MilestoneReached)
def _reached(event: MilestoneReached) -> None:
    title = Milestone.objects.values_list("title", flat=True).get(pk=event.milestone_id)
    _line(event, "milestone.reached", title=title, is_late=event.done_on > event.due_on)


@projection(MilestoneLate)
def _late(event: MilestoneLate) -> None:
    title = Milestone.objects.values_list("title", flat=True).get(pk=event.milestone_id)
    _line(event, "milestone.late", title=title, due_on=event.due_on.isoformat())


@projection(AcceptancePrepared)
def _prepared(event: AcceptancePrepared) -> None:
    _line(event, "acceptance.prepared")


@projection(AcceptanceCommented)
def _commented(event: AcceptanceCommented) -> None:
    comment = AcceptanceComment.objects.get(pk=event.comment_id)
    said = {"criterion": comment.criterion[:_SHORT], "text": comment.text[:_SHORT]}
    _line(event, "acceptance.commented", name=comment.name, **said)


def _signature(event: AcceptanceFailed | AcceptancePassed) -> dict[str, str]:
    """Who signed in the portal, masked, and the reasons; nothing where staff wrote the test down."""
    if not event.is_in_portal:
        return {}
    test = AcceptanceRound.objects.get(project=event.project_id, number=event.round)
    return {"name": test.signed_as, "reasons": test.comments[:_SHORT]}


@projection(AcceptanceFailed)
def _failed(event: AcceptanceFailed) -> None:
    _line(event, "acceptance.failed", round=event.round, **_signature(event))


@projection(AcceptanceRectified)
def _rectified(event: AcceptanceRectified) -> None:
    _line(event, "acceptance.rectified", round=event.round)


@projection(AcceptancePassed)
def _passed(event: AcceptancePassed) -> None:
    _line(event, "acceptance.passed", round=event.round, **_signature(event))


@projection(ProjectEnded)
def _ended(event: ProjectEnded) -> None:
    _line(event, "project.ended", reason=event.reason)


def _hand_over_line(event: Any, kind: str, **words: Any) -> None:
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "profile", kind, words, event.person_id, "hand-overs",
                UUID(event.hand_over_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(HandOverOffered)
def _offered(event: HandOverOffered) -> None:
    _hand_over_line(event, "hand_over.offered", receiver=_names(event.receiver_id))


@projection(HandOverAccepted)
def _accepted(event: HandOverAccepted) -> None:
    _hand_over_line(event, "hand_over.accepted", receiver=_names(event.receiver_id))


@projection(HandOverDeclined)
def _declined(event: HandOverDeclined) -> None:
    _hand_over_line(event, "hand_over.declined", reason=event.reason)


@projection(HandOverWithdrawn)
def _withdrawn(event: HandOverWithdrawn) -> None:
    _hand_over_line(event, "hand_over.withdrawn", reason=event.reason)
