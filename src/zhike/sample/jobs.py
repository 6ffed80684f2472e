"""The sample company in and out, while nobody waits."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs.work import Work
from zhike.sample.services.asking import LOAD, REMOVE

_SEED = 7


@jobs.job(LOAD, title=_("Load the sample company"))
def load(work: Work) -> dict[str, int]:
    """The company as of today, then last night. Done again after a crash, what is there is left as it is."""
    from zhike.foundation.kit import clock
    from zhike.insight.public import night_run
    from zhike.sample.services.ahead import plan_ahead
    from zhike.sample.services.load import sample_load
    from zhike.sample.services.removal import is_loaded

    viewer, rows = system(LOAD), {}
    if not is_loaded():
        loaded = sample_load(
            viewer=viewer, customers=int(work.arguments["customers"]), seed=_SEED, as_of=clock.today(),
            language=str(work.arguments["language"]), progress=lambda step, share: work.progress(share * 0.8, step),
        )  # fmt: skip
        rows = loaded.rows
    work.progress(0.85, "night")
    night_run(viewer=viewer, as_of=clock.today() - dt.timedelta(days=1))
    plan_ahead()
    return rows


@jobs.job(REMOVE, title=_("Take the sample company out"), tries_max=1)
def remove(work: Work) -> dict[str, int]:
    """Everything of it, or nothing."""
    from zhike.sample.services.removal import is_loaded, sample_remove

    return (
        sample_remove(viewer=system(REMOVE), progress=lambda step, share: work.progress(share, step))
        if (is_loaded())
        else {}
    )
