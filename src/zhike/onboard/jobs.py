"""Milestones become late with their days."""

from __future__ import annotations

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs.work import Work
from zhike.foundation.kit import clock
from zhike.onboard.services.project import milestones_flag


@jobs.job("onboard.milestones", every="10 0 * * *")
def milestones(work: Work) -> None:
    """Flag the milestones whose day has passed, in pieces."""
    while milestones_flag(viewer=system("the days of milestones"), day=clock.today()):
        pass
