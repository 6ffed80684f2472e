"""Who may bring files in, and with which rights the rows are written."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.kit.refusals import Forbidden, NotFound
from zhike.foundation.records import registry
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.importer import Importer

_ALL = frozenset({Level.BASIC, Level.FULL, Level.EDIT})


def importable(viewer: Viewer) -> list[RecordType]:
    """The kinds of records that the viewer may bring in, in the order of the navigation."""
    return [t for t in registry.every() if t.importer is not None and may(viewer, t)]


def may(viewer: Viewer, record_type: RecordType) -> bool:
    """Whoever may edit such records, and whoever edits settings: IT moves data from the old system (PLAT-05)."""
    return viewer.may(record_type.area, Level.EDIT) or migrates(viewer)


def migrates(viewer: Viewer) -> bool:
    """Whether the viewer moves data for the whole enterprise and sees nothing of it afterwards."""
    return viewer.may(Area.SETTINGS, Level.EDIT)


def acting(viewer: Viewer, record_type: RecordType) -> Viewer:
    """With whose rights the rows are written: one's own; for IT all rows, in the areas that the records touch.

    The audit names the person either way. Raises Forbidden, NotFound (such records do not come from files).
    """
    if record_type.importer is None:
        raise NotFound(code=record_type.code)
    if not migrates(viewer):
        if not viewer.may(record_type.area, Level.EDIT):
            raise Forbidden(area=str(record_type.area), level=str(Level.EDIT))
        return viewer
    importer = cast(Importer, record_type.importer)
    areas = {record_type.area, Area.PROFILE, Area.SENSITIVE, *(f.area for f in importer.fields if f.area)}
    levels = dict(viewer.levels) | {area: viewer.levels.get(area, frozenset()) | _ALL for area in areas}
    return replace(viewer, levels=levels, reach=Reach(everything=True))
