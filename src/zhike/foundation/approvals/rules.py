"""When a step is asked, when it is done, and where an approval stands. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

OPEN, APPROVED, REJECTED, RETURNED = "open", "approved", "rejected", "returned"
ENDING = (REJECTED, RETURNED)


class Conditioned(Protocol):
    """Something that is asked only from a number on."""

    @property
    def value(self) -> str: ...
    @property
    def limit(self) -> tuple[str, str]: ...


def applies(when: Conditioned | None, values: Mapping[str, float], limit: float | None) -> bool:
    """Whether a step is asked: always, or where its value is at least the limit.

    A value or a limit that is not known asks: nothing passes because a number is missing.
    """
    if when is None or limit is None:
        return True
    known = values.get(when.value)
    return known is None or known >= limit


def is_done(rule: str, states: Sequence[str]) -> bool:
    """Whether a step whose signers stand at ``states`` is done: one has approved (any), or all have (all).

    A step that nobody was found for is never done by itself.
    """
    counted = [state for state in states if state in (OPEN, APPROVED)]
    if APPROVED not in counted:
        return False
    return rule == "any" or OPEN not in counted


@dataclass(frozen=True)
class Standing:
    """Where a round stands: ``verdict`` is empty while it runs; ``current`` is the place of the step that is asked."""

    verdict: str
    current: int | None


def standing(steps: Iterable[tuple[int, str, Sequence[str]]]) -> Standing:
    """Where a round stands from its steps as (place, rule, states of its signers), in any order.

    One rejection or return ends the round, whatever the rule. Without a step nothing is approved.
    """
    ordered = sorted(steps)
    for _place, _rule, states in ordered:
        for ending in ENDING:
            if ending in states:
                return Standing(ending, None)
    if not ordered:
        return Standing("", None)
    for place, rule, states in ordered:
        if not is_done(rule, states):
            return Standing("", place)
    return Standing(APPROVED, None)


@dataclass(frozen=True)
class Found:
    """Who is asked, and by which way they were found: declared, superior, fallback, or nobody."""

    people: tuple[int, ...]
    way: str


def signers(
    named: Sequence[int], superiors: Sequence[int], fallback: Sequence[int], fit: Collection[int],
    authors: Collection[int | None],
) -> Found:  # fmt: skip
    """Who signs a step: those named who may; else the nearest superior who may; else those of the fallback who may.

    ``fit`` are the people who may decide on the subject and see it. Authors never sign. Nobody found means that the
    step waits: it is never passed.
    """

    def may(people: Sequence[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(p for p in people if p in fit and p not in authors))

    if found := may(named):
        return Found(found, "declared")
    if found := may(superiors):
        return Found(found[:1], "superior")
    if found := may(fallback):
        return Found(found, "fallback")
    return Found((), "nobody")
