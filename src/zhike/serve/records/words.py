"""Choices that several kinds of records of this room share."""

from __future__ import annotations

from typing import Any

from zhike.foundation.records import Choice
from zhike.serve.models.complaint import ComplaintCause, ComplaintForm, ComplaintState, Opinion
from zhike.serve.models.ticket import Channel, TicketClass, TicketState


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


CHANNELS = _choices(Channel)
CLASSES = _choices(TicketClass)
CAUSES = _choices(ComplaintCause)
FORMS = _choices(ComplaintForm)
OPINIONS = _choices(Opinion)
SCORES = tuple(Choice(str(number), str(number)) for number in range(5, 0, -1))

_TICKET_LOOKS = {
    "new": ("warn", "tag"),
    "classified": ("info", "circle-dashed"),
    "in_progress": ("info", "progress"),
    "solved": ("good", "bulb"),
    "closed": ("neutral", "checks"),
}
_COMPLAINT_LOOKS = {
    "received": ("warn", "inbox"),
    "dispatched": ("info", "route"),
    "investigated": ("info", "file-search"),
    "resolved": ("info", "bulb"),
    "answered": ("info", "send"),
    "accepted": ("good", "user-check"),
    "closed": ("neutral", "checks"),
    "called_back": ("neutral", "phone-check"),
}
TICKET_STATES = tuple(Choice(v, label, *_TICKET_LOOKS[v]) for v, label in TicketState.choices)
COMPLAINT_STATES = tuple(Choice(v, label, *_COMPLAINT_LOOKS[v]) for v, label in ComplaintState.choices)
