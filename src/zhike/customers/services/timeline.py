"""Writing the timeline. Rooms call it from projections, in the transaction of their event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from zhike.customers.models import TimelineEntry
from zhike.customers.timeline import ON_BEHALF
from zhike.foundation.access.deputies import on_behalf_of
from zhike.foundation.kit import bulk, ids


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


# Above this many lines the bulk path pays. It is for loads, whose lines belong to no event and cannot repeat.
_MANY = 200
_COLUMNS = tuple(
    field.name.removesuffix("_id") if field.name == "customer_id" else field.name for field in fields(Line)
)


def timeline_add(lines: Sequence[Line]) -> None:
    """Add lines; a line of an event that is already there is left as it is."""
    if len(lines) < _MANY:
        entries = (TimelineEntry(**vars(line) | {"words": _words(line)}) for line in lines)
        TimelineEntry.objects.bulk_create(entries, ignore_conflicts=True)
        return
    rows = ((uid, *vars(line).values()) for uid, line in zip(ids.uids(len(lines)), lines, strict=True))
    bulk.upsert(TimelineEntry, ("uid", *_COLUMNS), rows)


def _words(line: Line) -> dict[str, Any]:
    """The words of a line; done by a deputy, with the number of who is away."""
    away = on_behalf_of(line.actor_id)
    return line.words if away is None else {**line.words, ON_BEHALF: away}


def timeline_forget(customer_ids: Collection[int], subject_uids: Collection[UUID]) -> None:
    """Take back the lines about records that came in by mistake, or that are to be told anew."""
    TimelineEntry.objects.filter(customer_id__in=set(customer_ids), subject_uid__in=set(subject_uids)).delete()
