"""Questions that only the rooms can answer; they fill these ports at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable

DeputyResolver = Callable[[Iterable[int]], Iterable[tuple[int, int]]]
_DEPUTIES: list[DeputyResolver] = []


def deputies(resolver: DeputyResolver) -> DeputyResolver:
    """Answer who stands in for whom today: people in, pairs of who is away and a deputy out. They are asked besides."""
    _DEPUTIES.append(resolver)
    return resolver


def deputies_of(people: Iterable[int]) -> list[tuple[int, int]]:
    """Those who are away with their deputies; nothing while nobody answers."""
    asked = list(people)
    found = (pair for resolver in _DEPUTIES for pair in resolver(asked))
    return [pair for pair in dict.fromkeys(found) if pair[0] != pair[1]]
