"""The clocks of the serve room (section B): what the customer may expect, and who owes it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.events.serve import (
    ArticleDropped,
    ComplaintAnswered,
    ComplaintCalledBack,
    ComplaintClosed,
    ComplaintDispatched,
    ComplaintOpinionGiven,
    ComplaintReceived,
    ComplaintResolved,
    CustomerWrote,
    KnowledgePublished,
    OldComplaintRaised,
    OldTicketRaised,
    TicketAnswered,
    TicketClassified,
    TicketPassedOn,
    TicketReceived,
    TicketReclassified,
    TicketReopened,
    TicketSolved,
    TicketTaken,
)
from zhike.foundation import obligations
from zhike.foundation.obligations import Obligation
from zhike.serve.models.ticket import TicketClass
from zhike.serve.policy import ComplaintClocks, OldMatters, ServeClocks

_REPRESENTATIVE = "post:service_representative"
_SUPERVISOR = ("post:service_supervisor",)
# Whoever took it first stays answerable; of what came by itself the representative with the fewest.
_FIRST_CONTACT = ("event:first_contact_id", _REPRESENTATIVE)
_COUNTED = (ServeClocks, "counted")
_RECEIVER = ("event:receiver_id", "event:person_id", _REPRESENTATIVE)

obligations.declare(
    Obligation(
        code="B-02", title=_("Classify the ticket"), subject="ticket", starts=TicketReceived, fulfils=TicketClassified,
        within=(ServeClocks, "classify_hours"), clock=_COUNTED, began=lambda happened: happened.received_at,
        owed_by=_FIRST_CONTACT, fallback=_SUPERVISOR, proof=_("The class is confirmed on the ticket"),
        requirement="SERV-02",
    ),
    Obligation(
        code="B-03", title=_("Answer the customer"), subject="ticket",
        starts=(TicketReceived, CustomerWrote, TicketReopened), fulfils=TicketAnswered,
        within=(ServeClocks, "answer_hours"), clock=_COUNTED,
        began=lambda happened: getattr(happened, "received_at", happened.at), owed_by=_FIRST_CONTACT,
        fallback=_SUPERVISOR, proof=_("An answer to the customer stands in the conversation"),
        requirement="SERV-03",
    ),
    Obligation(
        code="B-04", title=_("Solve the technical problem"), subject="ticket",
        starts=(TicketClassified, TicketReclassified, TicketReopened), fulfils=TicketSolved,
        cancels=TicketReclassified, when=lambda happened: happened.ticket_class == TicketClass.TECHNICAL,
        within=(ServeClocks, "solve_hours"), clock=_COUNTED, owed_by=("event:handler_id", "post:support_engineer"),
        fallback=_SUPERVISOR, proof=_("A written solution stands on the ticket"), requirement="SERV-05",
    ),
    Obligation(
        code="B-05", title=_("Write the knowledge article"), subject="article", starts=TicketSolved,
        fulfils=KnowledgePublished, cancels=ArticleDropped, when=lambda happened: happened.is_new_problem,
        within=(ServeClocks, "knowledge_hours"), owed_by=("event:person_id", "post:support_engineer"),
        fallback=_SUPERVISOR, proof=_("The article is published"), requirement="SERV-06",
    ),
    Obligation(
        code="B-09", title=_("Answer the complaint as promised"), subject="complaint",
        starts=(ComplaintReceived, ComplaintOpinionGiven), fulfils=ComplaintAnswered,
        when=lambda happened: not getattr(happened, "is_accepted", False), due=lambda happened: happened.promised_at,
        began=lambda happened: getattr(happened, "received_at", happened.at), owed_by=_RECEIVER, fallback=_SUPERVISOR,
        proof=_("The customer has heard the solution with its basis"), requirement="COMP-03",
    ),
    Obligation(
        code="B-38", title=_("Dispatch the complaint"), subject="complaint", starts=ComplaintReceived,
        fulfils=ComplaintDispatched, within=(ComplaintClocks, "dispatch_hours"),
        began=lambda happened: happened.received_at, owed_by=_RECEIVER, fallback=_SUPERVISOR,
        proof=_("A department or person answers for the complaint"), requirement="COMP-02",
    ),
    Obligation(
        code="B-10", title=_("Tell the customer the result and ask for the opinion"), subject="complaint",
        starts=ComplaintResolved, fulfils=ComplaintAnswered, within=(ComplaintClocks, "feedback_minutes"),
        owed_by=_RECEIVER, fallback=_SUPERVISOR, proof=_("The customer has heard the solution with its basis"),
        requirement="COMP-04",
    ),
    Obligation(
        code="B-11", title=_("Call the customer back after the complaint"), subject="complaint",
        starts=ComplaintClosed, fulfils=ComplaintCalledBack, within=(ComplaintClocks, "callback_hours"),
        owed_by=_RECEIVER, fallback=_SUPERVISOR, proof=_("The callback with the satisfaction is recorded"),
        requirement="COMP-05",
    ),
    Obligation(
        code="B-21", title=_("Answer the old ticket of a customer who may leave"), subject="ticket",
        starts=OldTicketRaised, fulfils=(TicketAnswered, TicketSolved), within=(OldMatters, "answer_hours"),
        owed_by=("event:handler_id", _REPRESENTATIVE), fallback=_SUPERVISOR,
        proof=_("An answer to the customer stands in the conversation"), requirement="RET-12",
    ),
    Obligation(
        code="B-21/complaint", title=_("Answer the old complaint of a customer who may leave"), subject="complaint",
        starts=OldComplaintRaised, fulfils=(ComplaintAnswered, ComplaintClosed), within=(OldMatters, "answer_hours"),
        owed_by=("event:handler_id", _REPRESENTATIVE), fallback=_SUPERVISOR,
        proof=_("The customer has heard the solution with its basis"), requirement="RET-12",
    ),
)  # fmt: skip

# Who takes a matter first owes class and answer; passing on moves the work, not what the first contact owes.
obligations.hand_over_on(TicketTaken, "B-02", "B-03", subject="ticket", person=lambda happened: happened.person_id)
obligations.hand_over_on(TicketPassedOn, "B-04", "B-21", subject="ticket", person=lambda happened: happened.handler_id)
