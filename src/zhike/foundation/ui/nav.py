"""The rail: a section per stage of the path, entries that rooms add, shown as far as the posts allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhike.foundation import records
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer


class Section(Enum):
    """Entries of the rail, in the order of the path: (words, icon)."""

    HOME = (_("Home"), "home")
    CUSTOMERS = (_("Customers"), "users")
    ACQUIRE = (_("Acquire"), "magnet")
    WIN = (_("Win"), "trophy")
    ONBOARD = (_("Onboard"), "rocket")
    SERVE = (_("Serve"), "headset")
    SEGMENT = (_("Segments & strategy"), "target-arrow")
    GROW = (_("Grow"), "plant-2")
    RETAIN = (_("Retain"), "heart-handshake")
    INSIGHT = (_("Insight"), "chart-histogram")
    REPORTS = (_("Reports"), "report")
    COMPLY = (_("Compliance"), "shield-check")
    TEAM = (_("Team"), "users-group")
    SETTINGS = (_("Settings"), "settings")

    @property
    def words(self) -> Any:
        return self.value[0]

    @property
    def icon(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Entry:
    """One page in a section. ``target`` is a URL name without arguments, or a path beginning with a slash.

    Without ``area`` every member of staff sees it.
    """

    label: Any
    target: str
    icon: str
    area: Area | None = None
    level: Level = Level.BASIC
    order: int = 50

    @property
    def url(self) -> str:
        return self.target if self.target.startswith("/") else reverse(self.target)

    def shown_to(self, viewer: Viewer) -> bool:
        return self.area is None or viewer.may(self.area, self.level)


class Shown(NamedTuple):
    """A section as one viewer sees it."""

    code: str
    label: str
    icon: str
    url: str
    is_active: bool
    entries: list[dict[str, Any]]


_ADDED: dict[Section, list[Entry]] = {}


def add(section: Section, *entries: Entry) -> None:
    """Put pages into a section; adding the same page twice changes nothing."""
    held = _ADDED.setdefault(section, [])
    held.extend(entry for entry in entries if entry not in held)


def entries_of(section: Section) -> list[Entry]:
    """Pages and lists of records of a section, in order."""
    lists = (
        Entry(t.plural, f"/{t.code}/", t.icon, t.area, Level.BASIC, t.order)
        for t in records.every()
        if t.section == section.name.lower()
    )
    return sorted([*_ADDED.get(section, ()), *lists], key=lambda e: e.order)


def rail(viewer: Viewer, path: str) -> list[Shown]:
    """What exists and the viewer's posts allow; the entry whose address is the longest start of ``path`` is active."""
    shown = [(s, [e for e in entries_of(s) if e.shown_to(viewer)]) for s in Section]
    active = _active((e for _s, entries in shown for e in entries), path)
    return [
        Shown(
            code=section.name.lower(),
            label=str(section.words),
            icon=section.icon,
            url=entries[0].url,
            is_active=active in entries,
            entries=[{"label": str(e.label), "url": e.url, "icon": e.icon, "is_active": e is active} for e in entries],
        )
        for section, entries in shown
        if entries
    ]


def _active(entries: Iterable[Entry], path: str) -> Entry | None:
    fitting = [e for e in entries if path == e.url or (e.url != "/" and path.startswith(e.url))]
    return max(fitting, key=lambda e: len(e.url), default=None)
