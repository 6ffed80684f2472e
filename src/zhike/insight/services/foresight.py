"""Computing what a proposed value would move: the same computation as the night's, over the newest snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction

from zhike.foundation.kit import bulk
from zhike.foundation.policies import Selection, current
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.models import TEMPLATE_KEY
from zhike.insight.compute.entry import compute
from zhike.insight.compute.moves import Moves, moves
from zhike.insight.compute.result import Progress
from zhike.insight.compute.run import versions_of
from zhike.insight.models import Foresight, ForesightMove, NightRun

LISTED_MAX = 100_000
_FIELDS = ("foresight", "customer", "measure", "before", "after")


def foresee(uid: UUID, told: Progress) -> None:
    """Compute the foresight ``uid`` and keep its result; one that has a result is left alone.

    Raises SnapshotFault when the snapshot has been taken away meanwhile.
    """
    row = Foresight.objects.get(uid=uid)
    if row.result is not None:
        return
    folder = settings.HOME / "snapshots" / row.as_of.isoformat()
    now = current()
    before = _before(folder, row, now, told)
    after = compute(folder, _then(row, now), row.as_of, _part(told, 0.5, 0.95))
    _keep(row, moves(before, after.measures))


def _then(row: Foresight, now: PolicySet) -> PolicySet:
    """The policies with the proposed value, or with the proposed template and the numbers that go with it."""
    return Selection.read(row.value).over(now) if row.key == TEMPLATE_KEY else now.with_values({row.key: row.value})


def _before(folder: Path, row: Foresight, now: PolicySet, told: Progress) -> pa.Table:
    """The night's own measures where it used the policies now in force, else computed with these."""
    night = NightRun.objects.filter(as_of=row.as_of, state="done").first()
    file = folder / "measures.parquet"
    if night is not None and file.is_file() and night.policy_versions == versions_of(now):
        return pq.read_table(file)
    return compute(folder, now, row.as_of, _part(told, 0.0, 0.5)).measures


def _part(told: Progress, start: float, end: float) -> Progress:
    return lambda step, share: told(step, start + (end - start) * share)


def _keep(row: Foresight, found: Moves) -> None:
    result: dict[str, Any] = {
        "customers": found.customers,
        "bands": {name: moved.pairs() for name, moved in found.bands.items()},
        "numbers": found.numbers,
    }
    with transaction.atomic():
        ForesightMove.objects.filter(foresight=row).delete()
        for name, moved in found.bands.items():
            values = zip(moved.customer_ids.tolist(), moved.before.tolist(), moved.after.tolist(), strict=True)
            kept = [(row.pk, customer, name, was, now) for customer, was, now in values][:LISTED_MAX]
            bulk.upsert(ForesightMove, _FIELDS, kept)
        _forget_old()
        Foresight.objects.filter(pk=row.pk).update(result=result)


def _forget_old() -> None:
    """Lists of customers live as long as the snapshot they come from; the counts stay."""
    folder = settings.HOME / "snapshots"
    kept = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.suffix)
    if kept:
        ForesightMove.objects.filter(foresight__as_of__lt=kept[0]).delete()
