"""What the win room tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("win.OpportunityOpened")
class OpportunityOpened(Event):
    """A deal with a customer began, by hand or from a lead."""

    customer_id: int
    opportunity_id: int
    opportunity_uid: str
    lead_id: int | None
    person_id: int | None


@event("win.OpportunityMoved")
class OpportunityMoved(Event):
    """A deal went from one stage to another; going back has a reason."""

    customer_id: int
    opportunity_id: int
    opportunity_uid: str
    before: str
    after: str
    reason: str
    person_id: int | None


@event("win.OpportunityLost")
class OpportunityLost(Event):
    """A deal was closed without a contract; ``reason`` is a code."""

    customer_id: int
    opportunity_id: int
    opportunity_uid: str
    before: str
    reason: str
    person_id: int | None


@event("win.OpportunityWon")
class OpportunityWon(Event):
    """A deal was closed by a signed contract."""

    customer_id: int
    opportunity_id: int
    opportunity_uid: str
    contract_id: int
    person_id: int | None


@event("win.FollowUpRecorded")
class FollowUpRecorded(Event):
    """The customer was talked to about a deal: feedback, change in needs and the next action stand in the system."""

    customer_id: int
    opportunity_id: int
    opportunity_uid: str
    interaction_id: int
    next_on: dt.date
    person_id: int | None


@event("win.ContractDrafted")
class ContractDrafted(Event):
    """The draft of a contract was begun."""

    customer_id: int
    contract_id: int
    contract_uid: str
    person_id: int | None


@event("win.ContractSubmitted")
class ContractSubmitted(Event):
    """A draft without vague terms went to legal: the clock of the review runs from now."""

    customer_id: int
    contract_id: int
    contract_uid: str
    clauses_version: int
    person_id: int | None


@event("win.ContractWithdrawn")
class ContractWithdrawn(Event):
    """A draft was taken back from legal before it was decided on."""

    customer_id: int
    contract_id: int
    contract_uid: str
    person_id: int | None


@event("win.ContractReviewed")
class ContractReviewed(Event):
    """Legal gave its three opinions and ``outcome``: approved or returned."""

    customer_id: int
    contract_id: int
    contract_uid: str
    outcome: str
    reason: str
    person_id: int | None


@event("win.ContractApprovalVoided")
class ContractApprovalVoided(Event):
    """An approved contract was changed: it has to go through legal again."""

    customer_id: int
    contract_id: int
    contract_uid: str
    person_id: int | None


@event("win.ContractSigned")
class ContractSigned(Event):
    """The customer's authorised person signed and sealed. ``opportunity_id`` is the deal it closes, if any."""

    customer_id: int
    contract_id: int
    contract_uid: str
    opportunity_id: int | None
    value_minor: int
    currency: str
    signed_on: dt.date
    person_id: int | None


@event("win.ContractEnded")
class ContractEnded(Event):
    """A contract is over: ``outcome`` says ended (its time is up, or terminated) or cancelled before signing."""

    customer_id: int
    contract_id: int
    contract_uid: str
    outcome: str
    reason: str
    person_id: int | None
