"""What was declared, and the ear that the duties have on the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zhike.foundation import outbox
from zhike.foundation.obligations.declaration import (
    Declaration,
    DeclarationFault,
    Obligation,
    Recurring,
    unit_of,
)
from zhike.foundation.outbox.event import Event

SUBSCRIBER = "obligations"
_DECLARED: dict[str, Declaration] = {}
_REACTIONS: dict[str, Reaction] = {}
_HEARD: set[str] = set()


@dataclass(frozen=True)
class Reaction:
    """An entry of section B that the system does itself, at once."""

    code: str
    title: Any
    on: type[Event]


def declare(*declarations: Declaration) -> None:
    """Run these duties from now on. Raises DeclarationFault for a code that is taken or a missing policy."""
    for declaration in declarations:
        known = _DECLARED.get(declaration.code)
        if known is not None and known != declaration:
            raise DeclarationFault(f"{declaration.code} is declared twice")
        unit_of(declaration)
        _DECLARED[declaration.code] = declaration
        for event in (*declaration.starts, *declaration.fulfils, *declaration.cancels):
            _hear(event)


def recurring(**fields: Any) -> Recurring:
    """Declare a recurring duty in one call. Fields as in :class:`Recurring`."""
    declaration = Recurring(**fields)
    declare(declaration)
    return declaration


def reaction(code: str, *, title: Any, on: type[Event]) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Declare what the system does itself when ``on`` happens; the decorated function does it."""

    def register(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        _REACTIONS[code] = Reaction(code, title, on)
        outbox.subscriber(on, f"{SUBSCRIBER}.{code}")(handler)
        return handler

    return register


def reassign_on(event: type[Event], *, relation: str, customers: Callable[[Any], Iterable[int]] | None = None) -> None:
    """Ask anew who stands in ``relation`` to a customer when ``event`` says that it has changed."""

    def hand_over(happened: Any) -> None:
        from zhike.foundation.obligations.services import reassign

        ids = customers(happened) if customers is not None else [happened.customer_id]
        reassign(list(ids), relation=relation)

    outbox.subscriber(event, f"{SUBSCRIBER}.reassign.{relation}")(hand_over)


def declared() -> Mapping[str, Declaration]:
    """All declared duties by code."""
    return dict(_DECLARED)


def reactions() -> Mapping[str, Reaction]:
    """All declared reactions of the system by code."""
    return dict(_REACTIONS)


def started_by(event: type[Event]) -> list[Obligation]:
    """Duties that ``event`` starts."""
    return [d for d in _DECLARED.values() if isinstance(d, Obligation) and event in d.starts]


def fulfilled_by(event: type[Event]) -> list[Declaration]:
    """Duties that ``event`` fulfils."""
    return [d for d in _DECLARED.values() if event in d.fulfils]


def cancelled_by(event: type[Event]) -> list[Declaration]:
    """Duties that ``event`` makes needless."""
    return [d for d in _DECLARED.values() if event in d.cancels]


def _hear(event: type[Event]) -> None:
    """Subscribe once per event: one subscriber for all duties keeps start and fulfilment in order."""
    if event.event_name in _HEARD:
        return
    _HEARD.add(event.event_name)
    outbox.subscriber(event, SUBSCRIBER)(_react)


def _react(happened: Event) -> None:
    from zhike.foundation.obligations.engine import react

    react(happened)
