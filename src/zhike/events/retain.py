"""What the retain room tells the others."""

from __future__ import annotations

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
    """``person_id`` put the customer on the warning list: the contact clock of its manager runs from now."""

    customer_id: int
    warning_id: int
    warning_uid: str
    risk: str
    cause: str
    person_id: int | None


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


@event("retain.HealthFell")
class HealthFell(Event):
    """A customer's health went below the limit in a night."""

    customer_id: int
    health: float
    limit: float
    cause: str
