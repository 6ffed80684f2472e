"""The one choke point for values: what of a record a viewer may read, and how it is written.

Pages, drawers, exports and the API all read rows through a :class:`Plan`. It holds only fields that the viewer's
posts include, masks what is masked, and never reads a sensitive value from the database.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import masking
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import writing
from zhike.foundation.records.custom import known, related
from zhike.foundation.records.declare import Choice, Field, Kind, Klass, RecordType
from zhike.foundation.records.registry import find


def allows(viewer: Viewer, record_type: RecordType, field: Field) -> bool:
    """Whether the viewer's posts include this field: basic to all who see the area, full to those with full."""
    area = field.area or record_type.area
    return viewer.may(area, Level.FULL if field.level is Level.FULL else Level.BASIC)


def readable(viewer: Viewer, record_type: RecordType) -> tuple[Field, ...]:
    """The fields that the viewer may see, sensitive ones included as closed."""
    return tuple(f for f in record_type.all_fields if allows(viewer, record_type, f))


def withheld(viewer: Viewer, record_type: RecordType) -> list[str]:
    """Public names of the fields that the viewer's posts do not include."""
    return [f.key for f in record_type.all_fields if not allows(viewer, record_type, f)]


def writable(viewer: Viewer, record_type: RecordType, *, creating: bool) -> tuple[Field, ...]:
    """The fields that the viewer may fill in a form or through the API."""
    if not viewer.may(record_type.area, Level.EDIT):
        return ()
    return tuple(
        f
        for f in readable(viewer, record_type)
        if f.editable and (f.on_create if creating else f.on_edit) and f.klass is Klass.ORDINARY
    )


@dataclass(frozen=True)
class Column:
    """One field of a plan: which places of the row it reads, and its three ways of being written."""

    field: Field
    places: tuple[int, ...]
    read: Callable[[Sequence[Any]], Any]
    html: Callable[[Any], str]
    text: Callable[[Any], str]
    data: Callable[[Any], Any]

    @property
    def is_masked(self) -> bool:
        """Whether the value is masked when it is read, and not so stored."""
        return bool(self.field.masked) and not self.field.stored_masked


@dataclass(frozen=True)
class Plan:
    """How rows of one record type are read for one viewer: ``paths`` for ``values_list``, then the columns.

    Each row starts with id, uid, version.
    """

    record_type: RecordType
    paths: tuple[str, ...]
    columns: tuple[Column, ...]
    basic_only: frozenset[int] = frozenset()  # rows shared by themselves: what is more than basic stays closed

    def htmls(self, row: Sequence[Any]) -> list[str]:
        """Safe HTML of each column."""
        if row[0] in self.basic_only:
            return [
                c.html(c.read(row)) if is_basic(self.record_type, c.field) else writing.NOTHING for c in self.columns
            ]
        return [c.html(c.read(row)) for c in self.columns]

    def texts(self, row: Sequence[Any]) -> list[str]:
        """Plain text of each column, for people."""
        if row[0] in self.basic_only:
            return [c.text(c.read(row)) if is_basic(self.record_type, c.field) else "" for c in self.columns]
        return [c.text(c.read(row)) for c in self.columns]

    def data(self, row: Sequence[Any]) -> dict[str, Any]:
        """JSON-ready values by public name."""
        keys, take, turned = self._packing
        found = dict(zip(keys, take(row), strict=True))
        for key, data, read in turned:
            found[key] = data(read(row))
        if row[0] in self.basic_only:
            found |= {c.field.key: None for c in self.columns if not is_basic(self.record_type, c.field)}
        return found

    @functools.cached_property
    def everything(self) -> QuerySet[Any]:
        """The plan's values of every row, never run as it stands: to name thirty columns anew costs a millisecond."""
        named = related.aliases(column.field for column in self.columns)
        rows = self.record_type.model._base_manager
        return (rows.annotate(**named) if named else rows).values_list(*self.paths)

    @functools.cached_property
    def _packing(self) -> tuple[list[str], Callable[[Sequence[Any]], tuple[Any, ...]], list[tuple[str, Any, Any]]]:
        """Public names, what takes their values from a row at once, and those that have to be turned one by one."""
        plain = [c.data is writing.as_is and not c.is_masked and len(c.places) == 1 for c in self.columns]
        places = [c.places[0] if is_plain else 0 for c, is_plain in zip(self.columns, plain, strict=True)]
        turned = [
            (c.field.key, c.data, c.read) for c, is_plain in zip(self.columns, plain, strict=True) if not is_plain
        ]
        take = operator.itemgetter(*places) if len(places) > 1 else lambda row: tuple(row[p] for p in places)
        return [c.field.key for c in self.columns], take, turned


