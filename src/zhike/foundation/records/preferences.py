"""What a person chose for a list. Preferences travel in the session, so that a list costs no query for them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import serial
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.models import ListPreference

DENSITIES = ("comfortable", "compact")
WIDTHS = ("narrow", "medium", "wide")


class Preference(NamedTuple):
    """Chosen columns (empty for the shipped ones), density, the order of tabs, the tab that opens first."""

    columns: tuple[str, ...]
    density: str
    tabs: tuple[str, ...] = ()
    first: str = ""


def of(viewer: Viewer, session: Any, record_type: RecordType) -> Preference:
    """The person's preference, from the session; read from the table once per session and kind."""
    kept = session.get("lists", {})
    if record_type.code not in kept:
        row = ListPreference.objects.filter(person_id=viewer.person_id, code=record_type.code).first()
        found = [list(row.columns), row.density, list(row.tabs), row.first] if row else [[], DENSITIES[0], [], ""]
        kept = {**kept, record_type.code: found}
        remember(session, "lists", kept)
    columns, density, *tabs = kept[record_type.code]
    return Preference(tuple(columns), density, tuple(tabs[0]), tabs[1]) if tabs else Preference(tuple(columns), density)


def choose(
    viewer: Viewer, session: Any, record_type: RecordType, *, columns: Sequence[str], density: str
) -> Preference:
    """Keep a choice of columns and density. Unknown names are dropped; no columns means the shipped ones."""
    kept = known_columns(record_type, columns)
    dense = density if density in DENSITIES else DENSITIES[0]
    return _keep(viewer, session, record_type, columns=kept, density=dense)


def arrange(viewer: Viewer, session: Any, record_type: RecordType, *, tabs: Sequence[str], first: str) -> Preference:
    """Keep the order of tabs and the one that opens first."""
    return _keep(viewer, session, record_type, tabs=list(tabs), first=first)


def known_columns(record_type: RecordType, given: Sequence[str]) -> list[str]:
    """Those of ``given`` that the list has, each once, with its width where it is one that is offered."""
    known = {f.key for f in record_type.all_fields} - {record_type.name_field}
    kept: dict[str, str] = {}
    for text in given:
        key, width = split(text)
        if key in known:
            kept.setdefault(key, f"{key}:{width}" if width else key)
    return list(kept.values())


def split(column: str) -> tuple[str, str]:
    """A column's public name and its width, empty where none was chosen."""
    key, _colon, width = column.partition(":")
    return key, width if width in WIDTHS else ""


def _keep(viewer: Viewer, session: Any, record_type: RecordType, **changes: Any) -> Preference:
    row, _made = ListPreference.objects.update_or_create(
        person_id=viewer.person_id, code=record_type.code, defaults=changes
    )
    kept = [list(row.columns), row.density, list(row.tabs), row.first]
    session["lists"] = {**session.get("lists", {}), record_type.code: kept}
    return Preference(tuple(row.columns), row.density, tuple(row.tabs), row.first)


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
