"""Words of the log about duties."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "obligations.duty",
    _("Duty"),
    actions={
        "obligations.reassign": _("Handed a duty to somebody else"),
        "obligations.cancel": _("Called a duty off"),
    },
)
