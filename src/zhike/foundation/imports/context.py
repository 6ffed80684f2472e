"""What all pieces of one import share: the plan understood, readers of columns, people, what was seen so far."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import people, reading, rights, targets
from zhike.foundation.imports.given import Given
from zhike.foundation.imports.models import Import
from zhike.foundation.imports.plan import Plan
from zhike.foundation.imports.reading import Column
from zhike.foundation.imports.targets import Target
from zhike.foundation.records import registry
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.importer import Importer, Key


@dataclass
class Context:
    """One run over the pieces of ``made``; ``viewer`` has the rights with which rows are written."""

    made: Import
    viewer: Viewer
    person_id: int
    record_type: RecordType
    importer: Importer
    plan: Plan
    parcels: Parcels
    headings: Sequence[str]
    columns: Mapping[int, tuple[Target, Column | Given]]
    constants: Mapping[Target, Any]
    staff: people.Staff
    default_owner: int | None
    seen: set[int] = field(default_factory=set)

    def mark(self, name: str, value: object) -> int:
        """A number for a value by which a record is recognised; it tells nothing without this import's uid."""
        text = f"{name}={value!r}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=self.made.uid.bytes).digest(), "big")

    @property
    def key(self) -> Key | None:
        """By what rows are recognised; None where each is new."""
        return targets.key_of(self.record_type, self.plan.key) if self.plan.key else None

    @property
    def names_records(self) -> bool:
        """Whether each row says by uid which record it means: then none is new."""
        return self.plan.key == targets.UID

    @property
    def given(self) -> list[Field]:
        """The fields that the file fills, each once."""
        found = {t.field.key: t.field for t, _ in self.columns.values()} | {
            t.field.key: t.field for t in self.constants
        }
        return list(found.values())


def opened(made: Import) -> Context:
    """The context of an import whose columns are mapped, with the rights its person has today.

    Raises: Forbidden, NotFound.
    """
    real = viewer_of(made.person)
    record_type = registry.get(made.code)
    viewer = rights.acting(real, record_type)
    parcels = Parcels(made.uid)
    shape = parcels.open(made.shape or b"", "shape")
    plan = Plan.from_json(parcels.open(made.plan or b"", "plan"))
    offered = {t.code: t for t in targets.targets_for(viewer, record_type, is_typed=plan.is_typed)}
    importer = targets.importer_of(record_type)
    staff = people.staff(viewer)
    everything = viewer.reach.everything
    return Context(
        made, viewer, made.person_id, record_type, importer, plan, parcels, shape["headings"],
        _columns(plan, offered, shape, importer), _constants(plan, offered, importer), staff,
        None if everything else made.person_id,
    )  # fmt: skip


def _columns(
    plan: Plan, offered: Mapping[str, Target], shape: Mapping[str, Any], importer: Importer
) -> dict[int, tuple[Target, Column | Given]]:
    found: dict[int, tuple[Target, Column | Given]] = {}
    for place, code in plan.columns.items():
        if code in offered:
            target = offered[code]
            if plan.is_typed:
                found[place] = (target, _given(target, importer))
                continue
            read_as = field_of_cells(target)
            order, serials, comma = reading.judged(read_as, shape["samples"][place], plan.orders.get(place, ""))
            is_past = target.field.key in importer.past
            heading = shape["headings"][place]
            column = Column(read_as, heading, order, is_past=is_past, serials=serials, comma=comma)
            found[place] = (target, column)
    return found


def _given(target: Target, importer: Importer) -> Given:
    is_uid = target.code == targets.UID or (target.via is not None and target.via.field == targets.UID)
    return Given(field_of_cells(target), is_past=target.field.key in importer.past, is_uid=is_uid)


def _constants(plan: Plan, offered: Mapping[str, Target], importer: Importer) -> dict[Target, Any]:
    found = {}
    for code, text in plan.constants.items():
        if code in offered and text.strip():
            target = offered[code]
            read_as = field_of_cells(target)
            order, serials, comma = reading.judged(read_as, [text])
            is_past = target.field.key in importer.past
            column = Column(read_as, "", order, is_past=is_past, serials=serials, comma=comma)
            found[target] = column.values([text])[0]
    return found


def field_of_cells(target: Target) -> Field:
    """What the cells hold: for a related record the value of the key by which it is named."""
    if target.via is None or target.related is None:
        return target.field
    named = targets.importer_of(target.related).field(target.via.field)
    return named if named is not None and named.kind is not Kind.RELATION else Field(target.via.field, "")
