"""Writing the timeline. Rooms call it from projections, in the transaction of their event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Q, Subquery

from zhike.customers.models import CustomerState, TimelineEntry
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
_PIECE = 500
_COLUMNS = tuple(
    field.name.removesuffix("_id") if field.name == "customer_id" else field.name for field in fields(Line)
)


def timeline_add(lines: Sequence[Line]) -> None:
    """Add lines; a line of an event that is already there is left as it is."""
    if len(lines) < _MANY:
        entries = (TimelineEntry(**vars(line) | {"words": _words(line)}) for line in lines)
        TimelineEntry.objects.bulk_create(entries, ignore_conflicts=True)
        _contacts_noted(lines)
        return
    rows = ((uid, *vars(line).values()) for uid, line in zip(ids.uids(len(lines)), lines, strict=True))
    bulk.upsert(TimelineEntry, ("uid", *_COLUMNS), rows)
    contacts_settle({line.customer_id for line in lines if line.is_contact})


def _words(line: Line) -> dict[str, Any]:
    """The words of a line; done by a deputy, with the number of who is away."""
    away = on_behalf_of(line.actor_id)
    return line.words if away is None else {**line.words, ON_BEHALF: away}


def timeline_forget(customer_ids: Collection[int], subject_uids: Collection[UUID]) -> None:
    """Take back the lines about records that came in by mistake, or that are to be told anew."""
    gone = TimelineEntry.objects.filter(customer_id__in=set(customer_ids), subject_uid__in=set(subject_uids))
    if gone.delete()[0]:
        contacts_settle(set(customer_ids))


def contacts_settle(customer_ids: Collection[int]) -> None:
    """Read from the timeline when the last contact was; for loads, and for what was taken back."""
    latest = TimelineEntry.objects.filter(customer=OuterRef("pk"), is_contact=True).order_by().values("customer")
    when = Subquery(latest.annotate(last=Max("at")).values("last"))
    ordered = sorted(customer_ids)
    for start in range(0, len(ordered), _PIECE):
        CustomerState.objects.filter(pk__in=ordered[start : start + _PIECE]).update(last_contact_at=when)


def _contacts_noted(lines: Sequence[Line]) -> None:
    """Each contact moves the customer's last one on, never back. In the order of the keys: two writers do not block."""
    latest: dict[int, dt.datetime] = {}
    for line in lines:
        if line.is_contact:
            latest[line.customer_id] = max(line.at, latest.get(line.customer_id, line.at))
    for customer_id, at in sorted(latest.items()):
        earlier = Q(last_contact_at=None) | Q(last_contact_at__lt=at)
        CustomerState.objects.filter(earlier, pk=customer_id).update(last_contact_at=at)
