"""The door of insight's computation: import-light, no Django, no database.

``compute`` and what it returns load DuckDB only when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhike.insight.compute.result import ComputeResult, NotComputed, Progress, SnapshotFault

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from zhike.foundation.policies.load import PolicySet

__all__ = ["ComputeResult", "NotComputed", "Progress", "SnapshotFault", "compute"]


def compute(
    snapshot: Path, policies: PolicySet, as_of: dt.date, progress: Progress | None = None, **engine: Any
) -> ComputeResult:
    """Measure every customer of ``snapshot``; see :func:`zhike.insight.compute.run.compute`."""
    from zhike.insight.compute import run

    return run.compute(snapshot, policies, as_of, progress, **engine)
