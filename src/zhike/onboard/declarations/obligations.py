"""The duties of onboarding."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.events.onboard import (
    AcceptanceFailed,
    AcceptancePassed,
    HandOverAccepted,
    ProjectEnded,
    ProjectOpened,
    ProjectPlanned,
)
from zhike.foundation import obligations
from zhike.foundation.obligations import Obligation

obligations.declare(
    Obligation(
        code="B-32",
        title=_("Form the service team and the project plan"),
        starts=ProjectOpened,
        fulfils=ProjectPlanned,
        cancels=ProjectEnded,
        within=("onboard.clocks", "team_and_plan_days"),
        clock="working",
        owed_by=("event:sales_lead_id", "post:sales_lead"),
        requirement="ONB-01",
        subject="project",
        proof=_("A team of three and a plan with milestones and delivery standards"),
    ),
    Obligation(
        code="B-33",
        title=_("Rectify and have it accepted"),
        starts=AcceptanceFailed,
        fulfils=AcceptancePassed,
        cancels=ProjectEnded,
        within=("onboard.clocks", "retest_days"),
        clock="working",
        owed_by=("event:implementation_manager_id", "post:implementation_manager"),
        requirement="ONB-04",
        subject="project",
        proof=_("A passed acceptance test with the customer's signature"),
    ),
    Obligation(
        code="B-34",
        title=_("Hand the customer over"),
        starts=AcceptancePassed,
        fulfils=HandOverAccepted,
        cancels=ProjectEnded,
        within=("onboard.clocks", "hand_over_days"),
        clock="working",
        owed_by="relation:customer_manager",
        fallback=("post:sales_lead",),
        requirement="ONB-05",
        subject="project",
        proof=_("A hand-over form that the receiver accepted"),
    ),
)
