"""What the interface for programs has to do again and again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.interfaces.api import repeats


@jobs.job("api.forget", every="50 3 * * *", title=_("Forget answers kept for repeated calls"))
def forget(work: Work) -> dict[str, int]:
    """Answers are kept for a program that lost them, not for ever."""
    return {"calls": repeats.forget()}
