"""Churn warnings, retention cases with their plans, and falls of health."""

from zhike.retain.models.case import RetentionCase, RetentionInterview
from zhike.retain.models.fall import HealthFall
from zhike.retain.models.plan import RetentionPlan, RetentionStep
from zhike.retain.models.warning import Warning

__all__ = ["HealthFall", "RetentionCase", "RetentionInterview", "RetentionPlan", "RetentionStep", "Warning"]
