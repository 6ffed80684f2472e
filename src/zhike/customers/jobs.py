"""Work on files for which nobody waits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.customers.models import Contact, Customer
from zhike.customers.services.birthdays import birthdays_index
from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work

INDEX = "customers.birthdays"


@jobs.job(INDEX, every="20 0 * * *", title=_("Index of birthdays"))
def birthdays(work: Work) -> dict[str, int]:
    """Files that were written before there was an index get theirs, piece by piece; usually there is nothing to do."""
    marked = 0
    for share, model in ((0.5, Customer), (1.0, Contact)):
        after: int | None = 0
        while after is not None:
            piece = birthdays_index(model, after)
            after, marked = piece.after, marked + piece.marked
            work.progress(share)
    return {"marked": marked}
