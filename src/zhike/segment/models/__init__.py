from zhike.segment.models.strategy import Strategy, StrategyVersion, VersionState
from zhike.segment.models.task import StrategyTask, TaskState

__all__ = ["Strategy", "StrategyTask", "StrategyVersion", "TaskState", "VersionState"]
