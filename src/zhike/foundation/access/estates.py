"""What belongs to a member of staff and goes to somebody else when they leave or move. A port filled by the rooms.

A room that keeps records with an owner of its own registers an :class:`Estate`. What nobody registers but carries owner
and department in its own columns (``scope_path = ""``) is handed over here, row by row in one statement a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import F, Model, Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation import audit
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.scope import paths_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

ANCESTORS = ("ancestor_1", "ancestor_2", "ancestor_3")
_PIECE = 5_000


@dataclass(frozen=True)
class Estate:
    """One kind of things that people own: how many one person has, and how they pass to another.

    ``hand_over(viewer, before, after)`` runs inside the caller's transaction, writes audit and events, and returns how
    many passed. The caller has checked the permission. ``models`` are the labels of the tables it looks after.
    """

    code: str
    words: Any
    count: Callable[[int], int]
    hand_over: Callable[[Viewer, int, int], int]
    models: tuple[str, ...] = ()


_ESTATES: dict[str, Estate] = {}


def register(estate: Estate) -> Estate:
    """Say what else people own; the same code again replaces."""
    _ESTATES[estate.code] = estate
    return estate


def estates() -> list[Estate]:
    """Everything that people own, what no room looks after at the end."""
    return [*_ESTATES.values(), OTHERS]


def kinds() -> list[Estate]:
    """Every kind of things by itself: each other table with an owner, then what is registered.

    Tables come first: what belongs to a customer and is given to somebody else than the customer does not follow it.
    """
    return [*(_of_table(model) for model in _unregistered()), *_ESTATES.values()]


def _of_table(model: type[Model]) -> Estate:
    def count(person_id: int) -> int:
        return model._base_manager.filter(owner_id=person_id).count()

    def hand_over(viewer: Viewer, _before: int, after: int) -> int:
        receiver = Person.objects.select_related("department").get(pk=after)
        return _hand_over_rows(viewer, model, _before, receiver)

    return Estate(model._meta.label_lower, model._meta.verbose_name_plural, count, hand_over, (model._meta.label,))


def by_column(code: str, words: Any, model: type[Model], column: str, where: Q) -> Estate:
    """Rows that name a person in a column of their own, such as who handles them, as far as they lie ``where``."""

    def count(person_id: int) -> int:
        return model._base_manager.filter(where, **{column: person_id}).count()

    def hand_over(viewer: Viewer, before: int, after: int) -> int:
        passed = 0
        rows = model._base_manager.filter(where, **{column: before}).order_by("pk")
        changed: dict[str, Any] = {column: after} | ({"version": F("version") + 1} if _has(model, "version") else {})
        digest = audit.digest_of({"before": before, "after": after})
        while ids := list(rows.values_list("pk", flat=True)[:_PIECE]):
            passed += model._base_manager.filter(pk__in=ids).update(**changed)
            audit.record(
                viewer, "records.hand_over", kind=model._meta.model_name or "", batch=[(pk, digest) for pk in ids],
                before={column: before}, after={column: after},
            )  # fmt: skip
        return passed

    return Estate(code, words, count, hand_over)


def owned_by(person_id: int) -> list[tuple[Estate, int]]:
    """What the person owns, with numbers; what there is none of is left out."""
    return [(estate, count) for estate in estates() if (count := estate.count(person_id))]


def _has(model: type[Model], *columns: str) -> bool:
    held = {getattr(field, "attname", "") for field in model._meta.get_fields()}
    return held.issuperset(columns)


def _owning() -> Iterator[type[Model]]:
    """Tables whose own columns say who owns a row and where the owner stands."""
    for model in apps.get_models():
        if "" in paths_of(model) and _has(model, "owner_id", "department_id"):
            yield model


def _place(department: Department | None, model: type[Model]) -> dict[str, Any]:
    """The columns by which a row of ``model`` stands in a department."""
    place: dict[str, Any] = {"department_id": department.pk if department else None}
    if _has(model, *ANCESTORS):
        place |= {name: getattr(department, f"{name}_id", None) for name in ANCESTORS}
    return place


def department_follows_owner(person: Person) -> int:
    """Rows of a person stand in the person's department: after a move they follow, one statement a table."""
    moved = 0
    for model in _owning():
        moved += model._base_manager.filter(owner_id=person.pk).update(**_place(person.department, model))
    return moved


def ancestors_follow(departments: Iterable[Department]) -> int:
    """Rows carry the ancestors of their department: after the chart changed they follow, one statement a department."""
    found = list(departments)
    moved = 0
    for model in apps.get_models():
        if not getattr(model, "carries_ancestors", False):
            continue
        for department in found:
            rows = model._base_manager.filter(department_id=department.pk)
            moved += rows.update(**{name: getattr(department, f"{name}_id") for name in ANCESTORS})
    return moved


def _unregistered() -> Iterator[type[Model]]:
    taken = {label for estate in _ESTATES.values() for label in estate.models}
    return (model for model in _owning() if model._meta.label not in taken)


def _count_others(person_id: int) -> int:
    return sum(model._base_manager.filter(owner_id=person_id).count() for model in _unregistered())


def _hand_over_others(viewer: Viewer, before: int, after: int) -> int:
    receiver = Person.objects.select_related("department").get(pk=after)
    return sum(_hand_over_rows(viewer, model, before, receiver) for model in _unregistered())


def _hand_over_rows(viewer: Viewer, model: type[Model], before: int, receiver: Person) -> int:
    changed: dict[str, Any] = {"owner_id": receiver.pk, **_place(receiver.department, model)}
    if _has(model, "version", "updated_at", "updated_by_id"):
        changed |= {"version": F("version") + 1, "updated_at": clock.now(), "updated_by_id": viewer.person_id}
    passed = 0
    while ids := list(model._base_manager.filter(owner_id=before).order_by("pk").values_list("pk", flat=True)[:_PIECE]):
        passed += model._base_manager.filter(pk__in=ids).update(**changed)
        digest = audit.digest_of({"owner_before": before, "owner_after": receiver.pk})
        audit.record(
            viewer, "records.hand_over", kind=model._meta.model_name or "", batch=[(pk, digest) for pk in ids],
            before={"owner_id": before}, after={"owner_id": receiver.pk},
        )  # fmt: skip
    return passed


OTHERS = Estate("others", _("other records"), _count_others, _hand_over_others)