HEAD = ("pk", "uid", "version")


def plan(viewer: Viewer, record_type: RecordType, keys: Iterable[str] | None = None) -> Plan:
    """The plan for the named fields that the viewer may see, in that order; for all of them without names."""
    fields = readable(viewer, record_type)
    if keys is not None:
        by_key = {f.key: f for f in fields}
        fields = tuple(by_key[key] for key in keys if key in by_key)
    # Choices made at run time (rows of the strategy table, causes in force) are part of the key: new ones, new plan.
    made = tuple(f.options for f in fields if callable(f.choices))
    # The same holds for fields that the enterprise added: each change of one raises the revision.
    added = tuple(f.path for f in fields if f.custom)
    state = (known.revision(), *added) if added else ()
    held = _Held(record_type, fields)
    kept = _kept(record_type.code, tuple(f.key for f in fields), made, state, get_language() or "", held)
    if not viewer.reach.shared:
        return kept
    basic_only = scope.only_shared(viewer, record_type.model)
    return replace(kept, basic_only=basic_only) if basic_only else kept


def is_basic(record_type: RecordType, field: Field) -> bool:
    """Whether a field is basic information of the record's own area."""
    return field.level is not Level.FULL and field.area in (None, record_type.area)


def seen_by(viewer: Viewer, record_type: RecordType, uid: UUID) -> Viewer:
    """The viewer as far as this record is open to them: narrowed where they see it by a share alone."""
    if not viewer.reach.shared:
        return viewer
    pk = record_type.model._base_manager.filter(uid=uid).values_list("pk", flat=True).first()
    share = scope.by_share(viewer, record_type.model, pk) if pk is not None else None
    return scope.narrowed(viewer, record_type.area, share)


class _Held:
    """Carries unhashable arguments past the cache: equal by what the other arguments already say."""

    def __init__(self, record_type: RecordType, fields: tuple[Field, ...]) -> None:
        self.record_type, self.fields = record_type, fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.record_type is self.record_type

    def __hash__(self) -> int:
        return hash(self.record_type.code)


@functools.lru_cache(maxsize=512)
def _kept(
    code: str,
    keys: tuple[str, ...],
    made: tuple[tuple[Choice, ...], ...],
    state: tuple[Any, ...],
    language: str,
    held: _Held,
) -> Plan:
    return _compile(held.record_type, held.fields)


def _compile(record_type: RecordType, fields: Sequence[Field]) -> Plan:
    paths: list[str] = list(HEAD)
    columns = []
    for field in fields:
        places = []
        for path in _paths(field):
            if path not in paths:
                paths.append(path)
            places.append(paths.index(path))
        columns.append(_column(field, tuple(places)))
    return Plan(record_type, tuple(paths), tuple(columns))


def _paths(field: Field) -> tuple[str, ...]:
    """ORM paths that a field reads; none for a sensitive one: what is not read cannot leak."""
    if field.klass is Klass.SENSITIVE:
        return ()
    if related.is_custom(field):
        return related.paths(field)
    if field.kind is Kind.RELATION:
        return (f"{field.path}__uid", label_path(field))
    if field.kind is Kind.MONEY and field.currency_path:
        return (field.path, field.currency_path)
    return (field.path,)


