"""What the present work is called: the id of a request, a run or an event, for answers and log lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CURRENT: ContextVar[str] = ContextVar("zhike_trace", default="")


def current() -> str:
    """The id of what this thread works on; empty between two things."""
    return _CURRENT.get()


def begin(name: str) -> None:
    """From here on this thread works on ``name``, until it begins something else: for what is also told afterwards."""
    _CURRENT.set(name)


@contextmanager
def of(name: str) -> Iterator[None]:
    """Everything inside is done for ``name``."""
    held = _CURRENT.set(name)
    try:
        yield
    finally:
        _CURRENT.reset(held)
