"""Words of the log about duties; and that duties are what somebody leaves behind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.estates import Estate, register
from zhike.foundation.audit import words
from zhike.foundation.obligations.services import duties_hand_over, duties_owed

words.declare(
    "obligations.duty",
    _("Duty"),
    actions={
        "obligations.reassign": _("Handed a duty to somebody else"),
        "obligations.cancel": _("Called a duty off"),
    },
)

register(Estate("duties", _("duties"), duties_owed, duties_hand_over))
