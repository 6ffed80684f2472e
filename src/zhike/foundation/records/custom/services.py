"""Adding, changing and retiring custom fields. One function per mutation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit, jobs
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.policies import versions
from zhike.foundation.records.custom import known, rules
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.policy import CustomFieldPolicy
from zhike.foundation.records.registry import every, find

INDEX_JOB = "records.custom_indexes"
CHANGEABLE = (
    "title_zh", "title_en", "help_zh", "help_en", "is_required", "level", "purpose", "basis", "retention", "choices",
    "digits", "unit",
)  # fmt: skip
_LOCK_SPACE = 0x7A66


class TooManyFields(Refusal):
    """The records have as many custom fields as there may be."""

    code = "too_many_fields"
    status = 409
    sentence = _("There are %(limit)s custom fields already. Retire one that nobody needs first.")


class NoIndex(Refusal):
    """Values of this kind are neither sorted nor asked for, so that an index would help nobody."""

    code = "no_index"
    status = 409
    sentence = _("Long texts have no index. Search finds words in them.")


def kinds() -> list[RecordType]:
    """The kinds of records to which fields can be added, in the order of the navigation."""
    return [kind for kind in every() if known.takes(kind)]


def kind_of(code: str) -> RecordType:
    """The kind of records of that code. Raises NotFound."""
    found = find(code)
    if found is None or not known.takes(found):
        raise NotFound(code=code)
    return found


def relations() -> dict[str, Any]:
    """The kinds of records that a field can name, by code: those that are called by something of their own."""
    found = {}
    for kind in every():
        name = kind.field(kind.name_field)
        if kind.section and name is not None and name.kind is Kind.TEXT and hasattr(kind.model, "deleted_at"):
            found[kind.code] = kind.title
    return found


def may_be_sensitive(kind: RecordType) -> bool:
    """Whether such records have a key in the vault, and an eye that opens what it keeps."""
    return kind.reveal is not None


@transaction.atomic
def field_add(*, viewer: Viewer, code: str, kind: str, **given: Any) -> CustomField:
    """Add a field at the end of the form. Raises: Forbidden, NotFound, Invalid, TooManyFields."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    record_type = kind_of(code)
    serial.hold(_LOCK_SPACE, ["fields"])
    standing = CustomField.objects.filter(code=code)
    limit = versions.current().get(CustomFieldPolicy).fields_max
    if standing.filter(is_retired=False).count() >= limit:
        raise TooManyFields(limit=limit)
    clean = _accepted(record_type, kind, given, ())
    longest = rules.LONGEST_SEALED_KEY if clean["is_sensitive"] else rules.LONGEST_KEY
    key = rules.key_of(clean["title_en"], set(standing.values_list("key", flat=True)), longest=longest)
    last = standing.aggregate(last=Max("position"))["last"] or 0
    made = CustomField(code=code, key=key, kind=kind, position=last + 1, created_by_id=viewer.person_id, **clean)
    _save(viewer, made, "custom_field.add", {}, {"kind": kind, **clean})
    return made


@transaction.atomic
def field_change(*, viewer: Viewer, uid: UUID, version: int, **given: Any) -> CustomField:
    """Change what a field is called, who sees it, why it is kept, its choices. Kind and class stay what they are.

    Raises: Forbidden, NotFound, Invalid, Stale.
    """
    row = _held(viewer, uid, version)
    fixed = {"is_sensitive": row.is_sensitive, "relation": row.relation}
    # Another number of digits would be another type for the database.
    given = {**given, **fixed, "digits": row.digits if not row.digits else max(1, int(given.get("digits") or 1))}
    clean = _accepted(kind_of(row.code), row.kind, given, row.choices)
    before = {name: getattr(row, name) for name in CHANGEABLE}
    changed = {name: clean[name] for name in CHANGEABLE if before[name] != clean[name]}
    if not changed:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    _save(viewer, row, "custom_field.change", {name: before[name] for name in changed}, changed)
    return row


@transaction.atomic
def field_move(*, viewer: Viewer, uid: UUID, step: int) -> CustomField:
    """Move a field one place up (-1) or down (1) in the form. Raises: Forbidden, NotFound."""
    row = _held(viewer, uid, None)
    order = list(CustomField.objects.filter(code=row.code, is_retired=False).order_by("position", "pk"))
    at = next(place for place, one in enumerate(order) if one.pk == row.pk)
    to = min(max(at + step, 0), len(order) - 1)
    if to == at:
        return row
    order.insert(to, order.pop(at))
    for place, one in enumerate(order, start=1):
        CustomField.objects.filter(pk=one.pk).update(position=place)
    row.position = to + 1
    _save(viewer, row, "custom_field.move", {"position": at + 1}, {"position": to + 1})
    return row


