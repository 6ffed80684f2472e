"""Words of the log about tokens for programs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "api_token",
    _("Token for a program"),
    actions={"token.create": _("Made a token for a program"), "token.end": _("Ended a token for a program")},
)
