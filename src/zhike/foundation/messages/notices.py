"""Telling people, and reading what one was told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice


def tell(people: Iterable[int | None], code: str, words: Mapping[str, Any], *, link: str, about: str) -> int:
    """Tell each of ``people`` who is still here, inside the caller's transaction; say how many were told.

    Of the same ``about`` nobody is told twice. ``words`` hold no personal values.
    """
    wanted = {person for person in people if person is not None}
    present = set(Person.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    known = Notice.objects.filter(person__in=present, code=code, about=about).values_list("person_id", flat=True)
    fresh = sorted(present - set(known))
    Notice.objects.bulk_create(
        [Notice(person_id=person, code=code, words=dict(words), link=link, about=about) for person in fresh],
        ignore_conflicts=True,
    )
    return len(fresh)


def colleagues_of(person_id: int | None, *, team_id: int | None = None) -> set[int]:
    """Who works on the same matter: the person, the superior, and the members of the team."""
    if person_id is None:
        return set()
    superior = Person.objects.filter(pk=person_id).values_list("superior_id", flat=True).first()
    members = Person.objects.filter(teams=team_id).values_list("pk", flat=True) if team_id is not None else ()
    return {person_id, *members} | ({superior} if superior is not None else set())


def notices_of(viewer: Viewer, *, is_unseen: bool = False) -> QuerySet[Notice]:
    """What the viewer was told, newest first."""
    notices = Notice.objects.filter(person=viewer.person_id)
    if is_unseen:
        notices = notices.filter(seen_at=None)
    return notices.order_by("-at", "-id")


def notices_seen(viewer: Viewer, notice_ids: Collection[int]) -> int:
    """Take note of what one was told; say how many were new."""
    unseen = Notice.objects.filter(person=viewer.person_id, seen_at=None, id__in=notice_ids)
    return unseen.update(seen_at=clock.now())
