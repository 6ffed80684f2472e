"""The door of the onboard room."""

from zhike.onboard.plan import PlannedStep, ProjectPlan
from zhike.onboard.portal import Acceptance, acceptance_of
from zhike.onboard.selectors import plans_of
from zhike.onboard.services.load import ProjectRow, RoundRow, StepRow, projects_load
from zhike.onboard.services.signature import acceptance_comment, acceptance_sign

__all__ = [
    "Acceptance",
    "PlannedStep",
    "ProjectPlan",
    "ProjectRow",
    "RoundRow",
    "StepRow",
    "acceptance_comment",
    "acceptance_of",
    "acceptance_sign",
    "plans_of",
    "projects_load",
]
