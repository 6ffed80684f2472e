"""People and departments: who somebody is as a viewer, and how the organisation is set up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Department, Person, PostHolding
from zhike.foundation.access.viewer import Place, Reach, Viewer, reach_of, system, union
from zhike.foundation.kit import clock


def viewer_of(person: Person, *, address: str = "") -> Viewer:
    """The viewer that ``person`` is today, from the posts held now."""
    held = [posts()[code] for code in posts_held(person, clock.today()) if code in posts()]
    place = Place(
        person_id=person.pk,
        department_id=person.department_id,
        department_depth=person.department.depth if person.department else 0,
        report_ids=frozenset(person.reports.values_list("id", flat=True)),
        team_ids=frozenset(person.teams.values_list("id", flat=True)),
    )
    reach = Reach(owner_ids=frozenset({person.pk}))
    for post in held:
        reach = reach.joined(reach_of(post.scope, place))
    return Viewer(
        person_id=person.pk,
        name=person.name,
        posts=frozenset(post.code for post in held),
        department_id=person.department_id,
        levels=union(held),
        reach=Reach(everything=True) if reach.everything else reach,
        language=person.language,
        address=address,
    )


def rights_changed(person_ids: Iterable[int]) -> None:
    """Make new posts, departments, superiors or teams of these people take effect with their next request.

    The web keeps a viewer for as long as ``rights_version`` stays the same.
    """
    Person.objects.filter(pk__in=list(person_ids)).update(rights_version=F("rights_version") + 1)


def posts_held(person: Person, day: dt.date) -> list[str]:
    """Codes of the posts that ``person`` holds on ``day``."""
    current = person.holdings.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    return list(current.order_by("id").values_list("post", flat=True))


def is_active_person(person_id: int) -> bool:
    """Whether there is such a member of staff, still with the enterprise."""
    return Person.objects.filter(pk=person_id, is_active=True).exists()


def holders_of(post: str, *, department_id: int | None = None) -> list[Person]:
    """Active people who hold ``post`` today, of one department if named, in the order they came."""
    day = clock.today()
    people = Person.objects.filter(is_active=True, holdings__post=post, holdings__since__lte=day).filter(
        Q(holdings__until=None) | Q(holdings__until__gte=day)
    )
    if department_id is not None:
        people = people.filter(department_id=department_id)
    return list(people.order_by("id").distinct())


SETTING_UP = system("the organisation is set up")


@transaction.atomic
def department_add(
    *, name: str, parent: Department | None = None, external_id: str = "", viewer: Viewer = SETTING_UP
) -> Department:
    """Add a department below ``parent`` and note its ancestors, itself included. Raises Forbidden."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    depth = 0 if parent is None else parent.depth + 1
    department = Department(name=name, parent=parent, depth=depth, external_id=external_id)
    if parent is not None:
        for level in (1, 2, 3):
            setattr(department, f"ancestor_{level}_id", getattr(parent, f"ancestor_{level}_id"))
    department.save()
    if 1 <= depth <= 3:
        setattr(department, f"ancestor_{depth}_id", department.pk)
        department.save(update_fields=[f"ancestor_{depth}"])
    audit.record(
        viewer, "department.add", kind="department", object_id=department.pk, object_uid=department.uid,
        after={"name": name, "parent_id": parent.pk if parent else None},
    )  # fmt: skip
    return department


@transaction.atomic
def person_add(
    *,
    username: str,
    name: str,
    post_codes: Sequence[str],
    department: Department | None = None,
    superior: Person | None = None,
    password: str | None = None,
    language: str = "zh-hans",
    origin: str = "live",
    viewer: Viewer = SETTING_UP,
) -> Person:
    """Add a member of staff with posts. Without a password nobody can sign in as this person yet. Raises Forbidden."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    unknown = [code for code in post_codes if code not in posts()]
    if unknown:
        raise ValueError(f"unknown posts: {', '.join(unknown)}")
    person = Person.objects.create_user(
        username,
        password,
        name=name,
        department=department,
        superior=superior,
        language=language,
        origin=origin,
    )
    PostHolding.objects.bulk_create(PostHolding(person=person, post=code) for code in post_codes)
    audit.record(
        viewer, "person.add", kind="person", object_id=person.pk, object_uid=person.uid,
        after={"username": username, "posts": list(post_codes), "department_id": person.department_id},
    )  # fmt: skip
    return person
