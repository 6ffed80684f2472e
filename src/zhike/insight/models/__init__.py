"""Nights, the models they fitted, and the history of measures."""

from zhike.insight.models.history import MeasureHistory
from zhike.insight.models.night import ModelRun, NightRun, NightStep

__all__ = ["MeasureHistory", "ModelRun", "NightRun", "NightStep"]
