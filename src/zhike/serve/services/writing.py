"""What every service of this room does before and after its own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import CharField, Field, TextField

from zhike.customers.public import customer_get
from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Record
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import rows

R = TypeVar("R", bound=Record)


def held(viewer: Viewer, model: type[R], area: Area, uid: UUID, version: int | None) -> R:
    """The row, locked until the transaction ends. Raises NotFound, Forbidden, Stale (somebody was faster)."""
    viewer.require(area, Level.EDIT)
    return rows.locked(viewer, model, uid, version)


def saved(viewer: Viewer, row: R, action: str, after: Mapping[str, Any], *, at: dt.datetime, reason: str = "") -> R:
    """Write the row with ``after``, which maps its columns to new values; one audit entry with both sides.

    Of free text, often in the customer's words, the audit keeps a digest: that it changed, not what it says.
    """
    before = {key: getattr(row, key) for key in after}
    for key, value in after.items():
        setattr(row, key, value)
    rows.renewed(viewer, row, at)
    kind = row._meta.model_name or ""
    audit.record(
        viewer, action, kind=kind, object_id=row.pk, object_uid=row.uid,
        before=_sides(row, before), after=_sides(row, after), reason=reason,
    )  # fmt: skip
    return row


def _sides(row: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: plain(value) for key, value in values.items()}
    texts = {field.name for field in row._meta.concrete_fields if _is_free_text(field)}
    return {key: audit.digest_of({key: value}) if key in texts and value else value for key, value in told.items()}


def _is_free_text(field: Field[Any, Any]) -> bool:
    return isinstance(field, TextField) or (isinstance(field, CharField) and not field.choices)


def made(viewer: Viewer, row: Record, action: str, after: Mapping[str, Any]) -> None:
    """Insert the row and audit what it began with."""
    row.created_by_id = row.updated_by_id = viewer.person_id
    row.save(force_insert=True)
    audit.record(
        viewer, action, kind=row._meta.model_name or "", object_id=row.pk, object_uid=row.uid,
        after={k: plain(v) for k, v in after.items()},
    )  # fmt: skip


def plain(value: Any) -> Any:
    """A value as the audit keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def customer_number(viewer: Viewer, customer: UUID | int) -> int:
    """The database id of a customer the viewer sees, by uid from pages and programs. Raises NotFound."""
    return customer if isinstance(customer, int) else int(customer_get(viewer, customer).pk)


def moment(given: dt.datetime | None, now: dt.datetime, field: str) -> dt.datetime:
    """When it happened: now unless somebody says so; never in the future. Raises Invalid."""
    if given is not None and given > now:
        raise Invalid(fields={field: "in_future"})
    return given or now


def required(**texts: str) -> None:
    """Refuse empty texts, all at once. Raises Invalid."""
    missing = {name: "required" for name, text in texts.items() if not (text or "").strip()}
    if missing:
        raise Invalid(fields=missing)


def after_hours(start: dt.datetime, hours: float) -> dt.datetime:
    """``start`` plus some elapsed hours."""
    return start + dt.timedelta(hours=hours)


def now_and(given: dt.datetime | None, field: str) -> tuple[dt.datetime, dt.datetime]:
    """This moment, and when the thing happened."""
    now = clock.now()
    return now, moment(given, now, field)
