"""What the serve room hears: its own news for the timeline, and that a customer may leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events import serve as news
from zhike.events.correspond import MessageReceived
from zhike.events.retain import WarningPublished
from zhike.foundation.access.viewer import system
from zhike.foundation.outbox import projection, subscriber
from zhike.serve.services.mail import mail_heard
from zhike.serve.services.old_matters import old_matters_raise

# Event → kind of the line, what of the event fills its sentence, whether it is a contact with the customer.
_TICKETS: dict[type[Any], tuple[str, tuple[str, ...], bool]] = {
    news.TicketReceived: ("ticket.opened", ("number", "subject"), True),
    news.TicketClassified: ("ticket.classified", ("number", "ticket_class"), False),
    news.TicketReclassified: ("ticket.classified", ("number", "ticket_class"), False),
    news.TicketPassedOn: ("ticket.passed_on", ("number", "handler_id"), False),
    news.CustomerWrote: ("ticket.heard", ("number",), True),
    news.TicketAnswered: ("ticket.answered", ("number",), True),
    news.TicketSolved: ("ticket.solved", ("number", "is_new_problem"), False),
    news.TicketClosed: ("ticket.closed", ("number",), False),
    news.TicketReopened: ("ticket.reopened", ("number", "reason"), False),
    news.TicketRated: ("ticket.rated", ("number", "satisfaction"), False),
}
_COMPLAINTS: dict[type[Any], tuple[str, tuple[str, ...], bool]] = {
    news.ComplaintReceived: ("complaint.received", ("number", "cause", "promised_at"), True),
    news.ComplaintPromiseTold: ("complaint.told", ("number", "promised_at"), True),
    news.ComplaintDispatched: ("complaint.dispatched", ("number", "department_id", "handler_id"), False),
    news.ComplaintInvestigated: ("complaint.investigated", ("number",), False),
    news.ComplaintResolved: ("complaint.resolved", ("number",), False),
    news.ComplaintAnswered: ("complaint.answered", ("number",), True),
    news.ComplaintOpinionGiven: ("complaint.opinion", ("number", "is_accepted"), True),
    news.ComplaintClosed: ("complaint.closed", ("number",), False),
    news.ComplaintCalledBack: ("complaint.called_back", ("number", "satisfaction"), True),
}
_GREETINGS: dict[type[Any], tuple[str, tuple[str, ...], bool]] = {
    news.GreetingAsked: ("greeting.asked", ("occasion",), False),
    news.GreetingGiven: ("greeting.given", ("occasion",), True),
    news.GreetingDropped: ("greeting.dropped", ("occasion",), False),
    news.GreetingRefused: ("greeting.refused", ("occasion", "reasons"), False),
    news.GreetingTakenOut: ("greeting.taken_out", ("occasion",), False),
    news.GreetingPutBack: ("greeting.put_back", ("occasion",), False),
}


def _line(event: Any, area: str, subject: str, told: tuple[str, tuple[str, ...], bool]) -> None:
    kind, names, is_contact = told
    words = {name: _plain(getattr(event, name)) for name in names}
    uid = UUID(getattr(event, f"{subject}_uid"))
    timeline_add(
        [
            Line(
                event.customer_id, getattr(event, "received_at", event.at), area, kind, words,
                getattr(event, "person_id", None), f"{subject}s", uid, is_contact, event.uid,
            )
        ]
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _ticket(event: Any) -> None:
    _line(event, "tickets", "ticket", _TICKETS[type(event)])


def _complaint(event: Any) -> None:
    _line(event, "complaints", "complaint", _COMPLAINTS[type(event)])


def _greeting(event: Any) -> None:
    _line(event, "loyalty", "greeting", _GREETINGS[type(event)])


for _event in _TICKETS:
    projection(_event)(_ticket)
for _event in _COMPLAINTS:
    projection(_event)(_complaint)
for _event in _GREETINGS:
    projection(_event)(_greeting)


@subscriber(MessageReceived, "serve.mail")
def _wrote(event: MessageReceived) -> None:
    """What a customer writes about a ticket stands in its conversation; what is about nothing yet becomes a ticket."""
    if event.is_live and not event.is_machine_made:
        mail_heard(event)


@subscriber(WarningPublished, "serve.old_matters")
def _may_leave(event: WarningPublished) -> None:
    """Old open issues of a customer on the warning list are answered within a day (RET-12)."""
    if event.is_live:
        old_matters_raise(viewer=system("the customer may leave"), customer_id=event.customer_id, at=event.at)
