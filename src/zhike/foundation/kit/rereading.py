"""A value that a process keeps, and reads anew when a cheap question says that it has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")
_NEVER = float("-inf")


@dataclass(frozen=True)
class _Kept(Generic[T]):
    token: object
    value: T
    asked_at: float


class Rereading(Generic[T]):
    """Keeps what ``read`` returned until ``token`` returns something else; asks for it every ``seconds`` at most.

    What a process changes itself it tells by :meth:`forget`, so that it sees its own change at once.
    """

    def __init__(self, token: Callable[[], object], read: Callable[[], T], *, seconds: float = 5.0) -> None:
        self._token, self._read, self._seconds = token, read, seconds
        # Replaced as a whole, so that threads never see half of it.
        self._kept: _Kept[T] | None = None
        self._undecided: tuple[object] | None = None

    def get(self) -> T:
        """The value, not older than ``seconds``."""
        kept, undecided = self._kept, self._undecided
        is_young = kept is not None and time.monotonic() - kept.asked_at < self._seconds
        if kept is not None and is_young and undecided is None:
            return kept.value
        token = self._token()
        if undecided is not None and undecided[0] != token:
            # What we wrote is not the last word any more: rolled back, or followed by another change.
            self._undecided = None
        if kept is not None and token == kept.token:
            self._kept = replace(kept, asked_at=time.monotonic())
            return kept.value
        fresh = self._read()
        self._kept = _Kept(token, fresh, time.monotonic())
        return fresh

    def ask(self) -> None:
        """Ask at the next question whether it has changed, however young the value is."""
        if (kept := self._kept) is not None:
            self._kept = replace(kept, asked_at=_NEVER)

    def forget(self, *, is_undecided: bool = False) -> None:
        """Read anew at the next question.

        With ``is_undecided`` ask every time: the change stands in a transaction that may still be rolled back.
        """
        self._kept = None
        self._undecided = (self._token(),) if is_undecided else None
