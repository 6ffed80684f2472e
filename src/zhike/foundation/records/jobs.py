"""Changes of many records that nobody waits for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.foundation.records import many, undo


@jobs.job("records.forget_changes", every="20 3 * * *", title=_("Forget what can no longer be undone"))
def forget(work: Work) -> dict[str, int]:
    """What stood there before a change is kept for a day at most."""
    return {"changes": undo.forget()}


@jobs.job("records.bulk", title=_("Change many records"), alone=False)
def bulk(work: Work) -> dict[str, int]:
    """Go on where an earlier try stopped."""
    return many.resume(work.arguments["change"], work.pieces)
