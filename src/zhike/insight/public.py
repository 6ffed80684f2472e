"""The door of insight's computation: import-light, no Django, no database.

What needs DuckDB or the models loads it on first use, so that a web process may import this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door
from zhike.insight.compute.entry import churn_rate, compute, relations, value_matrix
from zhike.insight.compute.result import ComputeResult, NotComputed, Progress, SnapshotFault
from zhike.insight.wording import row_sentences, sentence, title
from zhike.retain.rules.churn_rate import PeriodChurn
from zhike.retain.rules.warning import route_of
from zhike.segment.rules.strategies import COLUMNS as STRATEGY_COLUMNS
from zhike.segment.rules.strategies import StrategyRow, strategy_rows

if TYPE_CHECKING:
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
    "relations",
    "route_of",
    "row_sentences",
    "sentence",
    "strategy_rows",
    "title",
    "value_matrix",
]
_SPREADSHEETS = ("Asked", "Fault", "UnusableInput", "WrongUse", "fault_said", "report_on", "understood_text")
__getattr__ = door("zhike.insight", {"night_run": "services.night"} | dict.fromkeys(_SPREADSHEETS, "spreadsheets"))
