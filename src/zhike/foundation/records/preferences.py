"""Saved views and chosen columns. Preferences travel in the session, so that a list costs no query for them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from zhike.foundation.access.people import rights_changed
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import serial
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.models import ListPreference, SavedView

DENSITIES = ("comfortable", "compact")


class Preference(NamedTuple):
    """Chosen columns (empty for the shipped ones) and density."""

    columns: tuple[str, ...]
    density: str


class ViewTab(NamedTuple):
    """A saved view as a tab."""

    uid: UUID
    title: str
    query: str
    is_own: bool
    is_shared: bool


def of(viewer: Viewer, session: Any, record_type: RecordType) -> Preference:
    """The person's preference, from the session; read from the table once per session and kind."""
    kept = session.get("lists", {})
    if record_type.code not in kept:
        row = ListPreference.objects.filter(person_id=viewer.person_id, code=record_type.code).first()
        found = [list(row.columns), row.density] if row else [[], DENSITIES[0]]
        kept = {**kept, record_type.code: found}
        remember(session, "lists", kept)
    columns, density = kept[record_type.code]
    return Preference(tuple(columns), density)


def choose(
    viewer: Viewer, session: Any, record_type: RecordType, *, columns: Sequence[str], density: str
) -> Preference:
    """Keep a choice of columns and density. Unknown names are dropped; no columns means the shipped ones."""
    known = {f.key for f in record_type.fields} - {record_type.name_field}
    kept = [key for key in columns if key in known]
    dense = density if density in DENSITIES else DENSITIES[0]
    ListPreference.objects.update_or_create(
        person_id=viewer.person_id, code=record_type.code, defaults={"columns": kept, "density": dense}
    )
    session["lists"] = {**session.get("lists", {}), record_type.code: [kept, dense]}
    return Preference(tuple(kept), dense)


def remember(session: Any, name: str, value: Any) -> None:
    """Keep a preference in the session while a page is read.

    Saved here and not with the answer, which a failed save would replace by an error: a database that is busy, or a
    session that has just ended, costs the person the preference and not the page.
    """
    is_saved_anyway = session.modified or session.session_key is None
    session[name] = value
    if is_saved_anyway:
        return
    with suppress(UpdateError, DatabaseError), serial.hardly_waiting():
        session.save()
    session.modified = False


_KEPT: dict[Any, tuple[float, list[ViewTab]]] = {}
_KEPT_SECONDS = 10.0
_KEPT_MAX = 5_000


def views_of(viewer: Viewer, record_type: RecordType, version: int) -> list[ViewTab]:
    """The person's own and shared saved views, by title.

    Kept as long as ``version`` (``Person.rights_version``, which saving a view raises) is the same; a colleague's
    newly shared view appears within ten seconds.
    """
    key = (record_type.code, viewer.person_id, version)
    kept = _KEPT.get(key)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]
    mine_or_shared = Q(person_id=viewer.person_id) | Q(is_shared=True)
    rows = SavedView.objects.filter(mine_or_shared, code=record_type.code).order_by("title", "id")
    found = [
        ViewTab(uid, title, query, person_id == viewer.person_id, shared)
        for uid, title, query, person_id, shared in rows.values_list("uid", "title", "query", "person_id", "is_shared")
    ]
    if len(_KEPT) > _KEPT_MAX:
        _KEPT.clear()
    _KEPT[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Drop what is kept: for tests, whose databases reuse numbers."""
    _KEPT.clear()


def view_save(viewer: Viewer, record_type: RecordType, *, title: str, query: str, is_shared: bool) -> SavedView:
    """Keep the present question under ``title``; the same title again replaces it. Raises Invalid."""
    title = title.strip()
    if not title or len(title) > 40:
        raise Invalid(fields={"title": _("Give the view a name of at most 40 characters.")})
    saved, _made = SavedView.objects.update_or_create(
        person_id=viewer.person_id,
        code=record_type.code,
        title=title,
        defaults={"query": query[:2000], "is_shared": is_shared},
    )
    _raise_version(viewer)
    return saved


def view_delete(viewer: Viewer, uid: UUID) -> None:
    """Delete one's own saved view. Raises NotFound for somebody else's."""
    deleted, _counts = SavedView.objects.filter(uid=uid, person_id=viewer.person_id).delete()
    if not deleted:
        raise NotFound(uid=str(uid))
    _raise_version(viewer)


def _raise_version(viewer: Viewer) -> None:
    """Make every process read this person's views again."""
    if viewer.person_id is not None:
        rights_changed([viewer.person_id])
