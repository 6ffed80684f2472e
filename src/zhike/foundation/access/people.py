"""People and departments: who somebody is as a viewer, and how the organisation is set up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level, Post, posts
from zhike.foundation.access.models import Department, Person, PostHolding, Share, held_on
from zhike.foundation.access.viewer import Place, Reach, Shared, Viewer, reach_of, system, union
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal


def viewer_of(person: Person, *, address: str = "") -> Viewer:
    """The viewer that ``person`` is today, from the posts held now and what others have shared."""
    held = [posts()[code] for code in posts_held(person, clock.today()) if code in posts()]
    reach = reach_by(person, held)
    shared = Reach() if reach.everything else Reach(shared=shared_with(person, [post.code for post in held]))
    return Viewer(
        person_id=person.pk,
        name=person.name,
        posts=frozenset(post.code for post in held),
        department_id=person.department_id,
        levels=union(held),
        reach=reach.joined(shared),
        language=person.language,
        address=address,
    )


def reach_by(person: Person, held: Iterable[Post]) -> Reach:
    """The rows that these posts let a person see, from where the person stands in the organisation."""
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
    return Reach(everything=True) if reach.everything else reach


def shared_with(person: Person, codes: Iterable[str]) -> frozenset[Shared]:
    """The records that are open today to the person, to one of these posts, or to a department the person stands in."""
    place = person.department
    above = {getattr(place, f"ancestor_{level}_id", None) for level in (1, 2, 3)} | {person.department_id}
    to = Q(person=person.pk) | Q(post__in=[code for code in codes if code]) | Q(department__in=above - {None})
    rows = Share.objects.filter(to, ended_at=None, until__gte=clock.today())
    return frozenset(Shared(*row) for row in rows.values_list("kind", "object_id", "is_full", "may_edit"))


def rights_changed(person_ids: Iterable[int]) -> None:
    """Make new posts, departments, superiors or teams of these people take effect with their next request.

    The web keeps a viewer for as long as ``rights_version`` stays the same.
    """
    Person.objects.filter(pk__in=list(person_ids)).update(rights_version=F("rights_version") + 1)


def posts_held(person: Person, day: dt.date) -> list[str]:
    """Codes of the posts that ``person`` holds on ``day``."""
    return list(person.holdings.filter(held_on(day)).order_by("id").values_list("post", flat=True))


def is_active_person(person_id: int) -> bool:
    """Whether there is such a member of staff, still with the enterprise."""
    return Person.objects.filter(pk=person_id, is_active=True).exists()


def holders_of(post: str, *, department_id: int | None = None) -> list[Person]:
    """Active people who hold ``post`` today, of one department if named, in the order they came."""
    holding = PostHolding.objects.filter(held_on(clock.today()), post=post).values("person_id")
    people = Person.objects.filter(is_active=True, pk__in=holding)
    if department_id is not None:
        people = people.filter(department_id=department_id)
    return list(people.order_by("id"))


SETTING_UP = system("the organisation is set up")


#: How deep the chart may go below its top: a row carries this many ancestors.
DEEPEST = 3


class TooDeep(Refusal):
    """The chart would go deeper than rows can carry."""

    code = "department_too_deep"
    sentence = _("The organisation goes three levels deep below its top, no deeper. Choose a place higher up.")


class OwnRights(Refusal):
    """Nobody decides on their own rights."""

    code = "own_rights"
    status = 403
    sentence = _("Nobody changes their own rights. Ask management to decide.")


class ManagementDecides(Refusal):
    """Posts that change settings or decide on them are given and taken by who decides on settings."""

    code = "management_decides"
    status = 403
    sentence = _("This post changes rules and rights, so management gives and takes it. Ask management to do it.")


def rules_rights(post: str) -> bool:
    """Whether a post edits settings or decides on them: who holds it rules over the rights of others."""
    return not posts()[post].areas.get(Area.SETTINGS, frozenset()).isdisjoint({Level.EDIT, Level.APPROVE})


def require_posts(viewer: Viewer, codes: Iterable[str]) -> None:
    """Refuse unless the viewer may give and take these posts.

    Raises: Forbidden, Invalid (no such post), ManagementDecides.
    """
    if not viewer.may(Area.SETTINGS, Level.APPROVE):
        viewer.require(Area.SETTINGS, Level.EDIT)
    for code in codes:
        if code not in posts():
            raise Invalid(fields={"post": "unknown"}, post=code)
        if rules_rights(code) and not viewer.may(Area.SETTINGS, Level.APPROVE):
            raise ManagementDecides(post=code)


@transaction.atomic
def department_add(
    *, name: str, parent: Department | None = None, external_id: str = "", viewer: Viewer = SETTING_UP
) -> Department:
    """Add a department below ``parent`` and note its ancestors, itself included.

    Only the system starts a second chart. Raises: Forbidden, Invalid, TooDeep.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    if not name.strip():
        raise Invalid(fields={"name": "required"})
    if parent is None and not viewer.is_system and Department.objects.exists():
        raise Invalid(fields={"parent": "required"})
    depth = 0 if parent is None else parent.depth + 1
    if depth > DEEPEST:
        raise TooDeep()
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
    email: str = "",
    viewer: Viewer = SETTING_UP,
) -> Person:
    """Add a member of staff with posts. Without a password nobody can sign in as this person yet.

    Raises: Forbidden, Invalid (a name is missing or taken), ManagementDecides.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    unknown = [code for code in post_codes if code not in posts()]
    if unknown:
        raise ValueError(f"unknown posts: {', '.join(unknown)}")
    require_posts(viewer, post_codes)
    missing = {key: "required" for key, value in (("username", username), ("name", name)) if not value.strip()}
    if missing:
        raise Invalid(fields=missing)
    if Person.objects.filter(username=username).exists():
        raise Invalid(fields={"username": "taken"})
    person = Person.objects.create_user(
        username,
        password,
        name=name,
        email=email,
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