@transaction.atomic
def field_retire(*, viewer: Viewer, uid: UUID, version: int) -> CustomField:
    """Take a field out of use: its values stay where they are. Raises: Forbidden, NotFound, Stale."""
    row = _held(viewer, uid, version)
    if not row.is_retired:
        row.is_retired = True
        _save(viewer, row, "custom_field.retire", {}, {"title": row.title_zh})
        _settle_index(viewer, row)
    return row


@transaction.atomic
def field_return(*, viewer: Viewer, uid: UUID, version: int) -> CustomField:
    """Bring a retired field back, with its values. Raises: Forbidden, NotFound, Stale, TooManyFields."""
    row = _held(viewer, uid, version, retired=True)
    limit = versions.current().get(CustomFieldPolicy).fields_max
    if CustomField.objects.filter(code=row.code, is_retired=False).count() >= limit:
        raise TooManyFields(limit=limit)
    row.is_retired = False
    _save(viewer, row, "custom_field.return", {}, {"title": row.title_zh})
    _settle_index(viewer, row)
    return row


@transaction.atomic
def field_index(*, viewer: Viewer, uid: UUID, version: int, is_wanted: bool) -> CustomField:
    """Switch the index on or off; the worker builds or drops it. Raises: Forbidden, NotFound, Stale, NoIndex."""
    row = _held(viewer, uid, version)
    if row.kind not in rules.INDEXED:
        raise NoIndex(kind=row.kind)
    if row.is_index_wanted != is_wanted:
        row.is_index_wanted = is_wanted
        if not is_wanted:
            row.indexed_at = None
        _save(viewer, row, "custom_field.index", {"index": not is_wanted}, {"index": is_wanted})
        jobs.start(INDEX_JOB, viewer=viewer)
    return row


def _settle_index(viewer: Viewer, row: CustomField) -> None:
    if row.is_index_wanted:
        jobs.start(INDEX_JOB, viewer=viewer)


def marked(row: CustomField) -> None:
    """Save what the worker found out about a field, so that all processes notice."""
    row.revision = _next_revision()
    row.save(update_fields=["indexed_at", "revision"])
    _told()


def _held(viewer: Viewer, uid: UUID, version: int | None, *, retired: bool = False) -> CustomField:
    viewer.require(Area.SETTINGS, Level.EDIT)
    serial.hold(_LOCK_SPACE, ["fields"])
    row = CustomField.objects.filter(uid=uid).first()
    if row is None or (row.is_retired and version is None) or (retired and not row.is_retired):
        raise NotFound(uid=str(uid))
    if version is not None and row.version != version:
        raise Stale(version=row.version)
    return row


def _accepted(record_type: RecordType, kind: str, given: Mapping[str, Any], present: Any) -> dict[str, Any]:
    """The definition as it is kept. Raises Invalid."""
    clean: dict[str, Any] = {
        name: str(given.get(name) or "").strip()
        for name in ("title_zh", "title_en", "help_zh", "help_en", "level", "purpose", "basis", "retention", "unit")
    }
    clean["is_required"], clean["is_sensitive"] = bool(given.get("is_required")), bool(given.get("is_sensitive"))
    clean["relation"] = str(given.get("relation") or "") if kind == Kind.RELATION else ""
    clean["digits"] = int(given.get("digits") or 0) if kind == Kind.NUMBER else 0
    if kind != Kind.NUMBER:
        clean["unit"] = ""
    clean["choices"] = rules.choices_of(given.get("choices") or (), present) if kind == Kind.CHOICE else []
    problems = rules.faults(kind, clean, relations=relations(), may_be_sensitive=may_be_sensitive(record_type))
    if problems:
        raise Invalid(fields=problems)
    return clean


def _save(viewer: Viewer, row: CustomField, action: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    if row.pk is not None:
        row.version += 1
    row.revision = _next_revision()
    row.changed_at, row.changed_by_id = clock.now(), viewer.person_id
    row.save()
    audit.record(
        viewer, action, kind="custom_field", object_id=row.pk, object_uid=row.uid, before=before,
        after={"of": row.code, "key": row.key, **after},
    )  # fmt: skip
    _told()


def _next_revision() -> int:
    return (CustomField.objects.aggregate(newest=Max("revision"))["newest"] or 0) + 1


def _told() -> None:
    known.forget(is_undecided=True)
    transaction.on_commit(known.forget)
