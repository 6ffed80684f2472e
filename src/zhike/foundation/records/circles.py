"""People and departments as a filter names them: by identifier, or by where the viewer stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import names
from zhike.foundation.records.conditions import uid_of

PEOPLE = {"me": _("me"), "my_team": _("my team"), "my_department": _("my department")}
DEPARTMENTS = {"mine": _("my department")}


def people_numbers(viewer: Viewer, given: Sequence[str]) -> tuple[list[int], list[str]]:
    """Numbers and words of the people named. Raises ValueError with a sentence."""
    numbers: set[int] = set()
    words = []
    for text in given:
        if text in PEOPLE:
            numbers.update(_circle(viewer, text))
            words.append(str(PEOPLE[text]))
            continue
        number = names.people.number(uid_of(text))
        if number is None:
            raise ValueError(gettext("There is no such person."))
        numbers.add(number)
        words.append(names.people.by_id[number].name)
    return sorted(numbers), words


def department_numbers(viewer: Viewer, given: Sequence[str], *, with_below: bool) -> tuple[list[int], list[str]]:
    """Numbers and words of the departments named. Raises ValueError with a sentence."""
    numbers: list[int] = []
    words = []
    for text in given:
        if text in DEPARTMENTS:  # who stands in none finds nothing: the same view serves all
            numbers += [viewer.department_id] if viewer.department_id is not None else []
            words.append(str(DEPARTMENTS[text]))
            continue
        number = names.departments.number(uid_of(text))
        if number is None:
            raise ValueError(gettext("There is no such department."))
        numbers.append(number)
        words.append(names.departments.by_id[number].name)
    return (below(numbers) if with_below else sorted(set(numbers))), words


def below(numbers: Iterable[int]) -> list[int]:
    """These departments and all below them."""
    chosen = set(numbers)
    found = set(chosen)
    chart = Department.objects.values_list("pk", "parent_id", "depth").order_by("depth")
    for number, parent_id, _depth in chart:  # from the top: a parent comes before its children
        if parent_id in found:
            found.add(number)
    return sorted(found)


def _circle(viewer: Viewer, name: str) -> set[int]:
    """The people around the viewer, the viewer among them; nobody around the system."""
    mine = set() if viewer.person_id is None else {viewer.person_id}
    if name == "my_team" and mine:
        mine.update(Person.objects.filter(teams__members=viewer.person_id).values_list("pk", flat=True))
    if name == "my_department" and viewer.department_id is not None:
        here = Person.objects.filter(department__in=below([viewer.department_id]))
        mine.update(here.values_list("pk", flat=True))
    return mine
