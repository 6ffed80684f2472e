"""Reads of the strategy table: what is in force, what waits for approval, and how far the tasks are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.segment.models import StrategyTask, StrategyVersion, VersionState
from zhike.segment.rules.table import Line, StrategyTable, as_version, line_in, shipped


def table_in_force(at: dt.datetime | None = None) -> StrategyTable:
    """The rows in force, now or at ``at``: the shipped ones with what was approved laid over them.

    No viewer: the table is what the enterprise does, the same for all.
    """
    versions = StrategyVersion.objects.select_related("strategy")
    if at is None:
        held = versions.filter(state=VersionState.IN_FORCE)
    else:
        approved = (VersionState.IN_FORCE, VersionState.REPLACED)
        past = versions.filter(state__in=approved, decided_at__lt=at).order_by("strategy_id", "number")
        held = {version.strategy_id: version for version in past}.values()
    lines, gone = [], set()
    for version in held:
        line = line_of(version)
        if version.is_retired:
            gone.add(version.strategy.code)
        elif line is not None:
            lines.append(line)
    whole = shipped().with_lines(lines)
    return StrategyTable(tuple(line for line in whole.lines if line.code not in gone))


def line_of(version: StrategyVersion) -> Line | None:
    """What a version says; the shipped line for a restored row."""
    if not version.content:
        line = shipped().line(version.strategy.code)
        return as_version(line, version.number) if line is not None else None
    return as_version(line_in(version.content), version.number)


def drafts(viewer: Viewer) -> list[StrategyVersion]:
    """What waits for approval, the oldest first."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    waiting = StrategyVersion.objects.filter(state=VersionState.DRAFT)
    return list(waiting.select_related("strategy", "made_by").order_by("made_at", "id"))


def draft_get(viewer: Viewer, uid: UUID) -> StrategyVersion:
    """One version. Raises: Forbidden, NotFound."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    version = StrategyVersion.objects.select_related("strategy", "made_by").filter(uid=uid).first()
    if version is None:
        raise NotFound(uid=str(uid))
    return version


def versions_of(viewer: Viewer, code: str) -> list[StrategyVersion]:
    """All versions of a row, the newest first; none for a ready row nobody has changed."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    found = StrategyVersion.objects.filter(strategy__code=code).select_related("strategy", "made_by", "decided_by")
    return list(found.order_by("-number"))


@dataclass(frozen=True)
class Execution:
    """How far the tasks of one row are, among the customers the viewer may see."""

    open: int = 0
    overdue: int = 0
    done: int = 0
    late: int = 0
    cancelled: int = 0

    @property
    def due(self) -> int:
        """All that were asked for and did not fall away."""
        return self.open + self.overdue + self.done + self.late

    @property
    def in_time_percent(self) -> float | None:
        """Of those decided, how many were done in time; nothing before one is decided."""
        decided = self.overdue + self.done + self.late
        return 100 * self.done / decided if decided else None


def execution_by_row(viewer: Viewer) -> dict[str, Execution]:
    """Counts of tasks by row of the table."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    rows = scope.visible(viewer, StrategyTask.objects.all())
    found: dict[str, dict[str, int]] = {}
    for row in rows.values("row", "state").annotate(n=Count("pk")).order_by():
        found.setdefault(row["row"], {})[row["state"]] = row["n"]
    return {code: Execution(**counts) for code, counts in found.items()}


def task_of(viewer: Viewer, customer_id: int) -> StrategyTask | None:
    """The task of the row in which a customer already seen is now; None where the row asks for nothing."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    return StrategyTask.objects.filter(customer_id=customer_id, left_on=None).first()


def stays_of(customer_ids: Collection[int]) -> list[StrategyTask]:
    """The current stays of these customers. For the night."""
    return list(StrategyTask.objects.filter(Q(left_on=None), customer_id__in=customer_ids))
