"""The door of insight's computation: import-light, no Django, no database.

What needs DuckDB or the models loads it on first use, so that a web process may import this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhike.foundation.kit.doors import door
from zhike.insight.compute.result import ComputeResult, NotComputed, Progress, SnapshotFault
from zhike.insight.wording import row_sentences, sentence, title
from zhike.retain.rules.churn_rate import PeriodChurn
from zhike.retain.rules.warning import route_of
from zhike.segment.rules.strategies import COLUMNS as STRATEGY_COLUMNS
from zhike.segment.rules.strategies import StrategyRow, strategy_rows

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pyarrow as pa

    from zhike.foundation.policies.load import PolicySet
    from zhike.insight.compute.churn_rate import ChurnRate
    from zhike.insight.compute.matrix import ValueMatrix
    from zhike.insight.services.night import night_run

__all__ = [
    "STRATEGY_COLUMNS",
    "ComputeResult",
    "NotComputed",
    "PeriodChurn",
    "Progress",
    "SnapshotFault",
    "StrategyRow",
    "churn_rate",
    "compute",
    "night_run",
    "route_of",
    "row_sentences",
    "sentence",
    "strategy_rows",
    "title",
    "value_matrix",
]
_SPREADSHEETS = ("Asked", "Fault", "UnusableInput", "WrongUse", "fault_said", "report_on", "understood_text")
__getattr__ = door("zhike.insight", {"night_run": "services.night"} | dict.fromkeys(_SPREADSHEETS, "spreadsheets"))


def compute(
    snapshot: Path, policies: PolicySet, as_of: dt.date, progress: Progress | None = None, **engine: Any
) -> ComputeResult:
    """Measure every customer of ``snapshot``; see :func:`zhike.insight.compute.run.compute`."""
    from zhike.insight.compute import run

    return run.compute(snapshot, policies, as_of, progress, **engine)


def churn_rate(snapshot: Path, policies: PolicySet, as_of: dt.date, **options: Any) -> ChurnRate | None:
    """Churn rate by period; see :func:`zhike.insight.compute.churn_rate.churn_rate`."""
    from zhike.insight.compute import churn_rate as computation

    return computation.churn_rate(snapshot, policies, as_of, **options)


def value_matrix(measures: pa.Table, policies: PolicySet) -> ValueMatrix:
    """The value matrix; see :func:`zhike.insight.compute.matrix.value_matrix`."""
    from zhike.insight.compute import matrix

    return matrix.value_matrix(measures, policies)
