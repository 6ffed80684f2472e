"""What made an event happen, where that was a machine: a trail that travels with events, through every reaction.

Whoever acts by itself and hears of events (a rule of automation) writes itself into the trail, and learns from the
trail of an event whether it would answer itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CHAIN: ContextVar[str] = ContextVar("outbox_chain", default="")


def now() -> str:
    """The trail of what is being done: words with a blank between, the oldest first; empty when a person does it."""
    return _CHAIN.get()


@contextmanager
def within(chain: str) -> Iterator[None]:
    """Let everything that is published in here carry ``chain``."""
    token = _CHAIN.set(chain)
    try:
        yield
    finally:
        _CHAIN.reset(token)
