"""Words of the log about tickets and complaints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare("ticket", _("Ticket"), records="tickets", actions={"ticket.load": _("Loaded tickets")})
words.declare("complaint", _("Complaint"), records="complaints", actions={"complaint.load": _("Loaded complaints")})
