"""How tickets and complaints read on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words
from zhike.serve.models.complaint import ComplaintCause


@line_words("ticket.opened", "headset")
def _ticket(words: Mapping[str, Any], _language: str) -> Said:
    return _("Ticket %(number)s") % words, str(words.get("subject", ""))


@line_words("complaint.received", "message-exclamation")
def _complaint(words: Mapping[str, Any], _language: str) -> Said:
    cause = dict(ComplaintCause.choices).get(words.get("cause", ""), "")
    detail = _("Cause: %(cause)s") % {"cause": cause} if cause else ""
    return _("Complaint %(number)s") % words, detail
