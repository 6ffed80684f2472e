"""What the foundation itself has to do again and again."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import audit
from zhike.foundation.calendar import services as calendar
from zhike.foundation.jobs import pruning
from zhike.foundation.jobs.registry import job, tick
from zhike.foundation.jobs.work import Work


@tick("audit.seal", dt.timedelta(seconds=2))
def seal() -> None:
    """Number and chain the audit rows that came since."""
    audit.seal()


@job("foundation.prune", every="40 3 * * *", title=_("Remove old deliveries and runs"))
def prune(work: Work) -> dict[str, int]:
    """Forget what everybody heard of long ago, who signed out long ago, and what ran long ago."""
    steps = {
        "events": pruning.events,
        "runs": pruning.finished_runs,
        "sessions": pruning.sessions,
        "beats": pruning.beats,
    }
    return {name: steps[name](work) for name in work.pieces(list(steps))}


@job("calendar.extend", every="20 4 1 * *", title=_("Take over next year's calendar"))
def extend(work: Work) -> dict[str, int]:
    """Take over what is published for this and the next year, until somebody confirms it."""
    return {"days": calendar.seed_known()}
