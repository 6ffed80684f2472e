"""Who stands in for whom: somebody away names a deputy for a period, who then works with the rights of who is away.

A deputy works under their own name, on behalf of who is away, with what the posts of that person allow and nothing of
their own: so a deputy never has more than who is away. Sensitive values and single shares are made out to a person and
do not come along. A deputy names no further deputy: chains end at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.access.people import OwnRights, posts_held, reach_by, require_posts, rights_changed, rules_rights
from zhike.foundation.access.viewer import Viewer, union
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_CHAIN = 12
#: What is told of a deputyship that is named or ended, inside its transaction: (who did it, deputyship, what).
changed: list[Callable[[Viewer, Deputyship, str], None]] = []
#: Who works on whose behalf at the moment: (the deputy, who is away). Lines of the timeline read it.
_NOW: ContextVar[tuple[int, int] | None] = ContextVar("stands_in_for", default=None)


class DeputyAway(Refusal):
    """The one named is away in these days, and a deputy has no deputy."""

    code = "deputy_away"
    sentence = _("%(person)s is away in these days too. Choose somebody who is here.")


class DeputyOverlaps(Refusal):
    """Somebody stands in already, for the same posts on the same days."""

    code = "deputy_overlaps"
    sentence = _(
        "%(person)s stands in already from %(since)s to %(until)s. End that first, or choose other days or posts."
    )


class StandsIn(Forbidden):
    """Who stands in for somebody cannot do this on their behalf."""

    code = "stands_in"
    sentence = _("You are standing in for somebody. Be yourself again first: this nobody does on behalf of others.")


def on(day: dt.date) -> Q:
    """What tells a deputyship that counts on ``day``."""
    return Q(ended_at=None, since__lte=day, until__gte=day, person__is_active=True, deputy__is_active=True)


def stood_in_for(deputy_id: int | None) -> list[Deputyship]:
    """For whom somebody stands in today, the one who is back first at the top."""
    rows = Deputyship.objects.filter(on(clock.today()), deputy=deputy_id).select_related("person__department", "deputy")
    return list(rows.order_by("until", "id")) if deputy_id is not None else []


def standing_in(person_ids: Iterable[int]) -> list[Deputyship]:
    """Who stands in today for any of these people."""
    rows = Deputyship.objects.filter(on(clock.today()), person__in=set(person_ids))
    return list(rows.select_related("person__department", "deputy").order_by("id"))


def covers(deputyship: Deputyship, post: str) -> bool:
    """Whether the deputy stands in for this post of who is away."""
    return not deputyship.posts or post in deputyship.posts


def viewer_for(deputyship: Deputyship, *, address: str = "") -> Viewer:
    """The deputy on behalf of who is away: the posts, levels and reach of that person as far as they were passed on."""
    away, deputy = deputyship.person, deputyship.deputy
    held = [posts()[code] for code in posts_held(away, clock.today()) if code in posts() and covers(deputyship, code)]
    areas = {Area(area) for area in deputyship.areas} or set(Area)
    levels = {area: found - {Level.SENSITIVE} for area, found in union(held).items() if area in areas}
    levels.pop(Area.SENSITIVE, None)
    return Viewer(
        person_id=deputy.pk, name=deputy.name, posts=frozenset(post.code for post in held),
        department_id=away.department_id, levels=levels, reach=reach_by(away, held), language=deputy.language,
        address=address, acts_for=away.pk, acts_for_name=away.name,
    )  # fmt: skip


def viewer_on_behalf(deputy_id: int | None, person_id: int, *, address: str = "") -> Viewer | None:
    """The viewer by whom ``deputy_id`` acts for ``person_id`` today; None where that is not so, or not so any more."""
    found = next((one for one in stood_in_for(deputy_id) if one.person_id == person_id), None)
    return viewer_for(found, address=address) if found is not None else None


@contextmanager
def acting(viewer: Viewer | None) -> Iterator[None]:
    """Note for whom the viewer acts while this runs."""
    acts = viewer is not None and viewer.person_id is not None and viewer.acts_for is not None
    token = _NOW.set((viewer.person_id, viewer.acts_for) if acts else None)  # type: ignore[union-attr, arg-type]
    try:
        yield
    finally:
        _NOW.reset(token)


def on_behalf_of(actor_id: int | None) -> int | None:
    """For whom ``actor_id`` is acting at the moment; None for who acts for themselves."""
    now = _NOW.get()
    return now[1] if now is not None and now[0] == actor_id else None


def may_name(viewer: Viewer, person: Person) -> bool:
    """Whether the viewer may name deputies for ``person``: oneself, the superiors, who edits the organisation."""
    if viewer.acts_for is not None or viewer.person_id is None:
        return viewer.is_system
    edits = viewer.may(Area.SETTINGS, Level.EDIT) or viewer.may(Area.SETTINGS, Level.APPROVE)
    return viewer.person_id == person.pk or edits or viewer.person_id in superiors_of(person)


def superiors_of(person: Person) -> list[int]:
    """The superiors of a person, the nearest first."""
    found: list[int] = []
    above = person.superior_id
    while above is not None and above not in found and len(found) < _LONGEST_CHAIN:
        found.append(above)
        above = Person.objects.filter(pk=above).values_list("superior_id", flat=True).first()
    return found


def deputyships_of(viewer: Viewer, person: Person) -> QuerySet[Deputyship]:
    """Who stands in for a person, and for whom that person does, now and later; for who may name deputies.

    Raises: NotFound.
    """
    if not may_name(viewer, person):
        raise NotFound(person=str(person.uid))
    rows = Deputyship.objects.filter(Q(person=person) | Q(deputy=person), ended_at=None, until__gte=clock.today())
    return rows.select_related("person", "deputy", "named_by").order_by("since", "id")


@transaction.atomic
def deputy_name(
    *, viewer: Viewer, person: int | None, deputy: int | None, since: dt.date, until: dt.date,
    posts: Sequence[str] = (), areas: Sequence[str] = (), reason: str = "",
) -> Deputyship:  # fmt: skip
    """Let ``deputy`` stand in for ``person`` from ``since`` to ``until``, for these posts and areas; for all if none.

    Raises: NotFound, StandsIn, Invalid, ManagementDecides, OwnRights, DeputyAway, DeputyOverlaps.
    """
    if viewer.acts_for is not None:
        raise StandsIn()
    away = Person.objects.select_for_update(of=("self",)).filter(pk=person, is_active=True).first()
    if away is None or not may_name(viewer, away):
        raise NotFound(person=str(person))
    other = _checked(away, deputy, since, until, posts, areas)
    if viewer.person_id == other.pk and other.pk not in superiors_of(away):
        raise OwnRights()
    held = posts_held(away, clock.today())
    ruling = [code for code in (posts or held) if rules_rights(code)]
    if ruling:
        require_posts(viewer, ruling)
    _refuse_clash(away, other, since, until, posts)
    made = Deputyship.objects.create(
        person=away, deputy=other, since=since, until=until, posts=sorted(set(posts)), areas=sorted(set(areas)),
        reason=reason.strip()[:200], named_by_id=viewer.person_id,
    )  # fmt: skip
    _done(viewer, made, "named", reason)
    return made


@transaction.atomic
def deputy_end(*, viewer: Viewer, uid: UUID, reason: str = "") -> Deputyship:
    """End a deputyship at once. Who may name one may, and the deputy. Raises: NotFound, StandsIn."""
    if viewer.acts_for is not None:
        raise StandsIn()
    found = Deputyship.objects.select_for_update(of=("self",)).filter(uid=uid, ended_at=None).first()
    if found is None or not (may_name(viewer, found.person) or found.deputy_id == viewer.person_id):
        raise NotFound(uid=str(uid))
    found.ended_at, found.version = clock.now(), found.version + 1
    found.save(update_fields=["ended_at", "version"])
    _done(viewer, found, "ended", reason)
    return found


def end_of_person(viewer: Viewer, person: Person) -> int:
    """Somebody leaves: nobody stands in for them, and they for nobody, from now on. The caller has the right to."""
    rows = Deputyship.objects.filter(Q(person=person) | Q(deputy=person), ended_at=None, until__gte=clock.today())
    found = list(rows.select_for_update(of=("self",)))
    for one in found:
        one.ended_at, one.version = clock.now(), one.version + 1
        one.save(update_fields=["ended_at", "version"])
        _done(viewer, one, "ended", "")
    return len(found)


def _checked(
    away: Person, deputy: int | None, since: dt.date, until: dt.date, codes: Collection[str], areas: Collection[str]
) -> Person:  # fmt: skip
    other = Person.objects.filter(pk=deputy, is_active=True).first()
    problems: dict[str, str] = {}
    if other is None:
        problems["deputy"] = "no_such_person"
    elif other.pk == away.pk:
        problems["deputy"] = "not_oneself"
    if until < since:
        problems["until"] = "before_the_first_day"
    elif until < clock.today():
        problems["until"] = "in_the_past"
    if not set(codes) <= set(posts_held(away, clock.today())):
        problems["posts"] = "not_an_option"
    if not set(areas) <= {str(area) for area in Area} - {str(Area.SENSITIVE)}:
        problems["areas"] = "not_an_option"
    if problems or other is None:
        raise Invalid(fields=problems)
    return other


def _refuse_clash(away: Person, other: Person, since: dt.date, until: dt.date, codes: Collection[str]) -> None:
    running = Deputyship.objects.filter(ended_at=None, since__lte=until, until__gte=since).select_related("deputy")
    if running.filter(person=other).exists():
        raise DeputyAway(person=other.name)
    for one in running.filter(person=away):
        if not codes or not one.posts or not set(codes).isdisjoint(one.posts):
            raise DeputyOverlaps(person=one.deputy.name, since=one.since.isoformat(), until=one.until.isoformat())


def _done(viewer: Viewer, made: Deputyship, what: str, reason: str) -> None:
    rights_changed([made.person_id, made.deputy_id])
    audit.record(
        viewer, f"deputy.{what}", kind="person", object_id=made.person_id, object_uid=made.person.uid, reason=reason,
        after={
            "deputy_id": made.deputy_id, "since": made.since.isoformat(), "until": made.until.isoformat(),
            "posts": made.posts, "areas": made.areas,
        },
    )  # fmt: skip
    for told in changed:
        told(viewer, made, what)
