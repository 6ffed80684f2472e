"""Changes of many records that nobody waits for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.foundation.records import many


@jobs.job("records.bulk", title=_("Change many records"), alone=False)
def bulk(work: Work) -> dict[str, int]:
    """Go on where an earlier try stopped."""
    return many.resume(work.arguments["change"], work.pieces)
