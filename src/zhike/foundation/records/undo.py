"""Taking back the last change of fields: for some minutes, by who made it, if nobody has changed the record since.

What stood there before is kept with each change. Values of natural persons are kept as text sealed under that person's
key, so that erasing the person erases them here too. An act (a signature, an approval, a message) is never taken back.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.policies import versions
from zhike.foundation.records import selector, storing, values
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.models import BulkChange, BulkRecord, BulkState, Change
from zhike.foundation.records.policy import UndoPolicy
from zhike.foundation.records.tags import known as tags


class NothingToUndo(Refusal):
    """There is no change of the viewer's own that could still be taken back."""

    code = "nothing_to_undo"
    sentence = _("There is nothing to undo. Your own last change of fields can be taken back within %(n)s minutes.")


class ChangedSince(Refusal):
    """The record was changed after the change that is to be taken back."""

    code = "changed_since"
    sentence = _("The record has been changed since. It stays as it is; correct it by editing it.")


class Before(NamedTuple):
    """Values as they stood, in JSON, and those of a natural person as sealed text."""

    version: int
    plain: dict[str, Any]
    sealed: str


def minutes() -> int:
    """For how long a change can be taken back."""
    return versions.current().get(UndoPolicy).minutes


def oldest() -> dt.datetime:
    """Changes before this moment stand."""
    return clock.now() - dt.timedelta(minutes=minutes())


def before(viewer: Viewer, record_type: RecordType, uid: UUID, fields: Sequence[Field]) -> Before:
    """What stands in ``fields`` now. Raises NotFound."""
    found = values.typed(viewer, record_type, uid, fields)
    plain = {f.key: _written(f, found[f.key]) for f in fields if f.key in found}
    hidden = [f.key for f in fields if f.key not in found]
    if not hidden:
        return Before(found["version"], plain, "")
    kept = vault.open_values([uid], hidden).get(uid, {})
    plain |= {key: "" for key in hidden if key not in kept}
    return Before(found["version"], plain, vault.seal_text(uid, json.dumps(kept)) if kept else "")


@transaction.atomic
def updating(viewer: Viewer, record_type: RecordType, uid: UUID, version: int, given: Mapping[str, Any]) -> Any:
    """Change fields by the room's service and remember what stood there. Returns the row. Raises what it refuses."""
    if record_type.update is None:
        raise NotFound(code=record_type.code)
    fields = [f for f in record_type.all_fields if f.key in given]
    can_be_kept = all(f.stored_masked or not values.is_hidden(f) for f in fields)
    was = before(viewer, record_type, uid, fields) if viewer.person_id and fields and can_be_kept else None
    row = storing.update(viewer, record_type, uid, version, given)
    # Who saw another version than the one that stands is refused by the service; so this one is what was changed.
    if was is not None and row.version > was.version:
        Change.objects.update_or_create(
            person_id=viewer.person_id, code=record_type.code, record_uid=uid,
            defaults={
                "before": was.plain, "sealed": was.sealed, "keys": sorted(given), "version": row.version,
                "at": clock.now(),
            },
        )  # fmt: skip
    return row


def last(viewer: Viewer, record_type: RecordType, uid: UUID) -> Change:
    """The viewer's own last change of the record. Raises NotFound, NothingToUndo."""
    if not selector.is_visible(viewer, record_type, uid):
        raise NotFound(uid=str(uid))
    found = Change.objects.filter(
        person_id=viewer.person_id, code=record_type.code, record_uid=uid, at__gte=oldest()
    ).first()
    if found is None:
        raise NothingToUndo(n=minutes())
    return found


def is_offered(viewer: Viewer, record_type: RecordType, uid: UUID, version: int) -> bool:
    """Whether the record still stands as the viewer's own last change made it, and there is time to take that back."""
    if record_type.update is None or not viewer.may(record_type.area, Level.EDIT):
        return False
    return Change.objects.filter(
        person_id=viewer.person_id, code=record_type.code, record_uid=uid, version=version, at__gte=oldest()
    ).exists()


@transaction.atomic
def undo(viewer: Viewer, record_type: RecordType, uid: UUID) -> Any:
    """Write the values before, by the same service as any change. Returns the row.

    Raises: NothingToUndo, ChangedSince, and what the service refuses.
    """
    change = last(viewer, record_type, uid)
    # Only one of two who press at once goes on.
    if not Change.objects.filter(pk=change.pk).delete()[0]:
        raise NothingToUndo(n=minutes())
    row = _written_back(viewer, record_type, uid, change.version, change.before, change.sealed)
    audit.record(viewer, "records.undone", kind=record_type.code, object_id=row.pk, object_uid=uid,
                 after={"fields": change.keys})  # fmt: skip
    return row


