"""The viewer: who is asking. Explicit first argument of every read and write. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zhike.foundation.access.matrix import Area, Level, Post, Scope
from zhike.foundation.kit.refusals import Forbidden

_IMPLY_BASIC = frozenset({Level.FULL, Level.EDIT, Level.APPROVE})


@dataclass(frozen=True)
class Shared:
    """One record that is open to a viewer for a time: by itself, or in full with what belongs to it."""

    kind: str  # the label of its table
    object_id: int
    is_full: bool = False
    may_edit: bool = False


@dataclass(frozen=True)
class Reach:
    """Rows a viewer sees: everything, or the union of owners and departments."""

    everything: bool = False
    owner_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    department_ids: frozenset[int] = frozenset()  # exactly these
    subtrees: frozenset[tuple[int, int]] = frozenset()  # (depth, department id): these and all below
    shared: frozenset[Shared] = frozenset()  # single records that somebody has opened for a time

    def joined(self, other: Reach) -> Reach:
        """The union of two reaches."""
        return Reach(
            self.everything or other.everything,
            self.owner_ids | other.owner_ids,
            self.team_ids | other.team_ids,
            self.department_ids | other.department_ids,
            self.subtrees | other.subtrees,
            self.shared | other.shared,
        )


@dataclass(frozen=True)
class Viewer:
    """A member of staff, or the system acting for a stated reason.

    ``levels`` is what the posts together allow by area. ``person_id`` is None for the system.
    ``reason`` tells why the system acts; it goes into the audit. ``acts_for`` is the number of somebody who is away,
    while a deputy stands in: then posts, levels and reach are those of who is away, and nothing of the deputy's own.
    """

    person_id: int | None
    name: str
    posts: frozenset[str] = frozenset()
    department_id: int | None = None
    levels: Mapping[Area, frozenset[Level]] = field(default_factory=dict)
    reach: Reach = Reach()
    language: str = "zh-hans"
    is_system: bool = False
    reason: str = ""
    address: str = ""  # where from: IP address or command
    acts_for: int | None = None
    acts_for_name: str = ""

    def may(self, area: Area, level: Level) -> bool:
        """Whether the posts allow ``level`` in ``area``. Who may see in full, edit or approve may see the basics."""
        if self.is_system:
            return True
        held = self.levels.get(area, frozenset())
        return level in held or (level is Level.BASIC and not held.isdisjoint(_IMPLY_BASIC))

    def require(self, area: Area, level: Level) -> None:
        """Raise Forbidden unless :meth:`may`."""
        if not self.may(area, level):
            raise Forbidden(area=str(area), level=str(level))

    def holds(self, *posts: str) -> bool:
        """Whether the viewer holds at least one of ``posts``."""
        return not self.posts.isdisjoint(posts)


def system(reason: str) -> Viewer:
    """The system itself: sees all rows, is named in the audit with its reason, holds no post."""
    return Viewer(None, "system", reach=Reach(everything=True), is_system=True, reason=reason)


@dataclass(frozen=True)
class Place:
    """Where a person stands in the organisation."""

    person_id: int
    department_id: int | None = None
    department_depth: int = 0
    report_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    chosen_ids: frozenset[int] = frozenset()


def reach_of(scope: Scope, place: Place) -> Reach:
    """Rows that a post of this scope lets a person at this place see.

    A record's department is always its owner's, so the department scopes need not name the owner too:
    that keeps the scope one equality, which an index serves.
    """
    own = frozenset({place.person_id})
    if place.department_id is None and scope in (Scope.DEPARTMENT, Scope.DEPARTMENT_AND_BELOW):
        return Reach(owner_ids=own)
    here = place.department_id or 0
    match scope:
        case Scope.ALL:
            return Reach(everything=True)
        case Scope.OWN_AND_REPORTS:
            return Reach(owner_ids=own | place.report_ids)
        case Scope.OWN_AND_TEAM:
            return Reach(owner_ids=own, team_ids=place.team_ids)
        case Scope.DEPARTMENT:
            return Reach(department_ids=frozenset({here}))
        case Scope.DEPARTMENT_AND_BELOW if place.department_depth == 0:
            return Reach(everything=True)
        case Scope.DEPARTMENT_AND_BELOW:
            return Reach(subtrees=frozenset({(place.department_depth, here)}))
        case Scope.CHOSEN_DEPARTMENTS:
            return Reach(owner_ids=own, department_ids=place.chosen_ids)
        case _:
            return Reach(owner_ids=own)


def union(posts: Iterable[Post]) -> dict[Area, frozenset[Level]]:
    """Levels by area of several posts held at once."""
    levels: dict[Area, frozenset[Level]] = {}
    for post in posts:
        for area, held in post.areas.items():
            levels[area] = levels.get(area, frozenset()) | held
    return levels
