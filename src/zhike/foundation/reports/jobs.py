"""Drafts on time: looked for every quarter of an hour, so that a worker that was down makes them when it is back."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.foundation.reports.services.drafting import draft_due


@jobs.job("reports.draft", every=dt.timedelta(minutes=15), title=_("Drafts of reports"))
def draft(work: Work) -> None:
    """What the present periods ask for and is not there yet."""
    work.result = {"drafted": len(draft_due())}
