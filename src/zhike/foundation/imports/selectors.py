"""Reads of imports."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import reports, rights, services
from zhike.foundation.imports.models import Import, PieceState, State
from zhike.foundation.imports.refusals import Emptied
from zhike.foundation.imports.reverting import left_over as left_of
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import registry
from zhike.foundation.records.problems import said

_LEFT_SHOWN = 100


class ListedImport(NamedTuple):
    """An import as the list shows it."""

    made: Import
    kind: str
    name: str


class RejectedRow(NamedTuple):
    """A rejected row: where it stood, how it begins, why."""

    line: int
    starts: str
    why: str


def imports_of(viewer: Viewer) -> QuerySet[Import]:
    """One's own; for IT those of all, the newest first."""
    rows = Import.objects.exclude(state=State.ARRIVING).select_related("person").order_by("-created_at", "-id")
    return rows if rights.migrates(viewer) else rows.filter(person_id=viewer.person_id)


def line(viewer: Viewer, made: Import) -> ListedImport:
    """What the list says; the name of a colleague's file may be somebody's name, and is left out."""
    record_type = registry.find(made.code)
    name = reports.file_name(made) if made.person_id == viewer.person_id else ""
    return ListedImport(made, str(record_type.plural) if record_type else made.code, name)


def own(viewer: Viewer, uid: UUID) -> Import:
    """An import whose rows the viewer may read: only one's own. Raises NotFound, Emptied."""
    made = services.one(viewer, uid)
    if made.person_id != viewer.person_id:
        raise NotFound(uid=str(uid))
    if made.emptied_at is not None or made.shape is None:
        raise Emptied(days=services.numbers().keep_days)
    return made


def progress(made: Import) -> dict[str, int]:
    """How many pieces of how many the present step has done."""
    states = {
        State.CHECKING: [PieceState.CHECKED],
        State.RUNNING: [PieceState.DONE],
        State.REVERTING: [PieceState.REVERTED],
    }.get(State(made.state), [])
    return {"done": made.pieces.filter(state__in=states).count() if states else 0, "total": made.pieces_total}


def first_rejected(made: Import, count: int) -> list[RejectedRow]:
    """The first rejected rows."""
    return [
        RejectedRow(line, " · ".join(cell for cell in cells[:4] if cell.strip())[:80], why)
        for line, cells, why in islice(reports.rejected(made), count)
    ]


def left_over(made: Import) -> list[tuple[int, str]]:
    """What a reversal left, with the reasons."""
    if made.shape is None:
        return []
    return [(line, said(why)) for line, why in islice(left_of(made), _LEFT_SHOWN)]


def described(made: Import) -> dict[str, Any]:
    """An import for programs: state, counts, report; no row of it."""
    shape = Parcels(made.uid).open(made.shape, "shape") if made.shape is not None else {}
    return {
        "uid": str(made.uid), "type": made.code, "state": made.state, "rows": made.rows, "sha256": made.sha256,
        "bytes": made.size_bytes, "columns": shape.get("headings", []), "counts": made.counts, "report": made.report,
        "problem": made.problem, "progress": progress(made), "created_at": made.created_at.isoformat(),
    }  # fmt: skip
