"""Words of the log about approvals; and that places to sign are what somebody leaves behind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.estates import Estate, register
from zhike.foundation.approvals.services.handing import signatures_hand_over, signatures_owed
from zhike.foundation.audit import words

words.declare(
    "approval",
    _("Approval"),
    actions={
        "approval.start": _("Asked for a decision"),
        "approval.approved": _("Gave approval"),
        "approval.rejected": _("Rejected"),
        "approval.returned": _("Returned to the author"),
        "approval.end": _("Ended an approval"),
        "approval.signer_add": _("Added a signer"),
        "approval.delegate": _("Passed a decision on"),
        "approval.copy": _("Sent a copy of an approval"),
    },
)
words.declare("approvals.flowversion", _("Approval flow"), actions={"approval.flow": _("Changed an approval flow")})

register(Estate("approvals", _("approvals"), signatures_owed, signatures_hand_over))
