"""What the portal hears: contacts that change or leave."""

from __future__ import annotations

from zhike.events.customers import ContactChanged
from zhike.foundation.outbox import projection
from zhike.interfaces.portal.services import accounts_follow


@projection(ContactChanged)
def _contact(event: ContactChanged) -> None:
    """At once, in the same transaction: who was removed must not read on for a moment."""
    if event.what != "added":
        accounts_follow(customer_id=event.customer_id, contact_id=event.contact_id, is_gone=event.what == "removed")
