"""From a night's result to the tasks of the strategy table: who came into a row, and who left one."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from zhike.foundation.access.viewer import Viewer
from zhike.insight.compute.result import ComputeResult
from zhike.insight.models import MeasureHistory, NightRun, NightStep
from zhike.insight.services.changes import is_older_than_newest
from zhike.segment.public import strategy_tasks_move
from zhike.segment.rules.table import StrategyTable


def move(actor: Viewer, run: NightRun, result: ComputeResult, table: StrategyTable) -> dict[str, Any]:
    """Begin and end stays in rows that ask for a contact.

    An older night than the newest moves nobody.
    """
    if is_older_than_newest(run):
        return {"tasks_begun": 0}
    rows = _rows(result)
    moved = strategy_tasks_move(
        viewer=actor, rows=rows, entered=_entered(run, rows, table), as_of=run.as_of, table=table
    )
    return {"tasks_begun": moved.begun, "tasks_cancelled": moved.cancelled}


def _rows(result: ComputeResult) -> dict[int, str]:
    """The row of every customer who has one."""
    held = result.measures.filter(pc.is_valid(result.measures["strategy_row"]))
    return dict(zip(held["customer_id"].to_pylist(), held["strategy_row"].to_pylist(), strict=True))


def _entered(run: NightRun, rows: dict[int, str], table: StrategyTable) -> list[int]:
    """Customers known before who were in another row, or whose row was written anew and approved since.

    Compared with the newest night that finished this step; without one nobody came in: what stands at the first
    night is history.
    """
    compared = NightStep.objects.filter(name="tasks", finished_at__isnull=False, run__as_of__lt=run.as_of)
    earlier = compared.order_by("-run__as_of").select_related("run").first()
    if earlier is None:
        return []
    versions = earlier.run.data.get("strategies", {})
    renewed = {line.code for line in table.lines if line.version != versions.get(line.code, 0)}
    before = MeasureHistory.objects.filter(as_of=earlier.run.as_of, strategy_row__isnull=False)
    known = before.values_list("customer_id", "strategy_row").iterator(chunk_size=20_000)
    return [c for c, row in known if c in rows and (rows[c] != row or rows[c] in renewed)]
