"""What the customer portal tells the rooms."""

from __future__ import annotations

from zhike.foundation.outbox.event import Event, event


@event("portal.OwnDataChanged")
class OwnDataChanged(Event):
    """Somebody of a customer changed the own data in the portal; ``fields`` says what, not to what."""

    customer_id: int
    account_id: int
    fields: tuple[str, ...]
