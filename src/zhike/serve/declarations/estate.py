"""Open tickets and complaints are what who works on them leaves behind."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.estates import by_column, register
from zhike.serve.models import Complaint, Ticket

_OPEN = Q(closed_at=None, deleted_at=None)

register(by_column("tickets", _("open tickets in hand"), Ticket, "handler_id", _OPEN))
register(by_column("first_contacts", _("open tickets answered for first"), Ticket, "first_contact_id", _OPEN))
register(by_column("complaints", _("open complaints in hand"), Complaint, "handler_id", _OPEN))
