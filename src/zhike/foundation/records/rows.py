"""What a room's service does around every change of one record: take it locked, save its next version, note it."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.models import Person, Record
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.records import held

R = TypeVar("R", bound=Record)


class ParentGone(Refusal):
    """What a deleted record belongs to lies in the recycle bin itself."""

    code = "parent_gone"
    sentence = _("The %(kind)s it belongs to lies in the recycle bin. Restore that first.")


def locked(viewer: Viewer, model: type[R], uid: UUID, version: int | None) -> R:
    """The row, locked, as the caller read it; without a version as it stands. Raises NotFound, Stale.

    What it belongs to (a customer) is locked before it: the order that everybody keeps.
    """
    hold_above(model, uid=uid)
    row = scope.one(viewer, model._default_manager.select_for_update(of=("self",), no_key=True), uid=uid)
    if version is not None and row.version != version:
        raise Stale(version=row.version)
    return row


def binned(viewer: Viewer, row: Record, action: str, *, reason: str = "") -> None:
    """Put the row into the recycle bin and note it. Raises StillHeld, where other records point to it."""
    held.require_free(viewer, row)
    row.deleted_at = clock.now()
    renewed(viewer, row, row.deleted_at)
    audit.record(viewer, action, reason=reason, **_about(row, {}))


def from_bin(viewer: Viewer, model: type[R], uid: UUID) -> R:
    """The deleted row, locked. Raises NotFound, ParentGone (what it belongs to lies in the bin itself)."""
    hold_above(model, uid=uid)
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    row = scope.binned(viewer, rows).filter(uid=uid).first()
    if row is None:
        raise NotFound(uid=str(uid))
    for path in filter(None, scope.paths_of(model)):
        above: Any = row
        for step in path.split("__"):
            above = getattr(above, step, None)
            if getattr(above, "deleted_at", None) is not None:
                raise ParentGone(kind=str(above._meta.verbose_name))
    return row


def put_back(viewer: Viewer, row: Record, action: str) -> None:
    """Take the row out of the recycle bin and note it."""
    row.deleted_at = None
    renewed(viewer, row)
    audit.record(viewer, action, **_about(row, {}))


def hold_above(model: type[R], **lookup: Any) -> None:
    """Hold what owns the row, where that is another row, until the transaction ends.

    Who changes what belongs to a customer takes the customer first, then the record, then publishes: so nobody waits
    for somebody who waits for them. Rows that only point to a customer may be inserted meanwhile.
    """
    path = next((one for one in scope.paths_of(model) if one), "")
    if not path or not connection.features.has_select_for_update:
        return
    owner: Any = model
    for step in path.split("__"):
        owner = owner._meta.get_field(step).related_model
    number = model._default_manager.filter(**lookup).values_list(f"{path}_id", flat=True).first()
    owner._base_manager.select_for_update(of=("self",), no_key=True).filter(pk=number).first()


def renewed(viewer: Viewer, row: Record, at: dt.datetime | None = None) -> None:
    """Save a changed row: one version on, by whom, and when (now unless said)."""
    row.version += 1
    row.updated_at, row.updated_by_id = at or clock.now(), viewer.person_id
    row.save()


def saved(viewer: Viewer, row: Record, action: str, *, reason: str = "", **after: Any) -> None:
    """Save the next version of the row and note it. ``after`` are the values that changed."""
    renewed(viewer, row)
    audit.record(viewer, action, reason=reason, **_about(row, after))


def noted(viewer: Viewer, row: Record, action: str, *, reason: str = "", **after: Any) -> None:
    """One entry in the audit about ``row``."""
    audit.record(viewer, action, reason=reason, **_about(row, after))


def _about(row: Record, after: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": row._meta.model_name or "", "object_id": row.pk, "object_uid": row.uid,
        "after": {name: _plain(value) for name, value in after.items()},
    }  # fmt: skip


def given_to(row: Record, owner_id: int | None) -> None:
    """Make ``owner_id`` the owner; the department follows. Raises Invalid when nobody active has the number."""
    owner = Person.objects.filter(pk=owner_id, is_active=True).first() if owner_id else None
    if owner_id and owner is None:
        raise Invalid(fields={"owner": "no_such_person"})
    row.owner, row.department_id = owner, owner.department_id if owner else None


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
