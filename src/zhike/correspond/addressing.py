"""Whom an automatic message of service goes to."""

from __future__ import annotations

from zhike.customers.public import contact_cards
from zhike.foundation import messages


def whom_to_write(customer_id: int) -> int | None:
    """The contact to write to: who has an address, the primary one first; None for the customer's own address."""
    people = [card.id for card in contact_cards(customer_id)]
    asked = [messages.Ask(customer_id, contact, "email", "service", is_automatic=True) for contact in people]
    for contact, verdict in zip(people, messages.may_send(asked), strict=True):
        if all(reason.code != "no_address" for reason in verdict.reasons):
            return contact
    return None
