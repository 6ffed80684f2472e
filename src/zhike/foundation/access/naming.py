"""Who may be named for a piece of work: its owner, its handler, who owes one of its steps.

Somebody named has to be able to do it: the posts include the work (matrix A3), and what it is about lies within reach.
"""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext_noop as _

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Person, PostHolding, held_on
from zhike.foundation.access.people import posts_held, viewer_of
from zhike.foundation.access.viewer import Viewer, union
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal


class PostsLackWork(Refusal):
    """The posts of the person do not include the work."""

    code = "posts_lack_work"
    sentence = _(
        "The posts of %(person)s do not include this work. Choose somebody else, or ask IT to give %(person)s a post "
        "that does."
    )


class BeyondReach(Refusal):
    """The person does not see what the work is about."""

    code = "beyond_reach"
    sentence = _(
        "%(person)s does not see this customer, so the work would lie still. Choose somebody who looks after the "
        "customer, or make %(person)s the customer's owner first."
    )


def named(
    person_id: int | None, area: Area, level: Level = Level.EDIT, *, about: Model | None = None,
    holding: tuple[str, ...] = (), field: str = "owner",
) -> Person:  # fmt: skip
    """The active member of staff of this number, who may work in ``area`` on what it is ``about``.

    ``holding`` are the posts of which one is needed, where the area is not enough. ``field`` is what the form calls it.
    Raises: Invalid (nobody active has the number), PostsLackWork, BeyondReach.
    """
    person = Person.objects.select_related("department").filter(pk=person_id, is_active=True).first()
    if person is None:
        raise Invalid(fields={field: "no_such_person"})
    codes = tuple(posts_held(person, clock.today()))
    if not _allow(codes, area, level) or (holding and {*holding}.isdisjoint(codes)):
        raise PostsLackWork(person=person.name)
    if about is not None and not _sees(viewer_of(person), about):
        raise BeyondReach(person=person.name)
    return person


def able(area: Area, level: Level = Level.EDIT, *, holding: tuple[str, ...] = ()) -> set[int]:
    """Numbers of the active people whose posts include the work: whom a form offers."""
    held = PostHolding.objects.filter(held_on(clock.today()))
    # Posts add up: together they allow what one of them allows.
    allowing = held.filter(person__is_active=True, post__in=_posts_with(area, level))
    found = set(allowing.values_list("person_id", flat=True))
    if holding and found:
        found &= set(held.filter(post__in=holding).values_list("person_id", flat=True))
    return found


def _posts_with(area: Area, level: Level) -> list[str]:
    return sorted(code for code in posts() if _allow((code,), area, level))


def _allow(codes: tuple[str, ...], area: Area, level: Level) -> bool:
    levels = union(posts()[code] for code in codes if code in posts())
    return Viewer(None, "", levels=levels).may(area, level)


def _sees(viewer: Viewer, row: Model) -> bool:
    return scope.visible(viewer, type(row)._default_manager.filter(pk=row.pk)).exists()
