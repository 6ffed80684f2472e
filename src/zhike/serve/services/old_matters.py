"""Old open issues of customers who may leave are pulled up and answered (RET-12)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from zhike.events.serve import OldComplaintRaised, OldTicketRaised
from zhike.foundation import audit, outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.policies import current
from zhike.serve.models import Complaint, Ticket
from zhike.serve.models.complaint import OVER_STATES
from zhike.serve.models.ticket import OPEN_STATES
from zhike.serve.policy import OldMatters
from zhike.serve.services import complaint as complaints
from zhike.serve.services import ticket as tickets


@transaction.atomic
def old_matters_raise(*, viewer: Viewer, customer_id: int, at: dt.datetime) -> int:
    """Start the clock of every ticket and complaint of the customer that has been open for long; say how many.

    What was loaded as history counts, too: the customer waits for it all the same. Raises: Forbidden (system only).
    """
    if not viewer.is_system:
        raise Forbidden(area="tickets", level="raise")
    since = at - dt.timedelta(days=current(at).get(OldMatters).open_days)
    open_tickets = Ticket.objects.filter(
        customer_id=customer_id, state__in=OPEN_STATES, opened_at__lte=since, deleted_at=None
    ).order_by("opened_at", "id")
    open_complaints = (
        Complaint.objects.filter(customer_id=customer_id, received_at__lte=since, deleted_at=None)
        .exclude(state__in=OVER_STATES)
        .order_by("received_at", "id")
    )
    raised = [OldTicketRaised(**tickets.about(t), at=at, handler_id=t.handler_id) for t in open_tickets]
    raised_too = [OldComplaintRaised(**complaints.about(c), at=at, handler_id=c.handler_id) for c in open_complaints]
    if raised or raised_too:
        after = {"tickets": [t.number for t in raised], "complaints": [c.number for c in raised_too]}
        audit.record(viewer, "old_matters.raise", kind="customer", object_id=customer_id, object_uid=None, after=after)
    outbox.publish(*raised, *raised_too)
    return len(raised) + len(raised_too)
