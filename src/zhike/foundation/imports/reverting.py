"""Taking an import back: what it wrote goes, what it changed becomes what it was, unless somebody was there since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from zhike.foundation import audit
from zhike.foundation.access.models import Record
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import context as contexts
from zhike.foundation.imports.context import Context
from zhike.foundation.imports.models import Import, Piece, PieceState, State
from zhike.foundation.imports.piece import unpacked
from zhike.foundation.imports.work import Steps, stopped
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import many, selector

CHANGED = _("Somebody changed it since.")
IN_USE = _("Other records refer to it.")
GONE = _("It was deleted since.")


def revert(made: Import, steps: Steps = iter) -> None:
    """Take all pieces back, the last first; what stays is listed with the reason."""
    with override(made.person.language):
        try:
            context = contexts.opened(made)
        except Refusal as refusal:
            return stopped(made, many.reason_of(refusal))
        places = list(made.pieces.order_by("-place").values_list("place", flat=True))
        for place in steps([str(place) for place in places]):
            _take_back(context, made.pieces.get(place=int(place)))
        with transaction.atomic():
            _finish(context)
    selector.forget_totals()
    return None


@transaction.atomic
def _take_back(context: Context, piece: Piece) -> None:
    mine = Piece.objects.filter(pk=piece.pk, state=PieceState.DONE).update(state=PieceState.REVERTED)
    if not mine or not piece.effects:
        return
    rows = context.parcels.open(piece.effects, f"effects.{piece.place}")
    manager = context.record_type.model._base_manager
    locked = manager.select_for_update(of=("self",), no_key=True).filter(pk__in=[row[1] for row in rows])
    now = {pk: (uid, version, at) for pk, uid, version, at in locked.values_list("pk", "uid", "version", "deleted_at")}
    left: list[list[Any]] = []
    free = [row for row in rows if _is_free(row, now, left)]
    in_use = _in_use(context, [row[1] for row in free if row[2] == "n"])
    removed = [row[1] for row in free if row[2] == "n" and row[1] not in in_use]
    left += [[row[0], IN_USE] for row in free if row[1] in in_use]
    if removed:
        context.importer.remove(viewer=context.viewer, pks=removed)
    restored = sum(_put_back(context, row, now, left) for row in free if row[2] == "u")
    counts = piece.counts | {"removed": len(removed), "restored": restored, "left": len(left)}
    sealed = context.parcels.pack(left, f"left.{piece.place}")
    Piece.objects.filter(pk=piece.pk).update(counts=counts, verdicts=sealed)


def _is_free(row: Sequence[Any], now: Mapping[int, tuple[Any, int, Any]], left: list[list[Any]]) -> bool:
    found = now.get(row[1])
    if found is None or found[2] is not None:
        left.append([row[0], GONE])
    elif found[1] != row[3]:
        left.append([row[0], CHANGED])
    else:
        return True
    return False


def _in_use(context: Context, pks: Sequence[int]) -> set[int]:
    """Those to which living records of any room point."""
    found: set[int] = set()
    for relation in context.record_type.model._meta.get_fields(include_hidden=True):
        model = getattr(relation, "related_model", None)
        if not (
            relation.auto_created and not relation.concrete and isinstance(model, type) and issubclass(model, Record)
        ):
            continue
        name = relation.field.name  # type: ignore[union-attr]
        pointing = model._base_manager.filter(deleted_at=None, **{f"{name}__in": list(pks)})
        found.update(pointing.values_list(f"{name}_id", flat=True))
    return found


def _put_back(
    context: Context, row: Sequence[Any], now: Mapping[int, tuple[Any, int, Any]], left: list[list[Any]]
) -> int:
    uid, version, _at = now[row[1]]
    before = {key: unpacked(value) for key, value in row[5].items()}
    try:
        with transaction.atomic():
            context.importer.update(viewer=context.viewer, uid=uid, version=version, **before)  # type: ignore[misc]
    except Refusal as refusal:
        left.append([row[0], many.reason_of(refusal)])
        return 0
    return 1


def _finish(context: Context) -> None:
    made = context.made
    if not Import.objects.filter(pk=made.pk, state=State.REVERTING).update(state=State.REVERTED):
        return
    total = dict.fromkeys(("removed", "restored", "left"), 0)
    for counts in made.pieces.values_list("counts", flat=True):
        for name in total:
            total[name] += counts.get(name, 0)
    report = made.report | {"reverted": total}
    Import.objects.filter(pk=made.pk).update(report=report, reverted_at=clock.now())
    audit.record(
        context.viewer, "import.revert", kind="import", object_id=made.pk, object_uid=made.uid,
        after={"code": made.code, **total},
    )  # fmt: skip


def left_over(made: Import) -> Iterator[tuple[int, str]]:
    """Lines whose records stayed as they are, each with the reason as a sentence of the catalogue."""
    parcels = Parcels(made.uid)
    reverted = made.pieces.filter(state=PieceState.REVERTED).exclude(effects=None).exclude(verdicts=None)
    for place, sealed in reverted.order_by("place").values_list("place", "verdicts"):
        yield from ((line, reason) for line, reason in parcels.open(sealed, f"left.{place}"))
