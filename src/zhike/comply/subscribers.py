"""What compliance hears: its own news, for the timeline at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events.comply import ConsentGiven, ConsentWithdrawn
from zhike.foundation.outbox import projection


@projection(ConsentGiven)
def _given(event: ConsentGiven) -> None:
    _tell(event, "consent.given")


@projection(ConsentWithdrawn)
def _withdrawn(event: ConsentWithdrawn) -> None:
    _tell(event, "consent.withdrawn")


def _tell(event: Any, kind: str) -> None:
    words = {"purposes": list(event.purposes), "channel": event.channel, "by_contact": event.contact_id is not None}
    line = Line(
        event.customer_id, event.said_at, "consent", kind, words, event.person_id, "consents",
        UUID(event.consent_uid), event_uid=event.uid,
    )  # fmt: skip
    timeline_add([line])
