"""What nobody can open any more leaves the disk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.files import storing
from zhike.foundation.jobs.work import Work


@jobs.job("files.sweep", every="50 3 * * *", title=_("Remove files that nobody can open"))
def sweep(work: Work) -> dict[str, int]:
    """Remains of broken uploads, removed attachments, and those of erased customers."""
    return {"files": storing.sweep()}
