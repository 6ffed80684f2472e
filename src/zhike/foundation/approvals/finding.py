"""Who signs a step: from the places of the flow to people who may decide on the subject and see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from zhike.foundation.access.deputies import viewer_on_behalf
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import holders_of, viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import ports, rules
from zhike.foundation.approvals.flow import Asked, Flow, Step
from zhike.foundation.approvals.rules import Found
from zhike.foundation.obligations.ports import owners_by

_LONGEST_CHAIN = 12


def may_decide(flow: Flow, step: Step | None, viewer: Viewer) -> bool:
    """Whether the viewer's posts let them decide on the step. Who was added to it needs only to see the subject."""
    if step is None:
        return viewer.may(flow.area, Level.BASIC)
    held = not step.holding or viewer.is_system or viewer.holds(*step.holding)
    return held and viewer.may(flow.area, flow.level)


def is_named(step: Step, viewer: Viewer, asked: Asked) -> bool:
    """Whether the viewer stands at one of the step's places today: a post that was given after the step was asked."""
    return viewer.person_id is not None and viewer.person_id in _people_at(step.who, asked)


def signers_of(flow: Flow, step: Step, asked: Asked, authors: Iterable[int | None], fallback: Sequence[str]) -> Found:
    """Who signs the step now, and by which way they were found. Deputies are asked besides: :func:`deputies_for`.

    Who stands in for a post of ``holding`` that nobody fit holds needs only the right to decide.
    """
    named = _people_at(step.who, asked)
    superiors, others = chain_above(asked.author_id), _people_at(tuple(fallback), asked)
    own = frozenset(authors)
    found = rules.signers(named, (), (), _fit(flow, step, asked, named), own)
    if found.people:
        return found
    beyond = [*superiors, *others]
    return rules.signers((), superiors, others, _fit(flow, None, asked, beyond), own)


def deputies_for(
    flow: Flow, step: Step | None, level: Level, asked: Asked, people: Iterable[int], authors: Iterable[int | None]
) -> list[tuple[int, int]]:  # fmt: skip
    """Deputies of those of ``people`` who are away, as (who is away, deputy): who may decide on their behalf, sees the
    subject by that, and had no hand in it. Who is asked already signs once only."""
    known, own, found = set(people), set(authors), []
    for away, deputy in ports.deputies_of(known):
        viewer = viewer_on_behalf(deputy, away)
        if viewer is None or deputy in known | own or away in own:
            continue
        may = may_decide(flow, step, viewer) and viewer.may(flow.area, level)
        if may and flow.sees(viewer, asked.subject_id):
            found.append((away, deputy))
            known.add(deputy)
    return found


def _fit(flow: Flow, step: Step | None, asked: Asked, people: Iterable[int]) -> set[int]:
    """Those of ``people`` who are here, whose posts include the decision, and who see the subject."""
    rows = Person.objects.select_related("department").filter(pk__in=set(people), is_active=True)
    found = set()
    for person in rows:
        viewer = viewer_of(person)
        may = may_decide(flow, step, viewer) if step is not None else viewer.may(flow.area, flow.level)
        if may and flow.sees(viewer, asked.subject_id):
            found.add(person.pk)
    return found


def chain_above(person_id: int | None) -> list[int]:
    """Superiors of a person, the nearest first; those who have left are passed over."""
    found: list[int] = []
    here = Person.objects.filter(pk=person_id).values_list("superior_id", flat=True).first() if person_id else None
    while here is not None and here not in found and len(found) < _LONGEST_CHAIN:
        found.append(here)
        here = Person.objects.filter(pk=here).values_list("superior_id", flat=True).first()
    return found


def head_of(person_id: int | None) -> int | None:
    """The head of a person's department: the highest superior within it, else the first one above it."""
    above = chain_above(person_id)
    own = Person.objects.filter(pk=person_id).values_list("department_id", flat=True).first()
    within = Person.objects.filter(pk__in=above, department_id=own).values_list("pk", flat=True)
    inside = [person for person in above if person in set(within)]
    return inside[-1] if inside else next(iter(above), None)


def _people_at(places: Sequence[str], asked: Asked) -> list[int]:
    found: list[int] = []
    for place in places:
        kind, _colon, name = place.partition(":")
        if kind == "post":
            found += [person.pk for person in holders_of(name)] if name in posts() else []
        elif kind == "person":
            found += _person(name)
        elif name == "superior":
            found += chain_above(asked.author_id)[:1]
        elif name == "department_head":
            head = head_of(asked.author_id)
            found += [head] if head is not None else []
        elif asked.customer_id is not None:
            owner = owners_by(name, [asked.customer_id]).get(asked.customer_id)
            found += [owner] if owner is not None else []
    return list(dict.fromkeys(found))


def _person(uid: str) -> list[int]:
    try:
        return list(Person.objects.filter(uid=UUID(uid), is_active=True).values_list("pk", flat=True))
    except ValueError:
        return []


def people_at(places: Sequence[str], asked: Asked) -> list[int]:
    """Everybody at these places: for copies, which ask for no right to decide."""
    return _people_at(places, asked)


def may_read(flow: Flow, person: Person, subject_id: int, area: Area | None = None) -> bool:
    """Whether a person may see what an approval is about."""
    viewer = viewer_of(person)
    return viewer.may(area or flow.area, Level.BASIC) and flow.sees(viewer, subject_id)
