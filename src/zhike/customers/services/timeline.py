"""Writing the timeline. Rooms call it from projections, in the transaction of their event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from zhike.customers.models import TimelineEntry


@dataclass(frozen=True)
class Line:
    """One line of a customer's timeline; ``words`` fill the sentence of ``kind`` and hold no personal values."""

    customer_id: int
    at: dt.datetime
    area: str
    kind: str
    words: dict[str, Any] = field(default_factory=dict)
    actor_id: int | None = None
    subject_kind: str = ""
    subject_uid: UUID | None = None
    is_contact: bool = False
    event_uid: UUID | None = None


def timeline_add(lines: Sequence[Line]) -> None:
    """Add lines; a line of an event that is already there is left as it is."""
    TimelineEntry.objects.bulk_create(
        (TimelineEntry(**vars(line)) for line in lines), batch_size=2000, ignore_conflicts=True
    )