def _written_back(
    viewer: Viewer, record_type: RecordType, uid: UUID, version: int, plain: Mapping[str, Any], sealed: str
) -> Any:
    keys = {f.key for f in values.writable(viewer, record_type, creating=False)}
    given = {f.key: _read(f, plain[f.key]) for f in record_type.all_fields if f.key in plain and f.key in keys}
    if sealed:
        text = vault.unseal_text(uid, sealed)
        if text is None:  # the person was erased
            raise NothingToUndo(n=minutes())
        given |= json.loads(text)
    present = values.typed(viewer, record_type, uid, ())["version"]
    if present != version or record_type.update is None:
        raise ChangedSince()
    return storing.update(viewer, record_type, uid, version, given)


# --- changes of many ------------------------------------------------------------------------------------------------


def change_of_many(viewer: Viewer, record_type: RecordType, uid: UUID, at: dt.datetime | None = None) -> BulkChange:
    """The viewer's own change of many, if it could be taken back ``at`` that moment. Raises NotFound, NothingToUndo."""
    limit = (at or clock.now()) - dt.timedelta(minutes=minutes())
    found = BulkChange.objects.filter(uid=uid, person_id=viewer.person_id, code=record_type.code).first()
    if found is None:
        raise NotFound(uid=str(uid))
    if (found.finished_at or found.created_at) < limit:
        raise NothingToUndo(n=minutes())
    return found


def may_be_undone(change: BulkChange) -> bool:
    """Whether there is something to take back, and still time."""
    if change.state != BulkState.DONE or (change.finished_at or change.created_at) < oldest():
        return False
    return change.records.filter(state=BulkState.DONE, version_after__isnull=False).exists()


def uids_of(change: BulkChange) -> list[UUID]:
    """The records whose values before are known."""
    rows = change.records.filter(state=BulkState.DONE, version_after__isnull=False).order_by("place")
    return list(rows.values_list("record_uid", flat=True))


def one_back(viewer: Viewer, record_type: RecordType, change: BulkChange, uid: UUID) -> Any:
    """Take back one record of a change of many. Raises NothingToUndo, ChangedSince, and what the service refuses."""
    record = change.records.filter(record_uid=uid, state=BulkState.DONE, version_after__isnull=False).first()
    if record is None or record.version_after is None:
        raise NothingToUndo(n=minutes())
    action = next((a for a in record_type.bulk if change.what == f"action:{a.code}"), None)
    if action is None:
        return _written_back(viewer, record_type, uid, record.version_after, record.before, "")
    present = values.typed(viewer, record_type, uid, ())["version"]
    if present != record.version_after:
        raise ChangedSince()
    field = record_type.field(action.sets)
    answers = {} if field is None else {field.key: _read(field, record.before[field.key])}
    return action.run(viewer=viewer, uids=[uid], **answers)


def forget() -> int:
    """Drop what can no longer be taken back; returns how many changes of one record that were."""
    limit = clock.now() - dt.timedelta(days=1)
    BulkRecord.objects.filter(change__created_at__lt=limit, version_after__isnull=False).update(
        before=None, version_after=None
    )
    return Change.objects.filter(at__lt=limit).delete()[0]


class Difference(NamedTuple):
    """One field: what stands there now, and what would stand there again; empty for what only the vault knows."""

    label: str
    now: str
    again: str


def differences(viewer: Viewer, record_type: RecordType, change: Change) -> list[Difference]:
    """What taking back would change, as the viewer may read it."""
    plan = values.plan(viewer, record_type)
    row = selector.one_row(viewer, plan, change.record_uid)
    found = []
    for column in plan.columns:
        key = column.field.key
        if key in change.before and column.field.kind is not Kind.RELATION and not values.is_hidden(column.field):
            again = column.text(_read(column.field, change.before[key]))
            found.append(Difference(str(column.field.label), column.text(column.read(row)), again))
        elif key in change.keys:
            found.append(Difference(str(column.field.label), column.text(column.read(row)), ""))
    return found


def _written(field: Field, value: Any) -> Any:
    if field.kind is Kind.RELATION:
        return str(value[0]) if value[0] else None
    if field.kind is Kind.TAGS:
        return tags.read(value)
    if isinstance(value, dt.date):  # a moment is one too
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else float(value)


def _read(field: Field, value: Any) -> Any:
    if not value:
        return value
    match field.kind:
        case Kind.RELATION:
            return UUID(value)
        case Kind.DATE:
            return dt.date.fromisoformat(value)
        case Kind.DATETIME:
            return dt.datetime.fromisoformat(value)
        case _:
            return value
