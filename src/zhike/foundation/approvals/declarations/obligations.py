"""Who is asked to decide owes the decision within the time of the step."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations
from zhike.foundation.approvals.events import SignerActed, SignerAsked, SignerReleased
from zhike.foundation.obligations import Obligation

SUBJECT = "approval_signer"

obligations.declare(
    Obligation(
        code="approval.sign",
        title=_("Decide on an approval"),
        starts=SignerAsked,
        when=lambda event: event.is_owed and event.due_at is not None,
        due=lambda event: event.due_at,
        fulfils=SignerActed,
        cancels=SignerReleased,
        owed_by="event:person_id",
        fallback=("post:management",),
        requirement="PLAT-08",
        subject=SUBJECT,
        proof=_("Approved, rejected, returned or passed on"),
    )
)
