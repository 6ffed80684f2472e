"""Working an import off piece by piece: the dry run, the writing, the comparison with the base afterwards.

Each piece is one transaction that also says that it was done: killed at any moment and called again, nothing is done
twice and nothing is left out.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext, override

from zhike.foundation import audit
from zhike.foundation.audit.canonical import json_text
from zhike.foundation.crypto import keys
from zhike.foundation.imports import context as contexts
from zhike.foundation.imports import piece as pieces
from zhike.foundation.imports.context import Context
from zhike.foundation.imports.models import Import, Piece, PieceState, State
from zhike.foundation.imports.piece import Done
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import many, selector
from zhike.foundation.records.declare import Kind

Steps = Callable[[Sequence[str]], Iterable[str]]
_WORD = 2**64
_SAMPLES = 5  # of what the rows would do, kept for the page


def check(made: Import, steps: Steps = iter) -> None:
    """The dry run: each piece is written and taken back; what is wrong with which row is kept."""
    with override(made.person.language):
        try:
            context = _opened(made, PieceState.CHECKED)
        except Refusal as refusal:
            return stopped(made, many.reason_of(refusal))
        for piece in _each(made, steps):
            if piece.state == PieceState.STAGED:
                done = pieces.tried(context, context.parcels.open(piece.staged or b"", f"rows.{piece.place}"))
                _keep(context, piece, done, PieceState.CHECKED, PieceState.STAGED)
    counts = counted(made)
    Import.objects.filter(pk=made.pk, state=State.CHECKING).update(
        state=State.CHECKED, counts=counts, checked_at=clock.now()
    )
    return None


def run(made: Import, steps: Steps = iter) -> None:
    """Write what the dry run accepted, piece by piece, then compare with the base and report."""
    with override(made.person.language):
        try:
            context = _opened(made, PieceState.DONE)
        except Refusal as refusal:
            return stopped(made, many.reason_of(refusal))
        for piece in _each(made, steps):
            _write(context, piece)
        report = _compared(context)
        with transaction.atomic():
            _finish(context, report)
    selector.forget_totals()
    return None


def stopped(made: Import, reason: str) -> None:
    """Say why an import could not go on."""
    Import.objects.filter(pk=made.pk).update(state=State.FAILED, problem=reason[:300])


def _opened(made: Import, finished: PieceState) -> Context:
    """The context, with what pieces finished earlier have seen."""
    context = contexts.opened(made)
    for place, verdicts in made.pieces.filter(state=finished).values_list("place", "verdicts"):
        context.seen.update(context.parcels.open(verdicts, f"verdicts.{place}")["marks"])
    return context


def _each(made: Import, steps: Steps) -> Iterable[Piece]:
    places = list(made.pieces.order_by("place").values_list("place", flat=True))
    for place in steps([str(place) for place in places]):
        yield made.pieces.get(place=int(place))


@transaction.atomic
def _write(context: Context, piece: Piece) -> None:
    """A piece in one transaction with the word that it was done."""
    # Taken before any row is locked: a second worker waits here, finds the piece done, and goes on.
    mine = Piece.objects.filter(pk=piece.pk, state=PieceState.CHECKED).update(state=PieceState.DONE)
    if not mine:
        return
    content = context.parcels.open(piece.staged or b"", f"rows.{piece.place}")
    twice = context.parcels.open(piece.verdicts or b"", f"verdicts.{piece.place}")["twice"]
    done = pieces.written(context, content, twice)
    piece.effects = context.parcels.pack(pieces.effects_of(done), f"effects.{piece.place}")
    _keep(context, piece, done, PieceState.DONE, PieceState.DONE)


def _keep(context: Context, piece: Piece, done: Done, state: PieceState, before: PieceState) -> None:
    content = context.parcels.open(piece.staged or b"", f"rows.{piece.place}")
    rejected = [[d.place, d.reasons] for d in done.drafts if d.outcome == "rejected"]
    verdicts = {
        "rejected": rejected, "twice": done.twice, "marks": done.marks, "people": done.unknown_people,
        "samples": [[d.place, d.outcome] for d in done.drafts if d.outcome in ("new", "updated")][:_SAMPLES],
    } | pieces.outcomes_of(done)  # fmt: skip
    counts = {outcome: sum(1 for d in done.drafts if d.outcome == outcome) for outcome in pieces.OUTCOMES}
    counts["rejected"] += len(content["bad"])
    counts["duplicates"] = sum(1 for d in done.drafts if d.is_duplicate)
    counts["sums"] = _sums(context, [d.given for d in done.drafts if d.outcome in ("new", "updated")])
    counts["digest"] = str(sum(_digest(d.given) for d in done.drafts if d.outcome in ("new", "updated")) % _WORD)
    Piece.objects.filter(pk=piece.pk, state=before).update(
        state=state, verdicts=context.parcels.pack(verdicts, f"verdicts.{piece.place}"), effects=piece.effects,
        counts=counts,
    )  # fmt: skip


def counted(made: Import) -> dict[str, int]:
    """Rows by what became of them, over all pieces: read = new + updated + unchanged + rejected."""
    found = dict.fromkeys((*pieces.OUTCOMES, "duplicates"), 0)
    for counts in made.pieces.values_list("counts", flat=True):
        for name in found:
            found[name] += counts.get(name, 0)
    found["read"] = made.pieces.aggregate(n=Sum("rows"))["n"] or 0
    return found


def _sums(context: Context, values: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Sums of the amounts that the file fills, in minor units."""
    amounts = [f.key for f in context.given if f.kind is Kind.MONEY]
    found = dict.fromkeys(amounts, 0)
    for row in values:
        for key in amounts:
            found[key] += row.get(key) or 0
    return found


