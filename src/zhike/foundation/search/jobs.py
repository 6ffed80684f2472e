"""The worker looks whether the index is in the form of this build, and writes it anew where it is not."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.viewer import system
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.jobs.registry import job, tick
from zhike.foundation.jobs.runs import start
from zhike.foundation.jobs.work import Work
from zhike.foundation.search import version

JOB = "search.rebuild"


@tick("search.form", dt.timedelta(seconds=30))
def look() -> None:
    """At the start of the worker and every half minute: ask for a rebuild unless one waits or runs."""
    found = version.standing()
    if found.is_current or found.is_newer:
        return
    if not JobRun.objects.filter(job=JOB, state__in=[RunState.WAITING, RunState.RUNNING]).exists():
        start(JOB, viewer=system("the search index is of another version"))


@job(JOB, title=_("Rebuild the search index"))
def rebuild(work: Work) -> dict[str, int]:
    """All documents in the form of this build; after a crash from the piece on that was in hand."""
    return {"records": version.rebuild(work.progress)}
