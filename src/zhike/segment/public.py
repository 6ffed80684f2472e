"""The door of the segment room: the strategy table in force, and what the night does with it."""

from __future__ import annotations

from zhike.segment.selectors import table_in_force
from zhike.segment.services.task import Moved, strategy_tasks_move

__all__ = ["Moved", "strategy_tasks_move", "table_in_force"]
