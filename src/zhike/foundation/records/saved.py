"""Saved views: whose they are, who sees them as tabs, in which order, and with which one a list opens."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Department
from zhike.foundation.access.people import rights_changed
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.records import preferences
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.models import PostView, SavedView

AUDIENCES = ("own", "department", "all")
_LONGEST_TITLE = 40
_LONGEST_QUERY = 8_000


class SavedTab(NamedTuple):
    """A saved view as a tab."""

    uid: UUID
    title: str
    query: str
    is_own: bool
    audience: str
    columns: tuple[str, ...]
    density: str
    layout: str

    @property
    def key(self) -> str:
        """How orders and first views name it."""
        return str(self.uid)


class Tabs(NamedTuple):
    """The saved views that a person sees, and the one with which the list opens for the person's posts."""

    saved: list[SavedTab]
    first: str


_KEPT: dict[Any, tuple[float, Tabs]] = {}
_KEPT_SECONDS = 10.0
_KEPT_MAX = 5_000


def tabs_of(viewer: Viewer, record_type: RecordType, version: int) -> Tabs:
    """The person's own saved views and those shared with the person, by title.

    Kept as long as ``version`` (``Person.rights_version``, which saving a view raises) is the same; a colleague's
    newly shared view appears within ten seconds.
    """
    key = (record_type.code, viewer.person_id, version)
    kept = _KEPT.get(key)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]
    found = Tabs(list(_saved(viewer, record_type)), _first_of_posts(viewer, record_type))
    if len(_KEPT) > _KEPT_MAX:
        _KEPT.clear()
    _KEPT[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Drop what is kept: for tests, whose databases reuse numbers."""
    _KEPT.clear()


def one_of(viewer: Viewer, record_type: RecordType, version: int, key: str) -> SavedTab | None:
    """The saved view of that key, if the person sees it."""
    return next((tab for tab in tabs_of(viewer, record_type, version).saved if tab.key == key), None) if key else None


def may_share(viewer: Viewer, record_type: RecordType) -> bool:
    """Whether the posts let the viewer put views before others: who works on the records, by matrix A3."""
    return viewer.may(record_type.area, Level.EDIT)


def may_set_for_posts(viewer: Viewer) -> bool:
    """Whether the viewer says with which view a list opens for a post: who edits or approves settings."""
    return viewer.may(Area.SETTINGS, Level.EDIT) or viewer.may(Area.SETTINGS, Level.APPROVE)


def view_save(
    viewer: Viewer, record_type: RecordType, *, title: str, query: str, audience: str = "own",
    columns: Sequence[str] = (), density: str = "", layout: str = "",
) -> SavedView:  # fmt: skip
    """Keep a question under ``title``; one's own view of the same title is replaced. Raises Invalid, Forbidden."""
    if len(query) > _LONGEST_QUERY:
        raise Invalid(fields={"question": _("This list is narrowed by too much to be kept. Use fewer conditions.")})
    kept, _made = SavedView.objects.update_or_create(
        person_id=viewer.person_id,
        code=record_type.code,
        title=_checked(title),
        defaults={
            "query": query,
            "columns": preferences.known_columns(record_type, columns),
            "density": density if density in preferences.DENSITIES else "",
            "layout": layout if layout in ("table", "board") else "",
            **_shared(viewer, record_type, audience),
        },
    )
    _seen_anew(viewer)
    return kept


def view_change(viewer: Viewer, record_type: RecordType, uid: UUID, *, title: str, audience: str) -> SavedView:
    """Rename one's own view and say who sees it. Raises NotFound, Invalid, Forbidden."""
    view = _own(viewer, record_type, uid)
    name = _checked(title)
    twins = SavedView.objects.filter(person_id=viewer.person_id, code=record_type.code, title=name)
    if twins.exclude(pk=view.pk).exists():
        raise Invalid(fields={"title": "taken"})
    view.title = name
    for column, value in _shared(viewer, record_type, audience).items():
        setattr(view, column, value)
    view.save()
    _seen_anew(viewer)
    return view


def view_columns(viewer: Viewer, record_type: RecordType, uid: UUID, columns: Sequence[str], density: str) -> None:
    """Keep other columns and density with one's own view. Raises NotFound."""
    view = _own(viewer, record_type, uid)
    view.columns = preferences.known_columns(record_type, columns)
    view.density = density if density in preferences.DENSITIES else ""
    view.save(update_fields=["columns", "density"])
    _seen_anew(viewer)


def view_delete(viewer: Viewer, record_type: RecordType, uid: UUID) -> None:
    """Delete one's own saved view. Raises NotFound for somebody else's."""
    _own(viewer, record_type, uid).delete()
    _seen_anew(viewer)


@transaction.atomic
def first_for_post(viewer: Viewer, record_type: RecordType, *, post: str, key: str) -> None:
    """Say with which view the list opens for a post; an empty key takes that back. Raises Forbidden, Invalid.

    A view that not all see would be no first one for a post.
    """
    if not may_set_for_posts(viewer):
        raise Forbidden(area=str(Area.SETTINGS), level=str(Level.EDIT))
    if post not in posts():
        raise Invalid(fields={"post": "unknown"})
    shipped = {view.code for view in record_type.views}
    shared = SavedView.objects.filter(code=record_type.code, is_shared=True).values_list("uid", flat=True)
    if key and key not in shipped | {str(uid) for uid in shared}:
        raise Invalid(fields={"key": _("Choose a view that all colleagues see.")})
    if key:
        PostView.objects.update_or_create(
            post=post, code=record_type.code,
            defaults={"first": key, "set_by_id": viewer.person_id, "set_at": clock.now()},
        )  # fmt: skip
    else:
        PostView.objects.filter(post=post, code=record_type.code).delete()
    audit.record(
        viewer, "records.first_view", kind=record_type.code, object_id=None, object_uid=None,
        after={"post": post, "view": key},
    )  # fmt: skip
    forget()


def firsts_of_posts(record_type: RecordType) -> dict[str, str]:
    """With which view the list opens, by post."""
    return dict(PostView.objects.filter(code=record_type.code).values_list("post", "first"))


def _saved(viewer: Viewer, record_type: RecordType) -> list[SavedTab]:
    mine_or_shared = Q(person_id=viewer.person_id) | Q(is_shared=True)
    if viewer.department_id is not None:
        mine_or_shared |= Q(department_id__in=_with_above(viewer.department_id))
    rows = SavedView.objects.filter(mine_or_shared, code=record_type.code).order_by("title", "id")
    return [
        SavedTab(
            row.uid, row.title, row.query, row.person_id == viewer.person_id, audience_of(row),
            tuple(row.columns), row.density, row.layout,
        )
        for row in rows
    ]  # fmt: skip


def audience_of(view: SavedView) -> str:
    """Who sees the view: own, department or all."""
    return "all" if view.is_shared else "own" if view.department_id is None else "department"


def _with_above(department_id: int) -> list[int]:
    """The department and those above it: what they share reaches down."""
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    found: list[int] = []
    at: int | None = department_id
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


def _first_of_posts(viewer: Viewer, record_type: RecordType) -> str:
    """Of several posts the first in the order of the requirements says."""
    firsts = firsts_of_posts(record_type)
    return next((firsts[post] for post in posts() if post in viewer.posts and post in firsts), "")


def _shared(viewer: Viewer, record_type: RecordType, audience: str) -> dict[str, Any]:
    if audience not in AUDIENCES:
        raise Invalid(fields={"audience": "not_an_option"})
    if audience != "own":
        viewer.require(record_type.area, Level.EDIT)
    if audience == "department" and viewer.department_id is None:
        raise Invalid(fields={"audience": _("You stand in no department. Share the view with all, or keep it.")})
    return {
        "is_shared": audience == "all",
        "department_id": viewer.department_id if audience == "department" else None,
    }


def _checked(title: str) -> str:
    title = title.replace("\0", "").strip()
    if not title or len(title) > _LONGEST_TITLE:
        raise Invalid(fields={"title": _("Give the view a name of at most 40 characters.")})
    return title


def _own(viewer: Viewer, record_type: RecordType, uid: UUID) -> SavedView:
    view = SavedView.objects.filter(uid=uid, person_id=viewer.person_id, code=record_type.code).first()
    if view is None:
        raise NotFound(uid=str(uid))
    return view


def _seen_anew(viewer: Viewer) -> None:
    """Make every process read this person's views again."""
    if viewer.person_id is not None:
        rights_changed([viewer.person_id])


def shared_count(person_id: int) -> int:
    """How many views of a person colleagues use."""
    return SavedView.objects.filter(person=person_id, is_shared=True).count()


def hand_over(before: int, after: int) -> int:
    """Shared views pass to another person; one whose name the other has taken gets a number."""
    passed = 0
    for view in SavedView.objects.filter(person=before, is_shared=True).order_by("pk"):
        others = set(SavedView.objects.filter(person=after, code=view.code).values_list("title", flat=True))
        number, title = 2, view.title
        while title in others:
            title, number = f"{view.title[:36]} {number}", number + 1
        view.person_id, view.title = after, title
        view.save(update_fields=["person", "title"])
        passed += 1
    return passed
