"""Words of the log about policies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "policies.policyversion",
    _("Rules & parameters"),
    actions={
        "policies.set": _("Set a parameter"),
        "policies.restore": _("Put a parameter back to its shipped value"),
        "policies.withdraw": _("Called off a planned change of a parameter"),
    },
)
words.declare(
    "policies.policyproposal",
    _("Proposed change of rules & parameters"),
    actions={
        "policies.propose": _("Proposed a change of a parameter"),
        "policies.approved": _("Approved a change of a parameter"),
        "policies.rejected": _("Rejected a change of a parameter"),
    },
)