def label_path(field: Field) -> str:
    """The ORM path of what is shown of a related record."""
    kind = find(field.relation)
    shown = kind.field(field.relation_label) if kind else None
    return f"{field.path}__{shown.path if shown else field.relation_label}"


def label_is_open(field: Field) -> bool:
    """Whether readers see what is shown of a related record as its row holds it."""
    kind = find(field.relation)
    shown = kind.field(field.relation_label) if kind else None
    return shown is not None and shown.klass is Klass.ORDINARY and (not shown.masked or shown.stored_masked)


def _column(field: Field, places: tuple[int, ...]) -> Column:
    if field.klass is Klass.SENSITIVE:
        return Column(field, places, lambda row: None, *writing.sealed())
    written = writing.of(field)
    return Column(field, places, _reader(field, places), written.html, written.text, written.data)


def is_hidden(field: Field) -> bool:
    """Whether readers get a masked form of this field."""
    return bool(field.masked or field.stored_masked)


def typed(viewer: Viewer, record_type: RecordType, uid: UUID, fields: Sequence[Field]) -> dict[str, Any]:
    """Values as a form starts with them, by public name; masked ones only where the row says they are plain."""
    reader = seen_by(viewer, record_type, uid)
    fields = [field for field in fields if reader is viewer or allows(reader, record_type, field)]
    plain = {f.plain_when[0] for f in fields if f.plain_when}
    paths = sorted({*plain, *(p for f in fields for p in _paths(f)), *("version",)})
    rows = record_type.model._default_manager.filter(uid=uid).annotate(**related.aliases(fields))
    row = scope.visible(viewer, rows).values(*paths).first()
    if row is None:
        raise NotFound(uid=str(uid))
    found: dict[str, Any] = {"version": row["version"]}
    for field in fields:
        if is_hidden(field) and not (field.plain_when and row[field.plain_when[0]] == field.plain_when[1]):
            continue
        paths_of = _paths(field)
        found[field.key] = tuple(row[p] for p in paths_of) if field.kind is Kind.RELATION else row[paths_of[0]]
    return found


def held_within(viewer: Viewer, record_type: RecordType, uid: UUID, fields: Sequence[Field]) -> dict[str, str]:
    """What limits the pickers whose limit is a field that this record's form does not ask for, as query strings."""
    keys = {f.key for f in fields}
    limits = {f.within: record_type.field(f.within) for f in fields if f.within and f.within not in keys}
    owners = [limit for limit in limits.values() if limit is not None]
    if not owners:
        return {}
    held = typed(viewer, record_type, uid, owners)
    return {f.key: f"{f.within}={held[f.within][0]}" for f in fields if f.within in held and held[f.within][0]}


def _reader(field: Field, places: tuple[int, ...]) -> Callable[[Sequence[Any]], Any]:
    if len(places) == 2:
        first, second = places
        mask = _related_mask(field)
        if mask:
            return lambda row: (row[first], masking.masked(mask, row[second] or ""))
        return lambda row: (row[first], row[second])
    place = places[0]
    if field.masked and not field.stored_masked:
        kind = field.masked
        return lambda row: masking.masked(kind, str(row[place])) if row[place] else row[place]
    return lambda row: row[place]


def _related_mask(field: Field) -> str | None:
    """A related record's name is masked as that record masks it."""
    if field.kind is not Kind.RELATION or (kind := find(field.relation)) is None:
        return None
    shown = kind.field(field.relation_label)
    return shown.masked if shown and shown.masked and not shown.stored_masked else None


def safe(parts: Iterable[str]) -> SafeString:
    """Join what :meth:`Plan.htmls` made; every part is escaped there."""
    return mark_safe("".join(parts))  # noqa: S308
