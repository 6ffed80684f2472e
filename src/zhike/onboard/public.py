"""The door of the onboard room."""

from zhike.onboard.plan import PlannedStep, ProjectPlan
from zhike.onboard.selectors import plans_of

__all__ = ["PlannedStep", "ProjectPlan", "plans_of"]
