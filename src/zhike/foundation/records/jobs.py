"""Changes of many records that nobody waits for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.foundation.records import many, undo
from zhike.foundation.records.custom import indexes
from zhike.foundation.records.custom.services import INDEX_JOB


@jobs.job("records.forget_changes", every="20 3 * * *", title=_("Forget what can no longer be undone"))
def forget(work: Work) -> dict[str, int]:
    """What stood there before a change is kept for a day at most."""
    return {"changes": undo.forget()}


@jobs.job("records.bulk", title=_("Change many records"), alone=False)
def bulk(work: Work) -> dict[str, int]:
    """Go on where an earlier try stopped."""
    return many.resume(work.arguments["change"], work.pieces)


@jobs.job(INDEX_JOB, every="*/20 * * * *", title=_("Build indexes of custom fields"))
def custom_indexes(work: Work) -> dict[str, int]:
    """Build what is missing, also after a kill or a restored backup; take away what nobody wants."""
    return indexes.settle()
