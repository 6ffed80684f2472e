"""Reads of the onboard room."""

from __future__ import annotations

from collections.abc import Sequence

from zhike.foundation.access.models import Person
from zhike.onboard.models import Project
from zhike.onboard.plan import PlannedStep, ProjectPlan


def plans_of(customer_id: int) -> Sequence[ProjectPlan]:
    """Team and plan of the customer's projects, newest first: what the customer may see.

    The caller has made sure that the viewer, or the person of the portal, belongs to this customer.
    """
    projects = Project.objects.filter(customer=customer_id, deleted_at=None).order_by("-created_at", "-id")
    found = projects.prefetch_related("milestones")[:20]
    ids = {getattr(p, f"{code}_id") for p in found for code in _TEAM}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        ProjectPlan(
            project.pk, project.uid, project.title, project.state, str(project.get_state_display()),
            tuple((code, names[getattr(project, f"{code}_id")]) for code in _TEAM
                  if getattr(project, f"{code}_id") in names),
            tuple(
                PlannedStep(
                    step.title, step.due_on, step.standard, step.state, str(step.get_state_display()), step.done_on
                )
                for step in sorted(project.milestones.all(), key=lambda m: (m.due_on, m.pk))
                if step.deleted_at is None
            ),
            project.criteria, project.test_environment, project.accepted_on,
        )
        for project in found
    ]  # fmt: skip


_TEAM = ("sales_lead", "implementation_manager", "service_representative")
