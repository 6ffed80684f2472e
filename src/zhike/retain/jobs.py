"""What retention plans at night."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.retain.services.patrol import patrols_plan

PLAN = "retain.patrols_plan"


@jobs.job(PLAN, every="50 3 * * *", title=_("Plan health patrols"))
def plan(work: Work) -> dict[str, int]:
    """After the night has told tiers: each customer whose tier has a cycle has its next patrol, piece by piece."""
    planned, after = 0, 0
    while True:
        made, last = patrols_plan(after)
        planned += made
        if last is None:
            return {"planned": planned}
        after = last
        work.progress(0.5)
