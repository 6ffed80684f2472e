"""What can be done to many records at once: one field, an act or a bulk action, each through its own service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import acts, selector, storing, undo, values
from zhike.foundation.records.declare import TAGS, Act, BulkAction, Field, Kind, RecordType
from zhike.foundation.records.forms import ActionForm
from zhike.foundation.records.tags import carrying

FIELD, ACT, ACTION, UNDO, TAG = "field", "act", "action", "undo", "tag"
PUT, OFF = "put", "off"


@dataclass(frozen=True)
class Operation:
    """One thing that can be done: its name in addresses, its words, what it asks, and the doing of one record."""

    what: str
    title: str
    fields: tuple[Field, ...]
    run: Callable[[Viewer, UUID, Mapping[str, Any]], Any]
    group: str = ""
    keeps: tuple[Field, ...] = ()  # whose values before are kept, so that it can be taken back

    def form(self, viewer: Viewer, record_type: RecordType, data: Any = None) -> ActionForm:
        """What it asks, empty or as sent."""
        return ActionForm(viewer, record_type, self.fields, data)


def offered(viewer: Viewer, record_type: RecordType) -> list[Operation]:
    """All that the viewer's posts include: fields, then the room's acts and bulk actions."""
    return [
        *_fields(viewer, record_type),
        *_tags(viewer, record_type),
        *_acts(viewer, record_type),
        *_actions(viewer, record_type),
    ]


def is_offered(viewer: Viewer, record_type: RecordType) -> bool:
    """Whether a list has anything to do to many: cheap, for the list itself."""
    return viewer.may(record_type.area, Level.EDIT) and bool(record_type.update or record_type.acts or record_type.bulk)


def taking_back(viewer: Viewer, record_type: RecordType, uid: UUID, at: dt.datetime | None = None) -> Operation:
    """To take back one's own change of many, asked for ``at`` that moment. Raises NothingToUndo."""
    change = undo.change_of_many(viewer, record_type, uid, at)

    def run(viewer: Viewer, uid: UUID, _answers: Mapping[str, Any]) -> Any:
        return undo.one_back(viewer, record_type, change, uid)

    return Operation(f"{UNDO}:{uid}", gettext("Undo"), (), run)


def one(viewer: Viewer, record_type: RecordType, what: str, at: dt.datetime | None = None) -> Operation:
    """The operation of that name, asked for ``at`` that moment. Raises NotFound for what is not offered."""
    if what.startswith(f"{UNDO}:"):
        return taking_back(viewer, record_type, UUID(what.partition(":")[2]), at)
    found = next((o for o in offered(viewer, record_type) if o.what == what), None)
    if found is None:
        raise NotFound(what=what)
    return found


def is_plain(field: Field) -> bool:
    """Whether the value may stand in the row of a change of many: nobody's personal value, nothing masked."""
    return not (field.personal or field.masked or field.stored_masked)


def _fields(viewer: Viewer, record_type: RecordType) -> list[Operation]:
    """One field each; not the name, which tells records apart, nor what the vault keeps."""
    if record_type.update is None:
        return []
    group = gettext("Change a field")
    return [
        Operation(f"{FIELD}:{f.key}", str(f.label), (f,), _updating(record_type, f), group, (f,))
        for f in values.writable(viewer, record_type, creating=False)
        if is_plain(f) and f.key != record_type.name_field and f.kind is not Kind.TAGS
    ]


def _tags(viewer: Viewer, record_type: RecordType) -> list[Operation]:
    """To put one tag on and to take one off; the others stay where they are."""
    field = next((f for f in values.writable(viewer, record_type, creating=False) if f.kind is Kind.TAGS), None)
    if record_type.update is None or field is None or not field.options:
        return []
    group = gettext("Tags")
    asked = (Field("tag", gettext("Tag"), Kind.CHOICE, choices=field.options, required=True, name="tag"),)
    titles = ((PUT, gettext("Put a tag on"), carrying.put_on), (OFF, gettext("Take a tag off"), carrying.taken_off))
    return [
        Operation(f"{TAG}:{what}", title, asked, _tagging(record_type, made_of), group, (field,))
        for what, title, made_of in titles
    ]


def _tagging(record_type: RecordType, made_of: Callable[[Any, str], list[str]]) -> Callable[..., Any]:
    def run(viewer: Viewer, uid: UUID, answers: Mapping[str, Any]) -> Any:
        row = selector.one_row(viewer, values.plan(viewer, record_type, ()), uid)
        held = carrying.held_by(record_type.model, uid)
        wanted = made_of(held, str(answers["tag"]))
        # What stands as wished is written by nobody: no version, no event, no line.
        return storing.update(viewer, record_type, uid, row[2], {TAGS: wanted}) if wanted != held else None

    return run


def _updating(record_type: RecordType, field: Field) -> Callable[[Viewer, UUID, Mapping[str, Any]], Any]:
    def run(viewer: Viewer, uid: UUID, answers: Mapping[str, Any]) -> Any:
        version = selector.one_row(viewer, values.plan(viewer, record_type, ()), uid)[2]
        return storing.update(viewer, record_type, uid, version, answers)

    return run


def _acts(viewer: Viewer, record_type: RecordType) -> list[Operation]:
    """Acts that ask the same of every record and destroy nothing."""
    group = gettext("Do")
    found = []
    for act in record_type.acts:
        if callable(act.fields) or act.destroys or not acts.is_shown(viewer, record_type, act):
            continue
        if all(is_plain(f) for f in act.fields):
            run = _acting(record_type, act)
            found.append(Operation(f"{ACT}:{act.code}", str(act.title), tuple(act.fields), run, group))
    return found


def _acting(record_type: RecordType, act: Act) -> Callable[[Viewer, UUID, Mapping[str, Any]], Any]:
    def run(viewer: Viewer, uid: UUID, answers: Mapping[str, Any]) -> Any:
        row = acts.row_of(viewer, record_type, uid)
        return acts.run(viewer, act, row, row.version, answers)

    return run


def _actions(viewer: Viewer, record_type: RecordType) -> list[Operation]:
    group = gettext("Do")
    return [
        acting_in_bulk(record_type, a, group)
        for a in record_type.bulk
        if viewer.may(record_type.area, a.level) and not a.destroys and all(is_plain(f) for f in a.fields)
    ]


def acting_in_bulk(record_type: RecordType, action: BulkAction, group: str = "") -> Operation:
    """A bulk action as an operation."""
    run, keeps = _acting_in_bulk(action), _set_by(record_type, action)
    return Operation(f"{ACTION}:{action.code}", str(action.title), action.fields, run, group, keeps)


def _set_by(record_type: RecordType, action: BulkAction) -> tuple[Field, ...]:
    """The field that a bulk action replaces, if it says so."""
    field = record_type.field(action.sets) if action.sets else None
    return () if field is None else (field,)


def _acting_in_bulk(action: BulkAction) -> Callable[[Viewer, UUID, Mapping[str, Any]], Any]:
    def run(viewer: Viewer, uid: UUID, answers: Mapping[str, Any]) -> Any:
        return action.run(viewer=viewer, uids=[uid], **answers)

    return run


def grouped(operations: Sequence[Operation]) -> list[tuple[str, list[Operation]]]:
    """Operations by group, in the order in which they came."""
    groups: dict[str, list[Operation]] = {}
    for operation in operations:
        groups.setdefault(operation.group, []).append(operation)
    return list(groups.items())
