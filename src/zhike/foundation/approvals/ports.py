"""Questions that only the rooms can answer; they fill these ports at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

DeputyResolver = Callable[[Iterable[int]], Mapping[int, int]]
_DEPUTIES: list[DeputyResolver] = []


def deputies(resolver: DeputyResolver) -> DeputyResolver:
    """Answer who stands in for whom today: people away in, their deputies out. They are asked besides."""
    _DEPUTIES.append(resolver)
    return resolver


def deputies_of(people: Iterable[int]) -> dict[int, int]:
    """Deputies of those who are away, by the number of who is away; nothing while nobody answers."""
    found: dict[int, int] = {}
    asked = list(people)
    for resolver in _DEPUTIES:
        found |= {person: deputy for person, deputy in resolver(asked).items() if deputy != person}
    return found
