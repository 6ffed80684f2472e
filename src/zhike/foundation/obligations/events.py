"""What the duties tell the rooms. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zhike.foundation.outbox.event import Event, event


@dataclass(frozen=True, kw_only=True)
class DutyEvent(Event):
    """A duty changed its state; it is ordered with the customer it concerns."""

    duty_id: int
    code: str
    customer_id: int | None
    person_id: int | None

    @property
    def key(self) -> str:
        return f"customer:{self.customer_id}" if self.customer_id is not None else f"duty:{self.duty_id}"


@event("obligations.DutyStarted")
class DutyStarted(DutyEvent):
    """A clock runs."""


@event("obligations.DutyReminded")
class DutyReminded(DutyEvent):
    """Most of the time has passed."""


@event("obligations.DutyBreached")
class DutyBreached(DutyEvent):
    """The due time has passed without the duty being done; ``escalated_to`` was told too."""

    escalated_to: int | None


@event("obligations.DutyFulfilled")
class DutyFulfilled(DutyEvent):
    """The duty was done, in time or late."""

    is_late: bool


@event("obligations.DutyCancelled")
class DutyCancelled(DutyEvent):
    """The duty fell away before it was done."""
