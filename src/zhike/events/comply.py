"""What compliance tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("comply.ConsentGiven")
class ConsentGiven(Event):
    """A customer or a contact consented to uses of the data. ``person_id`` wrote it down; nobody: a form or the portal.

    ``at`` is when it was written down, ``said_at`` when it was said.
    """

    customer_id: int
    consent_id: int
    consent_uid: str
    contact_id: int | None
    purposes: tuple[str, ...]
    channel: str
    person_id: int | None
    said_at: dt.datetime


@event("comply.ConsentWithdrawn")
class ConsentWithdrawn(Event):
    """A customer or a contact forbade uses of the data: they stop at once."""

    customer_id: int
    consent_id: int
    consent_uid: str
    contact_id: int | None
    purposes: tuple[str, ...]
    channel: str
    person_id: int | None
    said_at: dt.datetime


@event("comply.ConsentTextPublished")
class ConsentTextPublished(Event):
    """A new edition of a notice text takes the place of the old one."""

    text_uid: str
    channel: str
    language: str
    edition: int

    @property
    def key(self) -> str:
        return f"consent_text:{self.channel}:{self.language}"
