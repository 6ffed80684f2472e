"""How a room declares its duties, and the ear that the duties have on the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zhike.foundation import outbox
from zhike.foundation.obligations import register
from zhike.foundation.obligations.declaration import Declaration, Recurring, events_of
from zhike.foundation.obligations.engine import cancel_all, react
from zhike.foundation.obligations.services import hand_over, reassign
from zhike.foundation.outbox.event import Event

# One subscriber for all duties keeps start and fulfilment of one customer in order.
SUBSCRIBER = "obligations"
Doing = Callable[[Any], None]


def declare(*declarations: Declaration) -> None:
    """Run these duties from now on. Raises DeclarationFault for a code that is taken or a missing policy."""
    for declaration in declarations:
        register.add(declaration)
        for events in (declaration.starts, declaration.fulfils, declaration.cancels):
            for event in events_of(events):
                outbox.subscriber(event, SUBSCRIBER)(react)


def recurring(**fields: Any) -> Recurring:
    """Declare a recurring duty in one call. Fields as in :class:`Recurring`."""
    declaration = Recurring(**fields)
    declare(declaration)
    return declaration


def reaction(code: str, *, title: Any, on: type[Event]) -> Callable[[Doing], Doing]:
    """Declare what the system does itself when ``on`` happens; the decorated function does it."""

    def add(handler: Doing) -> Doing:
        register.add_reaction(register.Reaction(code, title, on))
        return outbox.subscriber(on, f"{SUBSCRIBER}.{code}")(handler)

    return add


def reassign_on(event: type[Event], *, relation: str, customers: Callable[[Any], Iterable[int]] | None = None) -> None:
    """Ask anew who stands in ``relation`` to a customer when ``event`` says that it has changed.

    ``customers`` takes the numbers from the event; without it they are its ``customer_id``.
    """

    def hand_over(happened: Any) -> None:
        ids = customers(happened) if customers is not None else [happened.customer_id]
        reassign(list(ids), relation=relation)

    outbox.subscriber(event, f"{SUBSCRIBER}.reassign.{relation}")(hand_over)


def hand_over_on(event: type[Event], *codes: str, subject: str, person: Callable[[Any], int | None]) -> None:
    """Give the running duties of ``codes`` about the event's ``subject`` to ``person(event)``.

    Heard by the same subscriber that starts duties, so that a duty is never handed over before it began; therefore the
    event may start, fulfil or cancel none itself.
    """

    def move(happened: Any) -> None:
        person_id = person(happened)
        if happened.is_live and person_id is not None:
            hand_over(subject, getattr(happened, f"{subject}_id"), codes, person_id)

    outbox.subscriber(event, SUBSCRIBER)(move)


def cancel_on(event: type[Event], *, customers: Callable[[Any], Iterable[int]] | None = None) -> None:
    """Let all running duties about a customer fall away when ``event`` says that the customer is gone."""

    def call_off(happened: Any) -> None:
        ids = customers(happened) if customers is not None else [happened.customer_id]
        cancel_all(list(ids), happened.at, reason=happened.event_name)

    outbox.subscriber(event, f"{SUBSCRIBER}.cancel")(call_off)
