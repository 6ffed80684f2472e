"""What the customer says to the solution, closing, and the callback."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.events.serve import ComplaintCalledBack, ComplaintClosed, ComplaintOpinionGiven
from zhike.foundation import outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current
from zhike.serve.models import Complaint
from zhike.serve.models.complaint import ComplaintState, Opinion
from zhike.serve.policy import ComplaintClocks
from zhike.serve.services.complaint import about, at_step
from zhike.serve.services.writing import after_hours, required, saved


@transaction.atomic
def complaint_opinion_give(
    *, viewer: Viewer, uid: UUID, version: int | None, opinion: str, text: str = "", customer_id: int | None = None
) -> Complaint:
    """Note what the customer says. Who does not accept gets a new investigation and a new promise.

    ``customer_id`` names whose complaint it must be.
    Raises: NotFound, Forbidden, Stale, Invalid, NotAnswered, StepTaken.
    """
    complaint = at_step(viewer, uid, version, "opinion", customer_id)
    if opinion not in Opinion.values:
        raise Invalid(fields={"opinion": "not_an_option"})
    is_accepted = opinion == Opinion.ACCEPTED
    if not is_accepted:
        required(text=text)
    now = clock.now()
    after: dict[str, Any] = {"opinion": opinion, "opinion_text": text.strip(), "opinion_at": now}
    if is_accepted:
        after["state"] = ComplaintState.ACCEPTED.value
    else:
        hours = current(now).get(ComplaintClocks).promise_hours
        after |= {
            "state": ComplaintState.DISPATCHED.value, "promised_at": after_hours(now, hours),
            "reopened_count": complaint.reopened_count + 1,
            # In the portal the customer reads the new promise at once; who spoke to them has to tell it.
            "is_promise_told": customer_id is not None,
        }  # fmt: skip
    saved(viewer, complaint, "complaint.opinion", after, at=now)
    outbox.publish(
        ComplaintOpinionGiven(
            **about(complaint), at=now, is_accepted=is_accepted, promised_at=complaint.promised_at or now,
            receiver_id=complaint.owner_id, person_id=viewer.person_id,
        )
    )  # fmt: skip
    return complaint


@transaction.atomic
def complaint_close(*, viewer: Viewer, uid: UUID, version: int, lessons: str = "") -> Complaint:
    """Close a complaint whose solution the customer accepted, with what was learned.

    Raises: NotFound, Forbidden, Stale, NotAccepted, StepTaken.
    """
    complaint = at_step(viewer, uid, version, "close")
    now = clock.now()
    after = {"state": ComplaintState.CLOSED.value, "closed_at": now, "lessons": lessons.strip()}
    saved(viewer, complaint, "complaint.close", after, at=now)
    outbox.publish(
        ComplaintClosed(**about(complaint), at=now, receiver_id=complaint.owner_id, person_id=viewer.person_id)
    )
    return complaint


@transaction.atomic
def complaint_call_back(
    *, viewer: Viewer, uid: UUID, version: int | None, satisfaction: int, note: str = "",
    customer_id: int | None = None,
) -> Complaint:  # fmt: skip
    """Note how satisfied the handling left the customer, 1 to 5: asked by staff, or said by the customer in the portal.

    ``customer_id`` names whose complaint it must be.
    Raises: NotFound, Forbidden, Stale, Invalid, NotClosed, StepTaken.
    """
    complaint = at_step(viewer, uid, version, "call_back", customer_id)
    if not 1 <= (satisfaction or 0) <= 5:
        raise Invalid(fields={"satisfaction": "not_an_option"})
    now = clock.now()
    after = {
        "state": ComplaintState.CALLED_BACK.value, "called_back_at": now, "satisfaction": satisfaction,
        "callback_note": note.strip(),
    }  # fmt: skip
    saved(viewer, complaint, "complaint.call_back", after, at=now)
    outbox.publish(
        ComplaintCalledBack(**about(complaint), at=now, satisfaction=satisfaction, person_id=viewer.person_id)
    )
    return complaint
