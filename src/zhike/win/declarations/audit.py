"""Words of the log about contracts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare("contract", _("Contract"), records="contracts", actions={"contract.load": _("Loaded contracts")})
