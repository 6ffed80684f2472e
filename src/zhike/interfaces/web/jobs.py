"""What the pages let a worker do: pass on what somebody leaves behind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.access import leaving
from zhike.foundation.access.models import Leaving
from zhike.foundation.jobs.work import Work

HAND_OVER = "people.hand_over"


@jobs.job(HAND_OVER, title=_("Pass on what somebody leaves behind"), alone=False)
def hand_over(work: Work) -> dict[str, int]:
    """One piece for each kind of things, in a transaction with its count: killed and begun again it does no harm."""
    made = Leaving.objects.get(pk=work.arguments["leaving_id"])
    codes = leaving.codes_of(made)
    passed = sum(leaving.carry_out(made.pk, code) for code in work.pieces(codes))
    leaving.finish(made.pk)
    return {"passed": passed}
