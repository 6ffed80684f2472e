"""The worker's part of approvals: nothing that waits for a decision is left without one who is asked."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.approvals.services.standing_in import ask_deputies, release_deputies
from zhike.foundation.approvals.services.starting import adopt, find_signers
from zhike.foundation.jobs.work import Work


@jobs.job("approvals.tend", every=dt.timedelta(minutes=10), title=_("Approvals without a signer"))
def tend(_work: Work) -> dict[str, int]:
    """Begin approvals of what waits since before there was a flow; look again for signers who were not found; let
    deputies sign while somebody is away."""
    return {
        "begun": adopt(), "steps": find_signers(), "released": release_deputies(), "deputies": ask_deputies(),
    }  # fmt: skip
