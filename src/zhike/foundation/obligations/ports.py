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


CalendarResolver = Callable[[int], str]
_CALENDARS: list[CalendarResolver] = []


def calendar_of(resolver: CalendarResolver) -> CalendarResolver:
    """Answer which clock runs for a customer: number in, ``elapsed`` or ``working`` out."""
    _CALENDARS[:] = [resolver]
    return resolver


def clock_for(customer_id: int | None) -> str:
    """The clock of a customer; working time for nobody's matters, and where no room answers."""
    return _CALENDARS[0](customer_id) if _CALENDARS and customer_id is not None else "working"


def owners_by(name: str, customer_ids: Sequence[int]) -> Mapping[int, int | None]:
    """Who stands in the relation ``name`` to each customer; nothing when no room answers."""
    resolver = _OWNERS.get(name)
    return resolver(customer_ids) if resolver is not None and customer_ids else {}
