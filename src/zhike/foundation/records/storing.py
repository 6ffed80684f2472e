"""Writing custom values: checked, together with the room's own service, in one transaction and one version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit import masking, typed
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records import names, rows
from zhike.foundation.records.custom import known
from zhike.foundation.records.custom.column import blind_name_of, name_of
from zhike.foundation.records.custom.marks import mark_of
from zhike.foundation.records.declare import CUSTOM, TAGS, Field, Kind, RecordType
from zhike.foundation.records.registry import find
from zhike.foundation.records.tags import carrying

GONE = _("This field was taken out of use. Leave it out.")


def create(viewer: Viewer, record_type: RecordType, given: Mapping[str, Any], **confirmed: bool) -> Any:
    """Make a record by its room's service, with its custom values. Returns the row. Raises what the service refuses."""
    if record_type.create is None:
        raise NotFound(code=record_type.code)
    own, added = parted(given)
    if not added:
        return record_type.create(viewer=viewer, **own, **confirmed)
    with transaction.atomic():
        clean = accepted(viewer, record_type, added)
        row = record_type.create(viewer=viewer, **own, **confirmed)
        _write(viewer, record_type, row, clean)
    return row


def update(
    viewer: Viewer, record_type: RecordType, uid: UUID, version: int, given: Mapping[str, Any],
    by: Callable[..., Any] | None = None,
) -> Any:  # fmt: skip
    """Change a record by its room's service (or ``by`` another), and its custom values with it in one version.

    The service is called also where only custom values change: whether this record may be edited now, it alone knows.
    Returns the row. Raises what the service refuses.
    """
    write = by or record_type.update
    if write is None:
        raise NotFound(code=record_type.code)
    own, added = parted(given)
    if not added:
        return write(viewer=viewer, uid=uid, version=version, **own)
    with transaction.atomic():
        clean = accepted(viewer, record_type, added)
        row = write(viewer=viewer, uid=uid, version=version, **own)
        if row.version == version:
            rows.renewed(viewer, row)
        _write(viewer, record_type, row, clean)
    return row


