"""Nights, the models they fitted, the history of measures, and who was a customer from when to when."""

from zhike.insight.models.history import MeasureHistory
from zhike.insight.models.night import ModelRun, NightRun, NightStep
from zhike.insight.models.relation import Relation

__all__ = ["MeasureHistory", "ModelRun", "NightRun", "NightStep", "Relation"]
