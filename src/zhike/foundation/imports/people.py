"""Members of staff named in a file, by login or by name; and whom a viewer may give records to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer


@dataclass(frozen=True)
class Staff:
    """Everybody by what a file may call them, and the part to whom the viewer may give records."""

    by_word: Mapping[str, int]
    receivers: frozenset[int]

    def find(self, word: str) -> int | None:
        """The number of the one person of that login or name; None for nobody and for several."""
        return self.by_word.get(_plain(word))


def staff(viewer: Viewer) -> Staff:
    """Read it all: an enterprise has some thousand people at most."""
    rows = list(Person.objects.values_list("pk", "username", "name", "department_id", "is_active", "uid"))
    words: dict[str, int] = {}
    twice: set[str] = set()
    for pk, _username, name, _department, is_active, _uid in sorted(rows, key=lambda row: not row[4]):
        word = _plain(name)
        if word in words and is_active:
            twice.add(word)
        words.setdefault(word, pk)
    for word in twice:
        del words[word]
    words |= {_plain(username): pk for pk, username, *_ in rows} | {str(row[5]): row[0] for row in rows}
    inside = _departments(viewer)
    active = {pk: department for pk, _u, _n, department, is_active, _uid in rows if is_active}
    receivers = {
        pk
        for pk, department in active.items()
        if viewer.reach.everything or pk in viewer.reach.owner_ids or department in inside
    }
    return Staff(words, frozenset(receivers))


def _departments(viewer: Viewer) -> set[int]:
    """Departments whose records lie within the viewer's reach."""
    found = set(viewer.reach.department_ids)
    for depth, department in viewer.reach.subtrees:
        below = Department.objects.filter(**{f"ancestor_{depth}_id": department}) if 1 <= depth <= 3 else None
        found.add(department)
        found.update(below.values_list("pk", flat=True) if below is not None else ())
    return found


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()
