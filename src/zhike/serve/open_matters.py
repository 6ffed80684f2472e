"""What a customer still waits for: tickets and complaints that are not closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.serve.models import Complaint, Ticket


@dataclass(frozen=True)
class OpenMatter:
    """One open ticket or complaint (``kind``: tickets, complaints), with what it is about and since when."""

    kind: str
    uid: UUID
    number: str
    words: str
    since: dt.datetime


def open_matters(viewer: Viewer, customer_id: int) -> list[OpenMatter]:
    """Open tickets and complaints of a customer already seen, as far as the posts read them, the oldest first."""
    found = []
    if viewer.may(Area.TICKETS, Level.BASIC):
        rows = Ticket.objects.filter(customer_id=customer_id, closed_at=None, deleted_at=None)
        found += [OpenMatter("tickets", *row) for row in rows.values_list("uid", "number", "subject", "opened_at")]
    if viewer.may(Area.COMPLAINTS, Level.BASIC):
        rows = Complaint.objects.filter(customer_id=customer_id, closed_at=None, deleted_at=None)
        found += [OpenMatter("complaints", *row) for row in rows.values_list("uid", "number", "content", "received_at")]
    return sorted(found, key=lambda matter: matter.since)
