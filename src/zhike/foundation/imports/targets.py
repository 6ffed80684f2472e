"""What columns can be taken for, and what a heading most likely means."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.utils.translation import override

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.imports.models import Heading
from zhike.foundation.kit import clock
from zhike.foundation.records import registry
from zhike.foundation.records.custom import known
from zhike.foundation.records.custom_imports import extended
from zhike.foundation.records.declare import Field, Kind, Klass, RecordType
from zhike.foundation.records.importer import Importer, Key, by_column
from zhike.foundation.tables.headings import plain

_LANGUAGES = ("zh-hans", "en")
_SHORTEST_PART = 2  # characters of a name that is looked for inside a heading


@dataclass(frozen=True)
class Target:
    """One thing that a column can be taken for; ``via`` is by what a related record is named."""

    code: str
    field: Field
    via: Key | None = None
    related: RecordType | None = None

    @property
    def label(self) -> str:
        """In the active language; "Customer: Number" where a related record is named by its number."""
        if self.via is None or self.related is None:
            return str(self.field.label)
        by = importer_of(self.related).field(self.via.field)
        return f"{self.field.label}: {by.label if by else self.via.field}"


def importer_of(record_type: RecordType) -> Importer:
    """What the room says about files of these records."""
    found: Importer = record_type.importer
    return extended(record_type, found)


def targets_for(viewer: Viewer, record_type: RecordType, *, is_typed: bool = False) -> list[Target]:
    """All that the viewer may fill from a file, in the order of the declaration; or from what a program sends."""
    found = [t for t in every(record_type) if _is_open(viewer, record_type, t.field)]
    return [*found, *by_uid(found), *_OWN] if is_typed else found


# A program may also say which record it means: by uid, and the version that it read.
UID, VERSION = "uid", "version"
_OWN = (Target(UID, Field(UID, UID)), Target(VERSION, Field(VERSION, VERSION, Kind.NUMBER, minimum=1)))


def by_uid(found: Sequence[Target]) -> list[Target]:
    """Related records named by their uid, under the plain name of the field, as the API writes them."""
    related = {t.field.key: t for t in found if t.related is not None}
    return [Target(key, t.field, key_of(t.related, UID), t.related) for key, t in related.items() if t.related]


def key_of(record_type: RecordType, name: str) -> Key | None:
    """The way to recognise a record by that field, the uid included, which no file has."""
    if name == UID:
        return Key(UID, by_column(record_type.model, UID), UUID)
    return importer_of(record_type).key(name)


def every(record_type: RecordType) -> list[Target]:
    """All targets, whoever may fill them."""
    return _of(importer_of(record_type))


def declared(record_type: RecordType) -> list[Target]:
    """The targets that the room has declared: what is known without a look into the base."""
    return _of(cast(Importer, record_type.importer))


def _of(importer: Importer) -> list[Target]:
    found: list[Target] = []
    for field in importer.fields:
        if field.kind is not Kind.RELATION:
            found.append(Target(field.key, field))
            continue
        related = registry.find(field.relation)
        if related is not None and related.importer is not None:
            found += [Target(f"{field.key}.{k.field}", field, k, related) for k in related.importer.keys]
    return found


def _is_open(viewer: Viewer, record_type: RecordType, field: Field) -> bool:
    if field.klass is Klass.SENSITIVE:
        return viewer.may(Area.SENSITIVE, Level.EDIT)
    area = field.area or record_type.area
    return viewer.may(area, Level.FULL if field.level is Level.FULL else Level.BASIC)


def _names(code: str) -> Mapping[str, tuple[str, ...]]:
    return _names_at(code, known.revision())


@functools.lru_cache(maxsize=128)
def _names_at(code: str, _revision: int) -> Mapping[str, tuple[str, ...]]:
    """Names of each target of a record type as :func:`plain` writes them: labels in both languages and synonyms."""
    record_type = registry.get(code)
    importer = importer_of(record_type)
    found: dict[str, list[str]] = {}
    for field in importer.fields:
        names = [plain(name) for name in importer.synonyms.get(field.key, ())]
        for language in _LANGUAGES:
            with override(language):
                names.append(plain(str(field.label)))
        names.append(plain(field.key))
        if field.kind is Kind.RELATION:
            found |= _related_names(field, names)
        else:
            found[field.key] = names
    return {key: tuple(dict.fromkeys(filter(None, names))) for key, names in found.items()}


def _related_names(field: Field, names: Sequence[str]) -> dict[str, list[str]]:
    """A customer is named by "客户编号", "customer name", and by "客户" alone where the first key fits."""
    related = registry.find(field.relation)
    if related is None or related.importer is None:
        return {}
    theirs = related.importer
    found: dict[str, list[str]] = {}
    for key in theirs.keys:
        own = theirs.field(key.field)
        said = [plain(name) for name in theirs.synonyms.get(key.field, ())]
        for language in _LANGUAGES:
            with override(language):
                said.append(plain(str(own.label)) if own else "")
        # What already says whose it is ("客户编号") stands as it is; a bare "名称" needs the customer before it.
        full = [s for s in said if any(name in s for name in names)]
        found[f"{field.key}.{key.field}"] = full + [name + s for name in names for s in said if s]
    named = f"{field.key}.{related.name_field}"
    if named in found:
        found[named] += names
    return found


def known_names(record_type: RecordType) -> frozenset[str]:
    """Every name of a column of these records: a line that holds one is a line of headings."""
    return frozenset(name for names in _names(record_type.code).values() for name in names)


def proposed(record_type: RecordType, targets: Sequence[Target], headings: Sequence[str]) -> dict[int, str]:
    """For each column the target that its heading means: as last time, else by name, else by a part of the name."""
    offered = {t.code for t in targets}
    remembered = _remembered(record_type, headings)
    names = {code: held for code, held in _names(record_type.code).items() if code in offered}
    found: dict[int, str] = {}
    taken: set[str] = set()
    for place, heading in enumerate(headings):
        last = remembered.get(digest(heading))
        if last is not None:
            if last in offered and last not in taken:
                found[place] = last
                taken.add(last)
            elif not last:
                found[place] = ""
    for match in (_same, _within):
        for place, heading in enumerate(headings):
            if place in found:
                continue
            best = match(plain(heading), {c: n for c, n in names.items() if c not in taken})
            if best:
                found[place] = best
                taken.add(best)
    return {place: code for place, code in found.items() if code}


def _same(text: str, names: Mapping[str, Sequence[str]]) -> str:
    return next((code for code, held in names.items() if text in held), "")


def _within(text: str, names: Mapping[str, Sequence[str]]) -> str:
    """The target whose longest name stands in the heading and makes up at least half of it."""
    fits = [
        (len(name), code)
        for code, held in names.items()
        for name in held
        if len(name) >= _SHORTEST_PART and name in text and len(name) * 2 >= len(text)
    ]
    return max(fits)[1] if fits else ""


def digest(heading: str) -> str:
    """By what a heading is remembered."""
    return hashlib.sha256(plain(heading).encode()).hexdigest()


def _remembered(record_type: RecordType, headings: Sequence[str]) -> dict[str, str]:
    rows = Heading.objects.filter(code=record_type.code, digest__in=[digest(h) for h in headings])
    return dict(rows.values_list("digest", "target"))


def remember(record_type: RecordType, headings: Sequence[str], mapping: Mapping[int, str]) -> None:
    """Keep what the headings were taken for, "not imported" too, for the next file."""
    now = clock.now()
    rows = {digest(h): mapping.get(place, "") for place, h in enumerate(headings) if not h.startswith("#")}
    Heading.objects.bulk_create(
        [Heading(code=record_type.code, digest=d, target=target, used_at=now) for d, target in rows.items()],
        update_conflicts=True, unique_fields=["code", "digest"], update_fields=["target", "used_at"],
    )  # fmt: skip
