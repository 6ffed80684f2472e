"""What winning hears: converted leads, customers with another owner; and its own news for the timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events.acquire import LeadConverted
from zhike.events.customers import CustomerReassigned
from zhike.events.win import (
    ContractApprovalVoided,
    ContractDrafted,
    ContractEnded,
    ContractReviewed,
    ContractSigned,
    ContractSubmitted,
    OpportunityLost,
    OpportunityMoved,
    OpportunityOpened,
    OpportunityWon,
)
from zhike.foundation.outbox import projection
from zhike.win.models import Contract, Opportunity
from zhike.win.services.opportunity import opportunities_follow, opportunity_from_lead


@projection(LeadConverted)
def _converted(event: LeadConverted) -> None:
    """The deal of a lead stands at once. A converted lead of the past has its deal in the past, too."""
    if event.is_live:
        opportunity_from_lead(
            customer_id=event.customer_id,
            lead_id=event.lead_id,
            lead_uid=UUID(event.lead_uid),
            owner_id=event.owner_id or event.person_id,
            person_id=event.person_id,
            title=event.title,
        )


@projection(CustomerReassigned)
def _reassigned(event: CustomerReassigned) -> None:
    opportunities_follow(customer_id=event.customer_id, owner_before=event.owner_before, owner_after=event.owner_after)


def _deal_line(event: Any, kind: str, **words: Any) -> None:
    title = Opportunity.objects.values_list("title", flat=True).get(pk=event.opportunity_id)
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "deals", kind, {"title": title, **words}, event.person_id,
                "opportunities", UUID(event.opportunity_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(OpportunityOpened)
def _opened(event: OpportunityOpened) -> None:
    _deal_line(event, "opportunity.opened", from_lead=event.lead_id is not None)


@projection(OpportunityMoved)
def _moved(event: OpportunityMoved) -> None:
    _deal_line(event, "opportunity.moved", before=event.before, after=event.after, reason=event.reason)


@projection(OpportunityLost)
def _lost(event: OpportunityLost) -> None:
    _deal_line(event, "opportunity.lost", reason=event.reason)


@projection(OpportunityWon)
def _won(event: OpportunityWon) -> None:
    _deal_line(event, "opportunity.won")


def _contract_line(event: Any, kind: str, **words: Any) -> None:
    number = Contract.objects.values_list("number", flat=True).get(pk=event.contract_id)
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "deals", kind, {"number": number, **words}, event.person_id,
                "contracts", UUID(event.contract_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(ContractDrafted)
def _drafted(event: ContractDrafted) -> None:
    _contract_line(event, "contract.drafted")


@projection(ContractSubmitted)
def _submitted(event: ContractSubmitted) -> None:
    _contract_line(event, "contract.submitted")


@projection(ContractReviewed)
def _reviewed(event: ContractReviewed) -> None:
    _contract_line(event, f"contract.{event.outcome}", reason=event.reason)


@projection(ContractApprovalVoided)
def _voided(event: ContractApprovalVoided) -> None:
    _contract_line(event, "contract.voided")


@projection(ContractSigned)
def _signed(event: ContractSigned) -> None:
    _contract_line(event, "contract.signed", value_minor=event.value_minor, currency=event.currency)


@projection(ContractEnded)
def _ended(event: ContractEnded) -> None:
    _contract_line(event, f"contract.{event.outcome}", reason=event.reason)
