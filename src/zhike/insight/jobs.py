"""The night by itself: every night at half past two."""

from __future__ import annotations

from uuid import UUID

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs.work import Work


@jobs.job("insight.night", every="30 2 * * *")
def night(work: Work) -> None:
    """The night of yesterday: snapshot, scores, measures, proposals."""
    # Loaded when it is due: web processes know the job too, and must not carry DuckDB and Arrow.
    from zhike.insight.services.night import night_run

    night_run(viewer=system("scheduled night"))


@jobs.job("insight.foresee")
def foresee(work: Work) -> None:
    """What a proposed value would move, for whoever looks at its effect before it is changed."""
    from zhike.insight.services.foresight import foresee as computed

    computed(UUID(work.arguments["foresight"]), lambda step, share: work.progress(share, step))
