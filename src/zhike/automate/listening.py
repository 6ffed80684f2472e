"""Which events anybody waits for, kept in the process: asked each time that something happens anywhere.

Who switches a rule or a subscription on in another process is heard of within two seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

_KEPT_SECONDS = 2.0
_SOURCES: dict[str, Callable[[], Iterable[str]]] = {}
_KEPT: dict[str, tuple[float, frozenset[str]]] = {}


def source(name: str, names: Callable[[], Iterable[str]]) -> None:
    """Say how the names of the events are found that ``name`` waits for."""
    _SOURCES[name] = names


def is_wanted(name: str, event_name: str) -> bool:
    """Whether ``name`` waits for the event."""
    read_at, wanted = _KEPT.get(name, (float("-inf"), frozenset()))
    if time.monotonic() - read_at > _KEPT_SECONDS:
        wanted = frozenset(_SOURCES[name]())
        _KEPT[name] = (time.monotonic(), wanted)
    return event_name in wanted


def forget() -> None:
    """Ask anew at the next event: after a change, and in tests, whose databases reuse numbers."""
    _KEPT.clear()
