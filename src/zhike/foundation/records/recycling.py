"""The recycle bin: what was deleted, by whom and when, and the way back. No button empties it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import selector, values
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.registry import every


class Binned(NamedTuple):
    """One deleted record: its row as the plan reads it, when it was deleted and by whom, as the log says."""

    row: tuple[Any, ...]
    at: dt.datetime
    by: str


class Slice(NamedTuple):
    """Some deleted records, newest first, and the number after which the older ones come, 0 at the end."""

    plan: values.Plan
    found: list[Binned]
    older: int


def kinds(viewer: Viewer) -> list[RecordType]:
    """The kinds of records that the viewer's posts may delete, and so restore."""
    return [t for t in every() if t.restore is not None and viewer.may(t.area, Level.EDIT)]


def deleted(viewer: Viewer, record_type: RecordType, *, before: int | None = None, most: int = 20) -> Slice:
    """Deleted records within the viewer's reach, newest first; ``before`` continues. Raises Forbidden."""
    if record_type.restore is None:
        raise NotFound(code=record_type.code)
    viewer.require(record_type.area, Level.EDIT)
    rows = scope.binned(viewer, record_type.model._default_manager.all())
    mark = record_type.model._base_manager.filter(pk=before, deleted_at__isnull=False).first() if before else None
    if mark is not None:
        at = mark.deleted_at
        rows = rows.filter(Q(deleted_at__lt=at) | Q(deleted_at=at, pk__lt=mark.pk), deleted_at__lte=at)
    pairs = list(rows.order_by("-deleted_at", "-pk").values_list("pk", "deleted_at")[: most + 1])
    plan = values.plan(viewer, record_type, dict.fromkeys((record_type.name_field, *record_type.card)))
    return Slice(plan, _found(record_type, plan, pairs[:most]), pairs[most - 1][0] if len(pairs) > most else 0)


def _found(record_type: RecordType, plan: values.Plan, pairs: Sequence[tuple[int, dt.datetime]]) -> list[Binned]:
    moments = dict(pairs)
    kind = record_type.model._meta.model_name or ""
    who = audit.last_actors(f"{kind}.delete", kind, list(moments))
    rows = selector.rows_of(plan, list(moments))
    return [Binned(row, moments[row[0]], who.get(row[0], "")) for row in rows]


def restore(viewer: Viewer, record_type: RecordType, uid: UUID, **confirmed: bool) -> Any:
    """Take a record out of the bin through its room's service, which checks what changed meanwhile.

    Raises what the service refuses.
    """
    if record_type.restore is None:
        raise NotFound(code=record_type.code)
    restored = record_type.restore(viewer=viewer, uid=uid, **confirmed)
    selector.forget_totals()
    return restored


def name_of(viewer: Viewer, record_type: RecordType, uid: UUID) -> str:
    """What a deleted record is called. Raises NotFound."""
    row = scope.binned(viewer, record_type.model._default_manager.all()).filter(uid=uid).first()
    if row is None:
        raise NotFound(uid=str(uid))
    plan = values.plan(viewer, record_type, (record_type.name_field,))
    return plan.columns[0].text(plan.columns[0].read(selector.rows_of(plan, [row.pk])[0]))
