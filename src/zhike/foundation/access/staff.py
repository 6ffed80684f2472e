"""Changing members of staff: where they stand, which posts they hold, and leaving with everything handed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access import estates
from zhike.foundation.access.deciding import is_own
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person, PostHolding
from zhike.foundation.access.people import (
    OwnRights,
    holders_of,
    posts_held,
    require_posts,
    rights_changed,
    rules_rights,
)
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale


class LastHolder(Refusal):
    """Somebody must be left who can change settings, and somebody who decides on them."""

    code = "last_holder"
    sentence = _("Nobody else holds this post, and the enterprise needs it. Give it to somebody else first.")


class AlreadyHeld(Refusal):
    """The person holds the post."""

    code = "post_already_held"
    sentence = _("This person holds the post already.")


class NotHeld(Refusal):
    """The person does not hold the post."""

    code = "post_not_held"
    sentence = _("This person does not hold the post. Reload the page.")


class HasLeft(Refusal):
    """The account is closed."""

    code = "has_left"
    sentence = _("This account is closed. Open it again first.")


class IsHere(Refusal):
    """The account is open."""

    code = "is_here"
    sentence = _("This account is open already.")


@transaction.atomic
def person_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Person:
    """Change name, e-mail, language, ``department`` or ``superior`` (their numbers).

    The person's records follow into another department. Rights take effect with the next request.
    Raises: NotFound, Forbidden, Stale, Invalid (unknown, or a circle of superiors), OwnRights.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    person = locked(uid, version)
    if is_own(viewer, person.pk) and not {"department", "superior"}.isdisjoint(changes):
        raise OwnRights()
    before = {key: _held(person, key) for key in changes}
    superiors = {person.superior_id}
    for key, value in changes.items():
        _set(person, key, value)
    _refuse_circle(person)
    _saved(person)
    if before.get("department", person.department_id) != person.department_id:
        estates.department_follows_owner(person)
    rights_changed({person.pk, *superiors, person.superior_id} - {None})  # type: ignore[arg-type]
    _record(viewer, "person.update", person, before, {key: _held(person, key) for key in changes})
    return person


@transaction.atomic
def post_give(
    *, viewer: Viewer, uid: UUID, version: int, post: str, until: dt.date | None = None, reason: str = ""
) -> Person:
    """Give a post, from today until ``until`` if named. Rights take effect with the next request.

    Nobody gives one to themselves; posts that rule rights are given by who decides on settings.
    Raises: NotFound, Forbidden, Stale, Invalid, OwnRights, ManagementDecides, AlreadyHeld, HasLeft.
    """
    require_posts(viewer, [post])
    person = _of_somebody_else(viewer, uid, version)
    if not person.is_active:
        raise HasLeft()
    if post in posts_held(person, clock.today()):
        raise AlreadyHeld()
    if until is not None and until < clock.today():
        raise Invalid(fields={"until": "in_the_past"})
    PostHolding.objects.update_or_create(person=person, post=post, defaults={"since": clock.today(), "until": until})
    _rights_taken(person)
    _record(
        viewer, "person.post_give", person, {}, {"post": post, "until": until.isoformat() if until else None}, reason
    )
    return person


@transaction.atomic
def post_take(*, viewer: Viewer, uid: UUID, version: int, post: str, reason: str = "") -> Person:
    """Take a post away, at once. Raises as :func:`post_give`, NotHeld, LastHolder."""
    require_posts(viewer, [post])
    person = _of_somebody_else(viewer, uid, version)
    if post not in posts_held(person, clock.today()):
        raise NotHeld()
    _refuse_last(person, [post])
    yesterday = clock.today() - dt.timedelta(days=1)
    PostHolding.objects.filter(person=person, post=post).update(until=yesterday)
    _rights_taken(person)
    _record(viewer, "person.post_take", person, {"post": post}, {}, reason)
    return person


@transaction.atomic
def person_deactivate(
    *, viewer: Viewer, uid: UUID, version: int, receiver: int | None = None, reason: str = ""
) -> Person:
    """Close an account: customers and duties pass to ``receiver``, who must be named where there are any.

    Whoever reports to this person reports to the superior from now on. What was open in a browser ends at once.
    Raises: NotFound, Forbidden, Stale, Invalid (no receiver), OwnRights, ManagementDecides, HasLeft, LastHolder.
    """
    person, held = closable(viewer, uid, version)
    close(viewer, person, held, {"receiver_id": receiver, **_hand_over(viewer, person, receiver)}, reason)
    return person


def closable(viewer: Viewer, uid: UUID, version: int) -> tuple[Person, list[str]]:
    """The person, locked, and their posts, where the viewer may close the account. Raises: as the above."""
    require_posts(viewer, ())
    person = _of_somebody_else(viewer, uid, version)
    if not person.is_active:
        raise HasLeft()
    held = posts_held(person, clock.today())
    require_posts(viewer, held)
    _refuse_last(person, held)
    return person, held


