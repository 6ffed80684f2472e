"""What the serve room tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("serve.TicketReceived")
class TicketReceived(Event):
    """A request came in at ``received_at``; ``first_contact_id`` took it, nobody where it came by the portal."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    subject: str
    channel: str
    received_at: dt.datetime
    first_contact_id: int | None
    person_id: int | None


@event("serve.TicketTaken")
class TicketTaken(Event):
    """``person_id`` is the first who took the matter and stays answerable for it."""

    customer_id: int
    ticket_id: int
    person_id: int


@event("serve.TicketClassified")
class TicketClassified(Event):
    """A ticket has its class; ``handler_id`` works on it, ``was_proposed`` says that the system had it right."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    ticket_class: str
    was_proposed: bool
    handler_id: int | None
    person_id: int | None


@event("serve.TicketReclassified")
class TicketReclassified(Event):
    """The class of a ticket was changed."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    before: str
    ticket_class: str
    handler_id: int | None
    person_id: int | None


@event("serve.TicketPassedOn")
class TicketPassedOn(Event):
    """Somebody else works on the ticket now; who took it first stays answerable."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    handler_before: int | None
    handler_id: int
    first_contact_id: int | None
    person_id: int | None


@event("serve.CustomerWrote")
class CustomerWrote(Event):
    """The customer added something to a ticket and waits for an answer."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    first_contact_id: int | None


@event("serve.TicketAnswered")
class TicketAnswered(Event):
    """The customer was answered; ``is_first`` for the first time."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    is_first: bool
    person_id: int | None


@event("serve.TicketSolved")
class TicketSolved(Event):
    """The customer has a solution. Of a new problem ``article_id`` is the draft that waits to be written."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    ticket_class: str
    is_new_problem: bool
    article_id: int | None
    person_id: int | None


@event("serve.TicketClosed")
class TicketClosed(Event):
    """A solved ticket was closed."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    person_id: int | None


@event("serve.TicketReopened")
class TicketReopened(Event):
    """The solution did not hold: the ticket is worked on again. ``reason``: ``customer_wrote``, or what staff said."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    ticket_class: str
    reason: str
    first_contact_id: int | None
    handler_id: int | None
    person_id: int | None


@event("serve.TicketRated")
class TicketRated(Event):
    """The customer said how satisfied the service left them, 1 to 5."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    satisfaction: float


@event("serve.ArticleDropped")
class ArticleDropped(Event):
    """The draft of an article will not be written: there was nothing new to learn."""

    customer_id: int | None
    article_id: int
    ticket_id: int | None
    person_id: int | None


@event("serve.KnowledgePublished")
class KnowledgePublished(Event):
    """A knowledge article can be found by everybody who answers customers; ``customer_id`` is whose ticket it is from.

    None for an article that was begun by hand.
    """

    customer_id: int | None
    article_id: int
    ticket_id: int | None
    is_public: bool
    person_id: int | None


@event("serve.ComplaintReceived")
class ComplaintReceived(Event):
    """A complaint was taken in and is answered until ``promised_at``."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    cause: str
    received_at: dt.datetime
    promised_at: dt.datetime
    person_id: int | None


@event("serve.ComplaintPromiseTold")
class ComplaintPromiseTold(Event):
    """The customer knows the number of the complaint and that it is answered until ``promised_at``."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    promised_at: dt.datetime
    person_id: int | None


@event("serve.ComplaintDispatched")
class ComplaintDispatched(Event):
    """A complaint went to the department or person that answers for it."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    department_id: int | None
    handler_id: int | None
    person_id: int | None


@event("serve.ComplaintInvestigated")
class ComplaintInvestigated(Event):
    """Cause, responsible party and scope of effect of a complaint are known."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    person_id: int | None


@event("serve.ComplaintResolved")
class ComplaintResolved(Event):
    """A solution with its basis is ready: the customer is to hear it at once."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    receiver_id: int | None
    person_id: int | None


@event("serve.ComplaintAnswered")
class ComplaintAnswered(Event):
    """The customer has a clear answer with its basis, and was asked for an opinion."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    person_id: int | None


@event("serve.ComplaintOpinionGiven")
class ComplaintOpinionGiven(Event):
    """The customer accepted the solution, or did not: then the complaint is open again."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    is_accepted: bool
    promised_at: dt.datetime
    receiver_id: int | None
    person_id: int | None


@event("serve.ComplaintClosed")
class ComplaintClosed(Event):
    """A complaint was closed; the customer is to be called back."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    receiver_id: int | None
    person_id: int | None


@event("serve.ComplaintCalledBack")
class ComplaintCalledBack(Event):
    """The customer was asked how satisfied the handling left them, 1 to 5."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    satisfaction: int
    person_id: int | None


@event("serve.OldTicketRaised")
class OldTicketRaised(Event):
    """A customer may leave and has a ticket that has been open for long: it is to be answered now."""

    customer_id: int
    ticket_id: int
    ticket_uid: str
    number: str
    handler_id: int | None


@event("serve.OldComplaintRaised")
class OldComplaintRaised(Event):
    """A customer may leave and has a complaint that has been open for long: it is to be answered now."""

    customer_id: int
    complaint_id: int
    complaint_uid: str
    number: str
    handler_id: int | None


@event("serve.GreetingAsked")
class GreetingAsked(Event):
    """The owner is to greet the customer by phone until ``due_at``; ``occasion`` is birthday or holiday."""

    customer_id: int
    greeting_id: int
    greeting_uid: str
    occasion: str
    due_at: dt.datetime
    owner_id: int | None


@event("serve.GreetingGiven")
class GreetingGiven(Event):
    """``person_id`` has greeted the customer."""

    customer_id: int
    greeting_id: int
    greeting_uid: str
    occasion: str
    person_id: int | None


@event("serve.GreetingDropped")
class GreetingDropped(Event):
    """The customer is not greeted by phone after all."""

    customer_id: int
    greeting_id: int
    greeting_uid: str
    occasion: str
    person_id: int | None


@event("serve.GreetingRefused")
class GreetingRefused(Event):
    """A greeting did not become a message; ``reasons`` are codes. What the gate refuses is told as a message."""

    customer_id: int
    greeting_id: int
    greeting_uid: str
    occasion: str
    reasons: tuple[str, ...]


@event("serve.GreetingTakenOut")
class GreetingTakenOut(Event):
    """Somebody took a planned greeting out: it is not sent."""

    customer_id: int
    greeting_id: int
    greeting_uid: str
    occasion: str
    person_id: int | None


@event("serve.GreetingPutBack")
class GreetingPutBack(Event):
    """A greeting that was taken out is planned again."""

    customer_id: int
    greeting_id: int
    greeting_uid: str
    occasion: str
    person_id: int | None


@event("serve.GreetingDayChanged")
class GreetingDayChanged(Event):
    """A holiday on which customers are greeted was added, changed or removed."""

    greeting_day_id: int
    is_on: bool


@event("serve.MatterCorrected")
class MatterCorrected(Event):
    """What was written down of a ticket or complaint (``kind``) was corrected; ``fields`` names columns, not values."""

    customer_id: int
    kind: str
    matter_uid: str
    number: str
    fields: tuple[str, ...]
    person_id: int | None
