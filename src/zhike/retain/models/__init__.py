"""Churn warnings, retention cases with their plans, falls of health, and patrols."""

from zhike.retain.models.case import RetentionCase, RetentionInterview
from zhike.retain.models.fall import HealthFall
from zhike.retain.models.patrol import HealthPatrol, PatrolTask
from zhike.retain.models.plan import RetentionPlan, RetentionStep
from zhike.retain.models.warning import Warning

__all__ = [
    "HealthFall",
    "HealthPatrol",
    "PatrolTask",
    "RetentionCase",
    "RetentionInterview",
    "RetentionPlan",
    "RetentionStep",
    "Warning",
]
