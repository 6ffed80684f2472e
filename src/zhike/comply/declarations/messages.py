"""What the gate of messages asks compliance: whether the customer consented to the purpose (AUTO-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from zhike.comply.selectors import contacts_may_use, may_use
from zhike.foundation.messages import Ask, gate_check


@gate_check("consent")
def _consent(asks: Sequence[Ask]) -> list[tuple[str, dt.datetime | None]]:
    """A contact's own word counts before the customer's."""
    found: dict[Ask, tuple[str, dt.datetime | None]] = {}
    for purpose in {ask.purpose for ask in asks}:
        of_purpose = [ask for ask in asks if ask.purpose == purpose]
        customers = may_use({ask.customer_id for ask in of_purpose}, purpose)
        by_contact = {ask.contact_id: ask.customer_id for ask in of_purpose if ask.contact_id is not None}
        contacts = contacts_may_use(by_contact, purpose)
        for ask in of_purpose:
            use = customers[ask.customer_id] if ask.contact_id is None else contacts[ask.contact_id]
            found[ask] = (use.reason, use.since)
    return [found[ask] for ask in asks]
