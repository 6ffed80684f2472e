"""Correcting what was written down of a ticket or complaint. Whose it is and when it came stay: clocks run by it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.events.serve import MatterCorrected
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.serve.models import Complaint, Ticket
from zhike.serve.models.complaint import ComplaintCause, ComplaintForm
from zhike.serve.models.ticket import Channel
from zhike.serve.services.ticket import contact_of
from zhike.serve.services.writing import held, required, saved

_OPTIONS: dict[str, Collection[str]] = {
    "channel": Channel.values, "form": ComplaintForm.values, "cause": ("", *ComplaintCause.values),
}  # fmt: skip


@transaction.atomic
def ticket_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Ticket:
    """Correct subject, content, channel or contact, in any state; what is not named stays.

    Raises: NotFound, Forbidden, Stale, Invalid.
    """
    row = held(viewer, Ticket, Area.TICKETS, uid, version)
    _correct(viewer, row, _after(viewer, row, changes, needed=("subject",)))
    return row


@transaction.atomic
def complaint_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Complaint:
    """Correct content, cause, form, channel or contact, in any state; the promise stays as it was given.

    Raises: NotFound, Forbidden, Stale, Invalid.
    """
    row = held(viewer, Complaint, Area.COMPLAINTS, uid, version)
    _correct(viewer, row, _after(viewer, row, changes, needed=("content",)))
    return row


def _correct(viewer: Viewer, row: Ticket | Complaint, after: dict[str, Any]) -> None:
    if not after:
        return
    kind, now = str(row._meta.model_name), clock.now()
    saved(viewer, row, f"{kind}.update", after, at=now)
    outbox.publish(
        MatterCorrected(
            at=now, customer_id=row.customer_id, kind=kind, matter_uid=str(row.uid), number=row.number,
            fields=tuple(sorted(after)), person_id=viewer.person_id,
        )
    )  # fmt: skip


def _after(viewer: Viewer, row: Ticket | Complaint, changes: dict[str, Any], needed: Collection[str]) -> dict[str, Any]:
    """The columns that really change, with their new values."""
    values = dict(changes)
    required(**{name: str(values[name] or "") for name in needed if name in values})
    wrong = {
        name: "not_an_option" for name, options in _OPTIONS.items() if name in values and values[name] not in options
    }
    if wrong:
        raise Invalid(fields=wrong)
    if "contact" in values:
        values["contact_id"] = contact_of(viewer, row.customer_id, values.pop("contact"))
    texts = {name: str(value or "").strip() for name, value in values.items() if name in ("subject", "content")}
    values |= texts
    return {name: value for name, value in values.items() if getattr(row, name) != value}
