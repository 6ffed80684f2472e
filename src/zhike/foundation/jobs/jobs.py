"""What the foundation itself has to do again and again."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import audit
from zhike.foundation.calendar import services as calendar
from zhike.foundation.jobs import runs
from zhike.foundation.jobs.models import WorkerBeat
from zhike.foundation.jobs.registry import job, tick
from zhike.foundation.jobs.work import Work
from zhike.foundation.kit import clock
from zhike.foundation.outbox import parking


@tick("audit.seal", dt.timedelta(seconds=2))
def seal() -> None:
    """Number and chain the audit rows that came since."""
    audit.seal()


@job("foundation.prune", every="40 3 * * *", title=_("Remove old deliveries and runs"))
def prune(work: Work) -> dict[str, int]:
    """Forget what everybody heard of long ago."""
    events = 0
    while gone := parking.prune():
        events += gone
        work.progress(0.5)
    dead = WorkerBeat.objects.filter(seen_at__lt=clock.now() - dt.timedelta(days=1)).delete()[0]
    return {"events": events, "runs": runs.prune(), "beats": dead}


@job("calendar.extend", every="20 4 1 * *", title=_("Take over next year's calendar"))
def extend(work: Work) -> dict[str, int]:
    """Take over what is published for this and the next year, until somebody confirms it."""
    return {"days": calendar.seed_known()}
