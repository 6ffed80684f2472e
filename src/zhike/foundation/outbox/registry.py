"""Who listens to what. Filled once at start, by each room's ``subscribers``; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from zhike.foundation.outbox.event import Event

Handler = Callable[[Any], None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True)
class Subscriber:
    """A reaction after commit. ``in_transaction`` says that it and the mark "done" are written together."""

    name: str
    event: type[Event]
    handler: Handler
    in_transaction: bool = True
    when: Callable[[Any], bool] | None = None


_SUBSCRIBERS: dict[str, dict[str, Subscriber]] = {}
_PROJECTIONS: dict[str, list[Handler]] = {}


def subscriber(
    event: type[Event], name: str, *, in_transaction: bool = True, when: Callable[[Any], bool] | None = None
) -> Callable[[H], H]:
    """Call the decorated function with each ``event``, after commit, at least once, in order per key.

    Its name is stored with each delivery: do not rename it lightly. A handler that only writes to the database
    takes effect exactly once, because the mark "done" is part of its transaction. One that reaches out
    (mail, webhook) takes ``in_transaction=False`` and must bear being called twice. ``when`` is asked, while the event
    is published, whether it is to be heard at all: for who listens to much and is seldom wanted. Keep it quick.
    """

    def register(handler: H) -> H:
        taken = _SUBSCRIBERS.setdefault(event.event_name, {})
        known = taken.get(name)
        if known is not None and _place(known.handler) != _place(handler):
            raise ValueError(f"{event.event_name} has a subscriber named {name} already")
        taken[name] = Subscriber(name, event, handler, in_transaction, when)
        return handler

    return register


def projection(event: type[Event]) -> Callable[[H], H]:
    """Call the decorated function inside the transaction that publishes ``event``: "visible at once"."""

    def register(handler: H) -> H:
        known = _PROJECTIONS.setdefault(event.event_name, [])
        if _place(handler) not in map(_place, known):
            known.append(handler)
        return handler

    return register


def _place(handler: Handler) -> tuple[str, str, int]:
    """Where a handler is written; the object itself where one place makes several (closures, test functions)."""
    name = getattr(handler, "__qualname__", "")
    is_unique = bool(name) and "<locals>" not in name
    return (getattr(handler, "__module__", ""), name, 0 if is_unique else id(handler))


def subscribers_of(event_name: str) -> list[Subscriber]:
    """Everybody who listens to ``event_name``, in the order of registration."""
    return list(_SUBSCRIBERS.get(event_name, {}).values())


def subscriber_of(event_name: str, name: str) -> Subscriber | None:
    """The subscriber ``name`` of ``event_name``; None when it is gone from the code."""
    return _SUBSCRIBERS.get(event_name, {}).get(name)


def projections_of(event_name: str) -> list[Handler]:
    """What runs inside the transaction for ``event_name``."""
    return list(_PROJECTIONS.get(event_name, ()))
