"""Nights, the models they fitted, the history of measures, who was a customer when, and what a change would move."""

from zhike.insight.models.foresight import Foresight, ForesightMove
from zhike.insight.models.history import MeasureHistory
from zhike.insight.models.night import ModelRun, NightRun, NightStep
from zhike.insight.models.relation import Relation

__all__ = ["Foresight", "ForesightMove", "MeasureHistory", "ModelRun", "NightRun", "NightStep", "Relation"]