def close(viewer: Viewer, person: Person, held: list[str], passed: dict[str, Any], reason: str) -> dict[str, int]:
    """Close the account at once, and everything that ends with it; says how much of that there was, by kind."""
    ended = {ending.code: count for ending in endings() if (count := ending.end(viewer, person.pk))}
    reports = list(person.reports.values_list("pk", flat=True))
    Person.objects.filter(pk__in=reports).update(superior=person.superior_id)
    person.teams.clear()
    person.is_active = False
    _saved(person)
    rights_changed({person.pk, *reports, person.superior_id} - {None})  # type: ignore[arg-type]
    _record(viewer, "person.deactivate", person, {"posts": held}, {**passed, **ended}, reason)
    return ended


@dataclass(frozen=True)
class Ending:
    """Something that ends with an account, such as sessions: how many there are, and what ends them."""

    code: str
    words: Any
    count: Callable[[int], int]
    end: Callable[[Viewer, int], int]


_ENDINGS: dict[str, Ending] = {}


def ends_with_account(ending: Ending) -> Ending:
    """Say what else ends with an account; the same code again replaces."""
    _ENDINGS[ending.code] = ending
    return ending


def endings() -> list[Ending]:
    """Everything that ends with an account."""
    return list(_ENDINGS.values())


@transaction.atomic
def person_reactivate(*, viewer: Viewer, uid: UUID, version: int, reason: str = "") -> Person:
    """Open a closed account again, with the posts it held. Raises: NotFound, Forbidden, Stale, IsHere and as above."""
    require_posts(viewer, ())
    person = _of_somebody_else(viewer, uid, version)
    if person.is_active:
        raise IsHere()
    require_posts(viewer, posts_held(person, clock.today()))
    person.is_active = True
    _rights_taken(person)
    _record(viewer, "person.reactivate", person, {}, {"posts": posts_held(person, clock.today())}, reason)
    return person


def may_have_link(viewer: Viewer, person: Person) -> None:
    """Refuse unless the viewer may issue a sign-in link: whoever holds it acts as ``person``.

    Raises: Forbidden, OwnRights, ManagementDecides, HasLeft.
    """
    require_posts(viewer, ())
    if is_own(viewer, person.pk):
        raise OwnRights()
    if not person.is_active:
        raise HasLeft()
    require_posts(viewer, posts_held(person, clock.today()))


def locked(uid: UUID, version: int) -> Person:
    """The person, locked until the transaction ends. Raises: NotFound, Stale."""
    person = Person.objects.select_for_update(of=("self",)).select_related("department").filter(uid=uid).first()
    if person is None:
        raise NotFound(uid=str(uid))
    if person.version != version:
        raise Stale(version=person.version)
    return person


def _of_somebody_else(viewer: Viewer, uid: UUID, version: int) -> Person:
    person = locked(uid, version)
    if is_own(viewer, person.pk):
        raise OwnRights()
    return person


def _held(person: Person, key: str) -> Any:
    return getattr(person, f"{key}_id" if key in ("department", "superior") else key)


def _set(person: Person, key: str, value: Any) -> None:
    if key == "department":
        person.department = Department.objects.filter(pk=value).first()
        if person.department is None and value is not None:
            raise Invalid(fields={"department": "unknown"})
    elif key == "superior":
        person.superior = Person.objects.filter(pk=value, is_active=True).first()
        if person.superior is None and value is not None:
            raise Invalid(fields={"superior": "unknown"})
    elif key in ("name", "email", "language"):
        if key == "name" and not str(value).strip():
            raise Invalid(fields={"name": "required"})
        setattr(person, key, str(value).strip())
    else:
        raise Invalid(fields={key: "unknown"})


def _refuse_circle(person: Person) -> None:
    above, seen = person.superior, {person.pk}
    while above is not None:
        if above.pk in seen:
            raise Invalid(fields={"superior": "in_a_circle"})
        seen.add(above.pk)
        above = above.superior


def _refuse_last(person: Person, held: list[str]) -> None:
    for post in held:
        if rules_rights(post) and not [one for one in holders_of(post) if one.pk != person.pk]:
            raise LastHolder(post=post)


def _hand_over(viewer: Viewer, person: Person, receiver: int | None) -> dict[str, int]:
    owned = estates.owned_by(person.pk)
    if not owned:
        return {}
    if receiver is None:
        raise Invalid(fields={"receiver": "receiver_needed"})
    if receiver == person.pk or not Person.objects.filter(pk=receiver, is_active=True).exists():
        raise Invalid(fields={"receiver": "unknown"})
    return {estate.code: estate.hand_over(viewer, person.pk, receiver) for estate, _count in owned}


def _rights_taken(person: Person) -> None:
    _saved(person)
    rights_changed([person.pk])


def _saved(person: Person) -> None:
    person.version += 1
    person.save(update_fields=["name", "email", "language", "department", "superior", "is_active", "version"])


def _record(
    viewer: Viewer, action: str, person: Person, before: dict[str, Any], after: dict[str, Any], reason: str = ""
) -> None:
    audit.record(
        viewer, action, kind="person", object_id=person.pk, object_uid=person.uid, before=before, after=after,
        reason=reason,
    )  # fmt: skip
