"""Acts on one record: which are offered to whom, what they ask, and how they run. Page, API and board come here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from zhike.foundation.access import scope
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Forbidden, NotFound
from zhike.foundation.records.declare import Act, Field, RecordType


def row_of(viewer: Viewer, record_type: RecordType, uid: UUID) -> Any:
    """The record itself, if the viewer may see it. Raises NotFound."""
    return scope.one(viewer, record_type.model._default_manager.all(), uid=uid)


def is_shown(viewer: Viewer, record_type: RecordType, act: Act) -> bool:
    """Whether the act belongs to the viewer's posts at all."""
    if not viewer.may(act.area or record_type.area, act.level):
        return False
    return not act.posts or viewer.holds(*act.posts)


def offered(viewer: Viewer, record_type: RecordType, row: Any) -> list[Act]:
    """The acts that make sense on this record now, the main ones first."""
    found = [a for a in record_type.acts if is_shown(viewer, record_type, a) and a.when(viewer, row)]
    return sorted(found, key=lambda act: not act.is_main)


def asked(viewer: Viewer, record_type: RecordType, code: str) -> Act:
    """The act of that code. Raises NotFound, Forbidden."""
    act = record_type.act(code)
    if act is None:
        raise NotFound(act=code)
    viewer.require(act.area or record_type.area, act.level)
    if act.posts and not viewer.is_system and not viewer.holds(*act.posts):
        raise Forbidden(area=str(act.area or record_type.area), level=str(act.level))
    return act


def fields_of(viewer: Viewer, act: Act, row: Any) -> Sequence[Field]:
    """What the act asks about this record."""
    return tuple(act.fields(viewer, row)) if callable(act.fields) else act.fields


def run(viewer: Viewer, act: Act, row: Any, version: int, values: Mapping[str, Any]) -> Any:
    """Do it. Raises what the room's service refuses."""
    return act.run(viewer=viewer, uid=row.uid, version=version, **values)
