"""Questions that only the rooms can answer; they fill these ports at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

OwnerResolver = Callable[[Sequence[int]], Mapping[int, int | None]]
_OWNERS: dict[str, OwnerResolver] = {}


def owner_relation(name: str) -> Callable[[OwnerResolver], OwnerResolver]:
    """Answer ``relation:<name>``: customer numbers in, the number of the person by customer out."""

    def register(resolver: OwnerResolver) -> OwnerResolver:
        _OWNERS[name] = resolver
        return resolver

    return register


def owners_by(name: str, customer_ids: Sequence[int]) -> Mapping[int, int | None]:
    """Who stands in the relation ``name`` to each customer; nothing when no room answers."""
    resolver = _OWNERS.get(name)
    return resolver(customer_ids) if resolver is not None and customer_ids else {}
