"""What the gate asks the rooms. One room answers each question; unanswered, it counts against sending."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from zhike.foundation.messages.gate_rule import NOT_ASKED, Ask

A = TypeVar("A", bound=Callable[..., Any])
_ANSWERS: dict[str, Callable[..., Any]] = {}

# consent(asks) → (given | withdrawn | not_asked, since) per ask
# address(asks) → whether there is an address for the channel, per ask
# stopped(asks) → whether the customer wants nothing of this kind this way, per ask
# history(asks, cap_since, same_since) → (sent since, when the same was said) per ask
QUESTIONS = ("consent", "address", "stopped", "history")


def gate_check(question: str) -> Callable[[A], A]:
    """Let the decorated function answer ``question`` for many asks at once, in their order."""
    if question not in QUESTIONS:
        raise ValueError(f"the gate asks {QUESTIONS}, not {question!r}")

    def register(answer: A) -> A:
        _ANSWERS[question] = answer
        return answer

    return register


def consents(asks: Sequence[Ask]) -> list[tuple[str, dt.datetime | None]]:
    """What each customer said about the purpose, and since when."""
    return _asked("consent", (NOT_ASKED, None), asks)


def addresses(asks: Sequence[Ask]) -> list[bool]:
    """Whether each can be reached."""
    return _asked("address", False, asks)


def stops(asks: Sequence[Ask]) -> list[bool]:
    """Whether each wants nothing of this kind."""
    return _asked("stopped", True, asks)


def histories(
    asks: Sequence[Ask], cap_since: dt.datetime, same_since: dt.datetime
) -> list[tuple[int, dt.datetime | None]]:
    """How much went out lately, and when the same was said."""
    return _asked("history", (0, None), asks, cap_since, same_since)


def _asked(question: str, closed: Any, asks: Sequence[Ask], *arguments: Any) -> list[Any]:
    answer = _ANSWERS.get(question)
    return [closed] * len(asks) if answer is None else list(answer(asks, *arguments))
