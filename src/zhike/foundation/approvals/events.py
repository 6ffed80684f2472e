"""What approvals tell the others. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhike.foundation.outbox.event import Event, event


@dataclass(frozen=True, kw_only=True)
class ApprovalEvent(Event):
    """Something happened with an approval; it is ordered with the customer it concerns."""

    approval_id: int
    flow: str
    customer_id: int | None

    @property
    def key(self) -> str:
        return f"customer:{self.customer_id}" if self.customer_id is not None else f"approval:{self.approval_id}"


@event("approvals.ApprovalStarted")
class ApprovalStarted(ApprovalEvent):
    """A decision was asked for; ``number`` is the version of the flow that it keeps."""

    person_id: int | None
    number: int


@event("approvals.SignerAsked")
class SignerAsked(ApprovalEvent):
    """Somebody is asked to decide on a step by ``due_at``; ``is_owed`` says whether that clock is run by approvals."""

    approval_signer_id: int
    person_id: int
    due_at: dt.datetime | None
    is_owed: bool


@event("approvals.SignerActed")
class SignerActed(ApprovalEvent):
    """Somebody who was asked has said a word: approved, rejected, returned."""

    approval_signer_id: int
    person_id: int | None
    verdict: str


@event("approvals.SignerReleased")
class SignerReleased(ApprovalEvent):
    """Somebody who was asked is not asked any more: another one decided, the step waits, or the approval ended."""

    approval_signer_id: int
    person_id: int | None


@event("approvals.ApprovalEnded")
class ApprovalEnded(ApprovalEvent):
    """An approval ended: approved, rejected, returned, withdrawn, or called off with its subject."""

    state: str
    person_id: int | None
