"""Custom values that the vault keeps: found by an equal value, opened with a reason, logged each time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.records.custom.column import COLUMN
from zhike.foundation.records.custom.marks import mark_of
from zhike.foundation.records.declare import Field, RecordType

REASON_MAX = 200


def may_open(viewer: Viewer, record_type: RecordType, field: Field) -> bool:
    """Whether the posts open such a value: those that edit these records or see them in full."""
    if field.level is Level.FULL and not viewer.may(record_type.area, Level.FULL):
        return False
    return viewer.may(record_type.area, Level.EDIT) or viewer.may(record_type.area, Level.FULL)


def equal(field: Field, texts: Sequence[str]) -> Q:
    """The condition that the value is one of ``texts``."""
    return Q(**{f"{COLUMN}__b{field.custom}__in": [mark_of(field, text) for text in texts]})


@transaction.atomic
def reveal(*, viewer: Viewer, record_type: RecordType, uid: UUID, field: Field, reason: str) -> str:
    """The full value. Raises: NotFound, Forbidden, Invalid (no reason)."""
    row = scope.one(viewer, record_type.model._default_manager.all(), uid=uid)
    if not field.stored_masked:
        raise NotFound(field=field.key)
    if not may_open(viewer, record_type, field):
        raise Forbidden(area=str(record_type.area), level="reveal")
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    if len(reason) > REASON_MAX:
        raise Invalid(fields={"reason": "too_long"})
    audit.record(
        viewer, "value.reveal", kind=row._meta.model_name or "", object_id=row.pk, object_uid=uid,
        after={"field": field.key}, reason=reason,
    )  # fmt: skip
    return vault.open_values([uid], [field.key]).get(uid, {}).get(field.key, "")
