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
from zhike.foundation.imports.piece import BY_LETTER
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


class RowResult(NamedTuple):
    """What became of one row: new, updated, unchanged or rejected; its record once it is written; its problems."""

    row: int
    outcome: str
    uid: UUID | None
    problems: dict[str, str]


def results_of(made: Import, place: int) -> list[RowResult]:
    """What became of the rows of one piece of an import that the viewer owns; nothing before its dry run."""
    piece = made.pieces.filter(place=place).exclude(verdicts=None).first()
    if piece is None or piece.staged is None:
        return []
    parcels = Parcels(made.uid)
    content = parcels.open(piece.staged, f"rows.{place}")
    verdicts = parcels.open(piece.verdicts or b"", f"verdicts.{place}")
    effects = parcels.open(piece.effects, f"effects.{place}") if piece.effects else []
    number_by_line = {line: number for line, number, *_rest in effects}
    number_by_line |= {content["lines"][at]: number for at, number in verdicts.get("same", ())}
    uids = reports.uids_of(made, number_by_line.values())
    wrong = {at: reports.problems(made, why) for at, why in verdicts["rejected"]}
    found = []
    for at, (line, letter) in enumerate(zip(content["lines"], verdicts.get("outcomes", ""), strict=False)):
        uid = uids.get(number_by_line.get(line, 0))
        found.append(RowResult(line, BY_LETTER[letter], uid, wrong.get(at, {})))
    return found


def described(made: Import) -> dict[str, Any]:
    """An import for programs: state, counts, report; no row of it."""
    shape = Parcels(made.uid).open(made.shape, "shape") if made.shape is not None else {}
    return {
        "uid": str(made.uid), "type": made.code, "state": made.state, "rows": made.rows, "sha256": made.sha256,
        "bytes": made.size_bytes, "columns": shape.get("headings", []), "counts": made.counts, "report": made.report,
        "problem": made.problem, "progress": progress(made), "created_at": made.created_at.isoformat(),
    }  # fmt: skip
