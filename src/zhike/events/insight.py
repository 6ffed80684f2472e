"""What the insight room tells the others."""

from __future__ import annotations

from zhike.foundation.outbox.event import Event, event


@event("insight.TierChanged")
class TierChanged(Event):
    """A night moved a customer to another value tier."""

    customer_id: int
    before: str
    after: str
    as_of: str


@event("insight.LifecycleChanged")
class LifecycleChanged(Event):
    """A night moved a customer to another lifecycle state, for ``cause``."""

    customer_id: int
    before: str
    after: str
    cause: str
    as_of: str


@event("insight.NightFinished")
class NightFinished(Event):
    """A night's work is done and written."""

    run_id: int
    as_of: str
    customers: int

    @property
    def key(self) -> str:
        return "night"
