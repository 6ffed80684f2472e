"""Who owes a duty: never nobody without a warning."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import holders_of
from zhike.foundation.obligations import ports
from zhike.foundation.obligations.declaration import Declaration, Subject, owners_of
from zhike.foundation.obligations.models import RUNNING, Duty

log = logging.getLogger(__name__)
# Who takes what nobody else can be found for; a page shows it with a warning until somebody assigns it.
LAST_RESORT = ("post:it_team", "post:management")
_LONGEST_CHAIN = 12


@dataclass(frozen=True)
class Owner:
    """The person who owes, where they were found, and whether that was only the fallback."""

    person_id: int | None
    source: str
    is_fallback: bool


def owner_of(declaration: Declaration, subject: Subject, happened: Any = None) -> Owner:
    """The first person found in the declared places, then in the fallback posts, then IT and the management.

    Somebody who has left is replaced by their superior.
    """
    places = [(place, False) for place in owners_of(declaration)]
    places += [(place, True) for place in (*declaration.fallback, *LAST_RESORT)]
    for place, is_fallback in places:
        person, is_stand_in = _found_at(place, declaration, subject, happened)
        if person is not None:
            if is_fallback:
                log.warning("%s of %s:%s falls to %s", declaration.code, subject.kind, subject.id, place)
            return Owner(person, place, is_fallback or is_stand_in)
    log.error("nobody can be found for %s of %s:%s", declaration.code, subject.kind, subject.id)
    return Owner(None, "", True)


def _found_at(place: str, declaration: Declaration, subject: Subject, happened: Any) -> tuple[int | None, bool]:
    kind, _, name = place.partition(":")
    if kind == "post":
        return least_loaded(holders_of(name), declaration.code), False
    if kind == "event":
        named = getattr(happened, name, None)
    elif subject.customer_id is None:
        return None, False
    else:
        named = ports.owners_by(name, [subject.customer_id]).get(subject.customer_id)
    present = present_or_superior(named)
    return present, present != named


def present_or_superior(person_id: int | None) -> int | None:
    """The person if still here, else the nearest superior who is; None when there is nobody."""
    for _ in range(_LONGEST_CHAIN):
        if person_id is None:
            return None
        person = Person.objects.filter(pk=person_id).values("is_active", "superior_id").first()
        if person is None:
            return None
        if person["is_active"]:
            return person_id
        person_id = person["superior_id"]
    return None


def superior_of(person_id: int | None) -> int | None:
    """The nearest superior who is still here, never the person itself."""
    if person_id is None:
        return None
    above = Person.objects.filter(pk=person_id).values_list("superior_id", flat=True).first()
    found = present_or_superior(above)
    return None if found == person_id else found


def least_loaded(people: Iterable[Person], code: str) -> int | None:
    """Of several holders of a post, the one who owes the fewest duties of this kind."""
    ids = [person.pk for person in people]
    if len(ids) < 2:
        return ids[0] if ids else None
    running = Duty.objects.filter(code=code, person__in=ids, state__in=RUNNING)
    load = Counter(running.values_list("person_id", flat=True))
    return min(ids, key=lambda number: (load[number], ids.index(number)))


def escalation_of(declaration: Declaration | None, person_id: int | None) -> int | None:
    """Who hears of a breach: the declared post, else the owner's superior, else the management."""
    place = declaration.escalate_to if declaration is not None else "superior"
    found = None
    if place.startswith("post:"):
        found = _first(holders_of(place.removeprefix("post:")), person_id)
    return found or superior_of(person_id) or _first(holders_of("management"), person_id)


def _first(people: Iterable[Person], besides: int | None) -> int | None:
    return next((person.pk for person in people if person.pk != besides), None)
