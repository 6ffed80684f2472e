"""The rail: a section per stage of the path, entries that rooms add, shown as far as the posts allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
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

    Without ``area`` every member of staff sees it; ``when`` says of the viewer's posts what areas do not.
    """

    label: Any
    target: str
    icon: str
    area: Area | None = None
    level: Level = Level.BASIC
    order: int = 50
    when: Callable[[Viewer], bool] | None = None

    @property
    def url(self) -> str:
        return self.target if self.target.startswith("/") else reverse(self.target)

    def shown_to(self, viewer: Viewer) -> bool:
        return (self.area is None or viewer.may(self.area, self.level)) and (self.when is None or self.when(viewer))


class Shown(NamedTuple):
    """A section as one viewer sees it."""

    code: str
    label: str
    icon: str
    url: str
    is_active: bool
    entries: list[dict[str, Any]]


_ADDED: dict[Section, list[Entry]] = {}
_DAILY: dict[str, tuple[str, ...]] = {}


def add(section: Section, *entries: Entry) -> None:
    """Put pages into a section; adding the same page twice changes nothing."""
    held = _ADDED.setdefault(section, [])
    held.extend(entry for entry in entries if entry not in held)


def works_with(post: str, *targets: str) -> None:
    """What a post works with all day, the first thing first: targets of entries, or codes of records.

    The rail shows these; the rest of what the posts allow stands behind "More". A post that says nothing sees all.
    """
    _DAILY[post] = targets


def daily_of(post: str) -> tuple[str, ...]:
    """What :func:`works_with` said of a post."""
    return _DAILY.get(post, ())


def entries_of(section: Section) -> list[Entry]:
    """Pages and lists of records of a section, in order."""
    lists = (
        Entry(t.plural, f"/{t.code}/", t.icon, t.area, Level.BASIC, t.order)
        for t in records.every()
        if t.section == section.name.lower()
    )
    return sorted([*_ADDED.get(section, ()), *lists], key=lambda e: e.order)


class Frame(NamedTuple):
    """What one combination of posts sees of the rail in one language, before anything is active."""

    sections: tuple[Shown, ...]
    daily: tuple[Shown, ...]
    urls: tuple[str, ...]  # longest first


_FRAMES: dict[Any, Frame] = {}


def frame(viewer: Viewer) -> Frame:
    """The rail for the viewer's posts; kept, since it changes only with the posts and the language."""
    key = (
        viewer.posts,
        viewer.is_system,
        get_language(),
        len(records.every()),
        sum(map(len, _ADDED.values())),
        len(_DAILY),
    )
    found = _FRAMES.get(key)
    if found is None:
        shown = [(s, [e for e in entries_of(s) if e.shown_to(viewer)]) for s in Section]
        sections = tuple(_shown(section, entries) for section, entries in shown if entries)
        urls = {e["url"] for section in sections for e in section.entries}
        daily = tuple(_shown(section, entries) for section, entries in _daily(viewer, shown))
        found = _FRAMES[key] = Frame(sections, daily, tuple(sorted(urls, key=len, reverse=True)))
    return found


def _daily(viewer: Viewer, shown: list[tuple[Section, list[Entry]]]) -> list[tuple[Section, list[Entry]]]:
    """Home, then what the posts work with, by section in the order in which the posts name it."""
    home = [(section, entries) for section, entries in shown if section is Section.HOME and entries]
    posts = sorted(viewer.posts)
    if not posts or any(post not in _DAILY for post in posts):
        return [(section, entries) for section, entries in shown if entries]
    known = {e.target.strip("/"): (section, e) for section, entries in shown for e in entries}
    wanted = dict.fromkeys(target for post in posts for target in _DAILY[post] if target in known)
    groups: dict[Section, list[Entry]] = {}
    for section, entry in map(known.__getitem__, wanted):
        groups.setdefault(section, []).append(entry)
    return [*home, *groups.items()]


def _shown(section: Section, entries: list[Entry]) -> Shown:
    links: list[dict[str, Any]] = [
        {"label": str(e.label), "url": e.url, "icon": e.icon, "is_active": False} for e in entries
    ]
    return Shown(section.name.lower(), str(section.words), section.icon, links[0]["url"], False, links)


def active_url(viewer: Viewer, path: str) -> str:
    """The entry whose address is the longest start of ``path``; empty when none is."""
    urls = frame(viewer).urls
    for place in (path, _of_owner(path)):
        found = next((url for url in urls if place == url or (url != "/" and place.startswith(url))), "")
        if found:
            return found
    return ""


def _of_owner(path: str) -> str:
    """The list under which records without an entry of their own stand: contacts under customers."""
    kind = records.find(path.strip("/").split("/")[0])
    owner = next((f.relation for f in kind.fields if f.relation), "") if kind is not None else ""
    return f"/{owner}/" if owner else ""


def rail(viewer: Viewer, path: str) -> list[Shown]:
    """What exists and the viewer's posts allow, with the entry of ``path`` marked."""
    return _marked(frame(viewer).sections, active_url(viewer, path))


def daily(viewer: Viewer, path: str) -> list[Shown]:
    """What the viewer's posts work with; the page of ``path`` joins its section for as long as one is there."""
    held, active = frame(viewer), active_url(viewer, path)
    found = _marked(held.daily, active)
    if active and not any(section.is_active for section in found):
        home = next(s for s in _marked(held.sections, active) if s.is_active)
        visit = [e for e in home.entries if e["is_active"]]
        place = next((n for n, s in enumerate(found) if s.code == home.code), None)
        if place is None:
            found.append(home._replace(entries=visit))
        else:
            found[place] = home._replace(entries=[*found[place].entries, *visit])
    return found


def main_entry(viewer: Viewer) -> dict[str, Any] | None:
    """What the viewer opens most: the first daily page after home; None for who has nothing but home."""
    return next((s.entries[0] for s in frame(viewer).daily if s.code != Section.HOME.name.lower()), None)


def has_more(viewer: Viewer) -> bool:
    """Whether the posts allow pages that do not stand in the rail."""
    held = frame(viewer)
    return sum(len(s.entries) for s in held.daily) < sum(len(s.entries) for s in held.sections)


def _marked(sections: Iterable[Shown], active: str) -> list[Shown]:
    return [
        section._replace(
            is_active=any(e["url"] == active for e in section.entries),
            entries=[{**e, "is_active": e["url"] == active} for e in section.entries],
        )
        for section in sections
    ]
