"""Reading the organisation: the chart with head counts, and the people of a department with their posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from zhike.foundation.access.models import Department, Person, PostHolding, held_on
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock


@dataclass(frozen=True)
class Branch:
    """A department in the order of the chart: ``people`` work in it, ``below`` in it and in all departments below."""

    id: int
    uid: UUID
    name: str
    depth: int
    people: int
    below: int


@dataclass(frozen=True)
class Member:
    """A member of staff with the posts held today."""

    uid: UUID
    name: str
    username: str
    posts: tuple[str, ...]
    superior: str
    is_active: bool


def enterprise() -> str:
    """What the enterprise calls itself: as the settings say, else the top of its chart; empty before the set-up."""
    top = Department.objects.filter(parent=None).order_by("id").values_list("name", flat=True).first()
    return settings.ENTERPRISE or top or ""


def chart() -> list[Branch]:
    """All departments, each followed by those below it."""
    children: dict[int | None, list[Department]] = defaultdict(list)
    for department in Department.objects.order_by("id"):
        children[department.parent_id].append(department)
    active = Person.objects.filter(is_active=True, department__isnull=False)
    heads = Counter(active.values_list("department_id", flat=True))
    return _branches(children, heads, None)


def _branches(children: dict[int | None, list[Department]], heads: Counter[int], parent: int | None) -> list[Branch]:
    found: list[Branch] = []
    for department in children.get(parent, ()):
        below = _branches(children, heads, department.pk)
        own = heads[department.pk]
        total = own + sum(branch.people for branch in below)
        found += [
            Branch(department.pk, department.uid, department.name, department.depth, own, total),
            *below,
        ]
    return found


def people_of(department_id: int | None, *, limit: int = 200) -> list[Member]:
    """The people of a department (of none, for None), those who are here first; at most ``limit``."""
    rows = Person.objects.filter(department_id=department_id).select_related("superior")
    people = list(rows.order_by("-is_active", "name", "id")[:limit])
    held = posts_of([person.pk for person in people])
    return [
        Member(
            person.uid, person.name, person.username, held.get(person.pk, ()),
            person.superior.name if person.superior else "", person.is_active,
        )
        for person in people
    ]  # fmt: skip


def posts_of(person_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Codes of the posts that these people hold today."""
    rows = PostHolding.objects.filter(held_on(clock.today()), person__in=person_ids)
    held: dict[int, tuple[str, ...]] = {}
    for person_id, post in rows.order_by("id").values_list("person_id", "post"):
        held[person_id] = (*held.get(person_id, ()), post)
    return held


def people_within(viewer: Viewer, person_ids: Collection[int]) -> set[int]:
    """Those of these people who work within the viewer's reach: oneself, reports, the team, the departments."""
    reach = viewer.reach
    if reach.everything:
        return set(person_ids)
    within = Q(pk__in=reach.owner_ids) | Q(teams__in=reach.team_ids) | Q(department__in=reach.department_ids)
    for depth, department_id in reach.subtrees:
        within |= Q(department=department_id)
        if 1 <= depth <= 3:
            within |= Q(**{f"department__ancestor_{depth}": department_id})
    found = Person.objects.filter(within, pk__in=person_ids)
    return set(found.values_list("pk", flat=True))
