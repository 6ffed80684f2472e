"""The door of the serve room."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from zhike.foundation.access.viewer import Viewer
from zhike.serve.models.complaint import Opinion
from zhike.serve.models.ticket import Channel
from zhike.serve.open_matters import OpenMatter, open_matters
from zhike.serve.portal import (
    PortalArticle,
    PortalComplaint,
    PortalMessage,
    PortalTicket,
    articles_public,
    complaint_shown,
    complaints_for_portal,
    ticket_shown,
    tickets_for_portal,
)
from zhike.serve.services import complaint as complaint_services
from zhike.serve.services import complaint_end, conversation
from zhike.serve.services import ticket as ticket_services
from zhike.serve.services.load import ArticleRow, ComplaintRow, TicketRow, articles_load, complaints_load, tickets_load

CHANNELS = tuple(Channel.values)

__all__ = [
    "CHANNELS",
    "ArticleRow",
    "ComplaintRow",
    "OpenMatter",
    "PortalArticle",
    "PortalComplaint",
    "PortalMessage",
    "PortalTicket",
    "TicketRow",
    "articles_load",
    "articles_public",
    "complaint_opinion_give",
    "complaint_rate",
    "complaint_receive",
    "complaints_for_portal",
    "complaints_load",
    "open_matters",
    "ticket_message_add",
    "ticket_rate",
    "ticket_receive",
    "tickets_for_portal",
    "tickets_load",
]


def ticket_receive(
    *,
    viewer: Viewer,
    customer_id: int,
    subject: str,
    content: str,
    channel: str,
    contact_id: int | None = None,
    received_at: dt.datetime | None = None,
) -> PortalTicket:
    """Take in a request; the clocks run from ``received_at``, now unless said.

    The portal calls it as ``system("portal")``: then nobody is the first contact yet. Raises: Forbidden, Invalid.
    """
    made = ticket_services.ticket_receive(
        viewer=viewer, customer=customer_id, subject=subject, content=content, channel=channel, contact_id=contact_id,
        received_at=received_at,
    )  # fmt: skip
    return ticket_shown(made)


def ticket_message_add(
    *, viewer: Viewer, ticket_uid: UUID, text: str, by_customer: bool, customer_id: int | None = None
) -> PortalTicket:
    """Add to the conversation: what the customer says, or an answer. On a ticket that is over, the customer reopens it.

    ``customer_id`` names whose ticket it must be: a portal always says it. Raises: NotFound, Forbidden, Invalid,
    TicketOver (an answer on what is over).
    """
    if by_customer:
        row = conversation.ticket_heard(viewer=viewer, uid=ticket_uid, version=None, text=text, customer_id=customer_id)
    else:
        row = conversation.ticket_answer(viewer=viewer, uid=ticket_uid, version=None, text=text)
    return ticket_shown(row)


def ticket_rate(*, viewer: Viewer, ticket_uid: UUID, satisfaction: int, customer_id: int | None = None) -> PortalTicket:
    """Note how satisfied the customer is, 1 to 5, once the ticket is solved. Raises: NotFound, Forbidden, Invalid,
    TicketNotClosed."""  # fmt: skip
    return ticket_shown(
        conversation.ticket_rate(
            viewer=viewer, uid=ticket_uid, version=None, satisfaction=satisfaction, customer_id=customer_id
        )
    )


def complaint_receive(
    *,
    viewer: Viewer,
    customer_id: int,
    content: str,
    form: str = "online",
    channel: str = "web",
    cause: str = "",
    contact_id: int | None = None,
    received_at: dt.datetime | None = None,
) -> PortalComplaint:
    """Take in a complaint; the promised limit stands on what comes back, so the customer is told at once.

    Raises: Forbidden, Invalid.
    """
    made = complaint_services.complaint_receive(
        viewer=viewer, customer=customer_id, content=content, form=form, channel=channel, cause=cause,
        contact_id=contact_id, received_at=received_at, is_promise_told=True,
    )  # fmt: skip
    return complaint_shown(made)


def complaint_opinion_give(
    *, viewer: Viewer, complaint_uid: UUID, is_accepted: bool, text: str = "", customer_id: int | None = None
) -> PortalComplaint:
    """Note whether the customer accepts the solution. Who does not says why, and the complaint is open again.

    ``customer_id`` names whose complaint it must be: a portal always says it. Raises: NotFound, Forbidden, Invalid,
    NotAnswered, StepTaken.
    """
    row = complaint_end.complaint_opinion_give(
        viewer=viewer, uid=complaint_uid, version=None, text=text, customer_id=customer_id,
        opinion=Opinion.ACCEPTED.value if is_accepted else Opinion.NOT_ACCEPTED.value,
    )  # fmt: skip
    return complaint_shown(row)


def complaint_rate(
    *, viewer: Viewer, complaint_uid: UUID, satisfaction: int, customer_id: int, note: str = ""
) -> PortalComplaint:
    """The customer's own mark, 1 to 5, for how a closed complaint was handled: the callback that was owed.

    Raises: NotFound, Forbidden, Invalid, NotClosed, StepTaken.
    """
    return complaint_shown(
        complaint_end.complaint_call_back(
            viewer=viewer, uid=complaint_uid, version=None, satisfaction=satisfaction, note=note,
            customer_id=customer_id,
        )
    )  # fmt: skip
