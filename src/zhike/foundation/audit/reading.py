"""Reading the log: for compliance and management, searched by person, action, kind, object and period."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from zhike.foundation.audit.models import BatchItem, Entry, Seal
from zhike.foundation.audit.recording import Actor, record
from zhike.foundation.crypto import vault
from zhike.foundation.kit import masking
from zhike.foundation.kit.refusals import Invalid, NotFound

_MOST_BATCHES = 10_000  # of one object; older ones are found by their period
#: The areas and levels of ``access``, which stands above this part and therefore is not imported.
_AREA, _SENSITIVE, _FULL, _SEE_SENSITIVE = "consent", "sensitive", "F", "S"


class Reader(Actor, Protocol):
    """A viewer, as far as it is needed here."""

    def require(self, area: Any, level: Any) -> None: ...


@dataclass(frozen=True)
class Filters:
    """What to look for; what is left out does not narrow. ``since`` is included, ``until`` is not."""

    person_id: int | None = None
    action: str = ""
    kind: str = ""
    object_id: int | None = None
    object_uid: UUID | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Line:
    """One entry for people. ``personal`` holds masked values by person; ``None`` stands for an erased person.

    ``seq`` is the place in the chain, None while the entry waits for the sealer.
    """

    id: int
    seq: int | None
    at: dt.datetime
    person_id: int | None
    name: str
    is_system: bool
    address: str
    action: str
    kind: str
    object_id: int | None
    object_uid: UUID | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    personal: Mapping[UUID, Mapping[str, Any] | None]
    reason: str
    batch_size: int


def entries(
    viewer: Reader, filters: Filters | None = None, *, before: int | None = None, limit: int = 50
) -> list[Line]:
    """The newest entries that match, at most ``limit``; ``before`` is the id of the last line of the page above.

    Raises: Forbidden, unless the viewer's posts see consent, sharing and audit in full.
    """
    viewer.require(_AREA, _FULL)
    rows = _matching(filters or Filters())
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _lines(list(rows.order_by("-id")[:limit]))


def count(viewer: Reader, filters: Filters | None = None, *, up_to: int = 10_000) -> int:
    """How many entries match, counted to ``up_to`` + 1. Raises Forbidden as :func:`entries`."""
    viewer.require(_AREA, _FULL)
    return _matching(filters or Filters()).order_by()[: up_to + 1].count()


@transaction.atomic
def reveal(viewer: Reader, entry_id: int, *, reason: str) -> dict[UUID, Mapping[str, Any] | None]:
    """Personal values of one entry in full, with a reason, which is logged as a view of sensitive data.

    Raises: Forbidden, NotFound, Invalid (no reason).
    """
    viewer.require(_AREA, _FULL)
    viewer.require(_SENSITIVE, _SEE_SENSITIVE)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(id=str(entry_id))
    record(viewer, "audit.reveal", kind="audit", object_id=entry_id, reason=reason)
    return _opened([entry])[entry_id]


def last_actors(action: str, kind: str, object_ids: Collection[int]) -> dict[int, str]:
    """Who did ``action`` last to each of the objects; those without an entry are missing.

    For callers that show the objects themselves: the name alone, nothing of the entry.
    """
    rows = Entry.objects.filter(object_id__in=object_ids, kind=kind, action=action).order_by("id")
    return dict(rows.values_list("object_id", "actor_name"))


def _matching(filters: Filters) -> QuerySet[Entry]:
    rows = Entry.objects.all()
    if filters.person_id is not None:
        rows = rows.filter(actor_id=filters.person_id)
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.object_id is not None:
        # Read first and named: then both halves of the OR are answered by an index.
        items = BatchItem.objects.filter(object_id=filters.object_id).order_by("-entry_id")
        in_batches = list(items.values_list("entry_id", flat=True)[:_MOST_BATCHES])
        rows = rows.filter(Q(object_id=filters.object_id) | Q(id__in=in_batches))
    if filters.object_uid is not None:
        rows = rows.filter(object_uid=filters.object_uid)
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(at__lt=filters.until)
    return rows


def _lines(found: list[Entry]) -> list[Line]:
    places = dict(Seal.objects.filter(entry_id__in=[e.pk for e in found]).values_list("entry_id", "seq"))
    opened = _opened(found)
    return [
        Line(
            id=e.pk,
            seq=places.get(e.pk),
            at=e.at,
            person_id=e.actor_id,
            name=e.actor_name,
            is_system=e.is_system,
            address=e.address,
            action=e.action,
            kind=e.kind,
            object_id=e.object_id,
            object_uid=e.object_uid,
            before=json.loads(e.before or "{}"),
            after=json.loads(e.after or "{}"),
            personal={s: None if said is None else _masked("", said) for s, said in opened[e.pk].items()},
            reason=e.reason,
            batch_size=e.batch_size,
        )
        for e in found
    ]


def _opened(found: Iterable[Entry]) -> dict[int, dict[UUID, Mapping[str, Any] | None]]:
    """Personal values in full, by entry and person, in one query for all."""
    tokens = [(e.pk, UUID(subject), token) for e in found for subject, token in json.loads(e.personal or "{}").items()]
    texts = vault.unseal_texts([(subject, token) for _, subject, token in tokens])
    opened: dict[int, dict[UUID, Mapping[str, Any] | None]] = {e.pk: {} for e in found}
    for (entry_id, subject, _), text in zip(tokens, texts, strict=True):
        opened[entry_id][subject] = None if text is None else json.loads(text)
    return opened


def _masked(kind: str, value: Any) -> Any:
    """Every text inside ``value`` masked by the kind that its nearest key names."""
    if isinstance(value, Mapping):
        return {key: _masked(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(kind, inner) for inner in value]
    return masking.masked(kind, str(value)) if value not in (None, "") else ""
