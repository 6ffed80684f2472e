"""What the records kit tells the rooms. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zhike.foundation.outbox.event import Event, event


@dataclass(frozen=True, kw_only=True)
class ShareEvent(Event):
    """Somebody shared one record with a member of staff, a post or a department, or ended that."""

    share_id: int
    kind: str
    customer_id: int | None
    person_id: int | None


@event("records.TagsChanged")
class TagsChanged(Event):
    """Tags were put on a record or taken off it, by their codes."""

    kind: str
    record_id: int
    record_uid: str
    customer_id: int | None
    put: tuple[str, ...]
    taken: tuple[str, ...]


@event("records.RecordShared")
class RecordShared(ShareEvent):
    """A record is open to others until a day."""


@event("records.ShareEnded")
class ShareEnded(ShareEvent):
    """A record is not open to others any more, before its day."""