def _digest(values: Mapping[str, Any]) -> int:
    """A number that stands for the values of a row; sums of them do not depend on the order."""
    said = {k: pieces.packed(v) for k, v in values.items() if v not in (None, "")}
    made = hmac.digest(keys.audit("digest"), json_text(dict(sorted(said.items()))).encode(), "sha256")
    return int.from_bytes(made[:8], "big")


def _compared(context: Context) -> dict[str, Any]:
    """Sums and checksums of the accepted rows as the file has them, beside those of the base now."""
    made = context.made
    report: dict[str, Any] = {"sums": {}, "missing": 0}
    from_file = in_base = 0
    for place, effects, counts in made.pieces.order_by("place").values_list("place", "effects", "counts"):
        rows = context.parcels.open(effects, f"effects.{place}") if effects else []
        from_file += int(counts.get("digest", 0))
        present = context.importer.present([row[1] for row in rows])
        read_back = [{k: present[row[1]].get(k) for k in row[4]} for row in rows if row[1] in present]
        report["missing"] += len(rows) - len(read_back)
        in_base += sum(_digest(values) for values in read_back)
        for key, total in counts.get("sums", {}).items():
            held = report["sums"].setdefault(key, [0, 0])
            held[0] += total
        for key, total in _sums(context, read_back).items():
            report["sums"].setdefault(key, [0, 0])[1] += total
    report["file"], report["base"] = f"{from_file % _WORD:016x}", f"{in_base % _WORD:016x}"
    report["agrees"] = report["file"] == report["base"] and not report["missing"]
    return report


def _finish(context: Context, report: dict[str, Any]) -> None:
    made, counts = context.made, counted(context.made)
    if not Import.objects.filter(pk=made.pk, state=State.RUNNING).update(state=State.DONE):
        return
    if context.plan.starts_duties and context.importer.starts is not None:
        report["duties"] = _started(context)
    Import.objects.filter(pk=made.pk).update(counts=counts, report=report, finished_at=clock.now())
    audit.record(
        context.viewer, "import.run", kind="import", object_id=made.pk, object_uid=made.uid,
        after={"code": made.code, **counts, "checksum": report["file"], "agrees": report["agrees"]},
    )  # fmt: skip


def _started(context: Context) -> int:
    count = 0
    for place, effects in context.made.pieces.order_by("place").values_list("place", "effects"):
        rows = context.parcels.open(effects, f"effects.{place}") if effects else []
        pks = [row[1] for row in rows if row[2] == "n"]
        count += context.importer.starts(viewer=context.viewer, pks=pks) if context.importer.starts and pks else 0
    return count


def gone(made: Import) -> str:
    """The sentence for an import whose person no longer works here."""
    with override(made.person.language):
        return gettext("Whoever asked for this no longer works here.")