def parted(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the room's service takes, and what stands in the column ``custom``: what the enterprise added, and tags."""
    added = {key: value for key, value in given.items() if key.startswith(CUSTOM) or key == TAGS}
    return {key: value for key, value in given.items() if key not in added}, added


def fields_of(record_type: RecordType) -> tuple[Field, ...]:
    """The fields whose values stand in the column ``custom``."""
    return (*(f for f in record_type.fields if f.kind is Kind.TAGS), *record_type.custom_fields)


def place_of(field: Field) -> str:
    """Under which name a value stands in the column."""
    return TAGS if field.kind is Kind.TAGS else name_of(field.custom)


def accepted(viewer: Viewer, record_type: RecordType, added: Mapping[str, Any]) -> dict[Field, Any]:
    """The values as the column keeps them, by field. Raises Invalid naming every field that is wrong.

    People come by number, other records by uid or number. What the viewer's posts do not include is no field to them.
    """
    fields = {f.key: f for f in fields_of(record_type)}
    problems: dict[str, str] = {}
    found: dict[Field, Any] = {}
    for key, value in added.items():
        field = fields.get(key)
        if field is None or not _allows(viewer, record_type, field):
            problems[key] = GONE if known.retired_label(record_type.code, key) else "unknown_field"
            continue
        try:
            found[field] = None if value in (None, "") else _ACCEPTED[field.kind](viewer, field, value)
        except ValueError as wrong:
            problems[key] = str(wrong)
        if field.required and found.get(field, "") is None:
            problems[key] = "required"
    if problems:
        raise Invalid(fields=problems)
    return found


def _allows(viewer: Viewer, record_type: RecordType, field: Field) -> bool:
    return viewer.may(record_type.area, Level.FULL if field.level is Level.FULL else Level.BASIC)


def _text(_viewer: Viewer, field: Field, value: Any) -> str:
    text = str(value).replace("\0", "").strip()
    if len(text) > (field.max_length or 0):
        raise ValueError("too_long")
    return text


def _number(_viewer: Viewer, field: Field, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > typed.LARGEST:
        raise ValueError("not_a_number")
    return float(value) if field.digits else int(value)


def _money(_viewer: Viewer, _field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError("not_a_number")
    return value


def _date(_viewer: Viewer, _field: Field, value: Any) -> str:
    if not isinstance(value, dt.date):
        raise ValueError("not_a_date")
    return value.isoformat()


def _choice(_viewer: Viewer, field: Field, value: Any) -> str:
    """Past choices too: what stood there can be put back. Forms and programs offer only the present ones."""
    if value not in {one.code for one in field.options}:
        raise ValueError("not_an_option")
    return str(value)


def _person(_viewer: Viewer, _field: Field, value: Any) -> int:
    if not isinstance(value, int) or names.people.get(value) is None:
        raise ValueError("no_such_person")
    return value


def _relation(viewer: Viewer, field: Field, value: Any) -> int:
    related = find(field.relation)
    if related is None:
        raise ValueError("unknown")
    if isinstance(value, int):  # of an import, which has looked who sees it
        return value
    found = scope.visible(viewer, related.model._default_manager.filter(uid=value)).values_list("pk", flat=True).first()
    if found is None:
        raise ValueError("unknown")
    return int(found)


def _tags(_viewer: Viewer, _field: Field, value: Any) -> list[str] | None:
    return carrying.accepted(value)


_ACCEPTED = {
    Kind.TAGS: _tags,
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.PERSON: _person,
    Kind.RELATION: _relation,
}


def _write(viewer: Viewer, record_type: RecordType, row: Any, clean: Mapping[Field, Any]) -> None:
    """Put accepted values into the row, which the room's service holds, and note them."""
    mine = record_type.model._base_manager.filter(pk=row.pk)
    held: dict[str, Any] = mine.values_list("custom", flat=True).get() or {}
    before = {f.key: held.get(place_of(f)) for f in clean if not f.stored_masked}
    kept = stored(held, row.uid, clean)
    secret = {f.key: value or "" for f, value in clean.items() if f.stored_masked}
    were = vault.open_values([row.uid], list(secret)).get(row.uid, {}) if secret else {}
    mine.update(custom=kept)
    row.custom = kept
    if secret:
        vault.store({row.uid: secret})
    if record_type.indexes is not None and any(f.kind in (Kind.TEXT, Kind.LONG_TEXT) for f in clean):
        record_type.indexes([row])
    if TAGS in before:
        carrying.changed(record_type.code, row, held.get(TAGS), (kept or {}).get(TAGS))
    personal = {row.uid: {"before": {k: were.get(k, "") for k in secret}, "after": secret}} if secret else None
    about = {
        "kind": row._meta.model_name or "", "object_id": row.pk, "object_uid": row.uid, "before": before,
        "after": {f.key: value for f, value in clean.items() if not f.stored_masked}, "personal": personal,
    }  # fmt: skip
    if list(before) == [TAGS] and not secret:
        audit.record(viewer, "records.tags_changed", **about)
    else:
        audit.record(viewer, "records.custom_changed", **about)


def stored(held: Mapping[str, Any], uid: UUID, clean: Mapping[Field, Any]) -> dict[str, Any] | None:
    """The column with accepted values in it; of what the vault keeps the masked form, and a mark to find it by."""
    kept = dict(held)
    for field, value in clean.items():
        name, mark = place_of(field), blind_name_of(field.custom)
        if value is None:
            kept.pop(name, None)
            kept.pop(mark, None)
        elif field.stored_masked:
            kept[name] = masking.masked(str(field.masked), value)
            kept[mark] = mark_of(field, value)
        else:
            kept[name] = value
    return kept or None
