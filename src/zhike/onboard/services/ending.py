"""A contract that ends before the hand-over ends its project."""

from __future__ import annotations

from django.db import transaction

from zhike.events.onboard import ProjectEnded
from zhike.foundation import outbox
from zhike.foundation.access.viewer import system
from zhike.foundation.records.rows import saved
from zhike.onboard.models import HandOver, Project
from zhike.onboard.models.project import ProjectState
from zhike.onboard.services.hand_over import hand_overs_drop
from zhike.onboard.services.project import facts_of


@transaction.atomic
def project_end(*, contract_id: int, reason: str) -> Project | None:
    """End the project of a contract that ended; None when there is none, or it was handed over or ended before.

    A hand-over that waits for an answer is declined with the same reason.
    """
    viewer = system("a contract ended")
    # The form before the project, as whoever accepts it takes them.
    list(HandOver.objects.select_for_update(of=("self",)).filter(project__contract=contract_id, state="offered"))
    project = Project.objects.select_for_update(of=("self",)).filter(contract=contract_id).first()
    if project is None or project.state in (ProjectState.HANDED_OVER, ProjectState.ENDED):
        return None
    project.state = ProjectState.ENDED
    saved(viewer, project, "project.end", contract_id=contract_id, reason=reason)
    hand_overs_drop(viewer, project, reason)
    outbox.publish(ProjectEnded(**facts_of(project, viewer), contract_id=contract_id, reason=reason))
    return project
