"""What the gate of messages asks compliance: whether the customer consented to the purpose (AUTO-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from zhike.comply.selectors import each_may_use
from zhike.foundation.messages import Ask, gate_check


@gate_check("consent")
def _consent(asks: Sequence[Ask]) -> list[tuple[str, dt.datetime | None]]:
    """A contact's own word counts before the customer's."""
    uses = each_may_use({(ask.customer_id, ask.contact_id, ask.purpose) for ask in asks})
    found = [uses[ask.customer_id, ask.contact_id, ask.purpose] for ask in asks]
    return [(use.reason, use.since) for use in found]
