"""Taking the sample company out: every row of it and what the system made of them, and nothing that people made.

What belongs to it is read off the models: rows whose origin says so; rows without an origin that go with their
parent (``CASCADE``); and rows that no person made, such as warnings of a night. Where a row that a person made hangs
on one of them, nothing is removed, and that row is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.models import PersonKey, VaultValue
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.reports.models import Issue
from zhike.foundation.search.models import SearchDocument

ORIGIN = "sample"
_NAMED = 3
Model = type[models.Model]
Progress = Callable[[str, float], None]


class LiveRowsHang(Refusal):
    """Rows that people made belong to rows of the sample."""

    code = "sample_live_rows"
    sentence = _("The sample company stays: %(what)s belong to it. Delete them or move them first.")


class NoSample(Refusal):
    """There is nothing to take out."""

    code = "no_sample"
    sentence = _("There is no sample company here.")


@dataclass(frozen=True)
class Hanging:
    """Rows of one kind that people made and that hang on the sample."""

    kind: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} ({self.count}: {', '.join(self.examples)}{' …' if self.count > _NAMED else ''})"


def is_loaded() -> bool:
    """Whether anything of the sample company is here."""
    return Person.objects.filter(origin=ORIGIN).exists()


class _Plan:
    """Which rows of which model belong to the sample, each model after those that depend on it."""

    def __init__(self) -> None:
        self.conditions: dict[Model, Q | None] = {}
        self.order: list[Model] = []
        self._asked: set[Model] = set()
        self.models = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
        for model in self.models:
            self.condition(model)

    def condition(self, model: Model) -> Q | None:
        """What tells a row of the sample; None where the model has none. A circle is cut where it closes."""
        if model in self._asked:
            return self.conditions.get(model)
        self._asked.add(model)
        parents = [(f, rows) for f in _pointers(model, models.CASCADE, models.PROTECT) if (rows := self.rows_of(f))]
        found = self._own(model, parents)
        if found is not None:
            self.conditions[model] = found
            self.order.append(model)
        return found

    @staticmethod
    def _own(model: Model, parents: list[tuple[Any, QuerySet[Any]]]) -> Q | None:
        if model is Department:
            return Q(external_id__startswith=f"{ORIGIN}:")
        children = [Q(**{f"{f.name}__in": rows}) for f, rows in parents if f.remote_field.on_delete is models.CASCADE]
        with_parent = _any(children)
        if not _has(model, "origin"):
            return with_parent
        own = Q(origin=ORIGIN)
        if with_parent is not None and _has(model, "created_by"):
            own |= Q(created_by=None) & with_parent
        if model is Issue:
            # Drafts of reports that nobody took up go with those for whom they were made.
            own |= Q(created_by=None, updated_by=None, owner__origin=ORIGIN)
        return own

    def rows_of(self, field: Any) -> QuerySet[Any] | None:
        """Rows of the sample at which ``field`` may point."""
        target = field.remote_field.model
        condition = None if target is field.model else self.condition(target)
        return None if condition is None else target._base_manager.filter(condition).values(field.target_field.name)

    def rows(self, model: Model) -> QuerySet[Any]:
        """Rows of the model that belong to the sample."""
        return model._base_manager.filter(self.conditions[model] or Q(pk__in=[]))

    def hanging(self) -> Iterator[Hanging]:
        """What people made and hangs on the sample, by kind."""
        for model in self.models:
            pointing = [
                Q(**{f"{f.name}__in": rows})
                for f in _pointers(model, models.CASCADE, models.PROTECT, models.RESTRICT)
                if (rows := self.rows_of(f)) is not None
            ]
            reached = _any(pointing)
            if reached is None:
                continue
            found = model._base_manager.filter(reached)
            if model in self.conditions:
                found = found.exclude(pk__in=self.rows(model).values("pk"))
            if count := found.count():
                named = tuple(str(row)[:60] for row in found.order_by("pk")[:_NAMED])
                yield Hanging(str(model._meta.verbose_name), count, named)


def hanging() -> list[Hanging]:
    """What keeps the sample from being taken out; empty when nothing does."""
    return list(_Plan().hanging())


def sample_remove(*, viewer: Viewer, progress: Progress = lambda _step, _share: None) -> dict[str, int]:
    """Take the sample company out, whole or not at all; says how many rows of each model went.

    Raises: Forbidden, NoSample, LiveRowsHang.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    if not is_loaded():
        raise NoSample()
    with transaction.atomic():
        plan = _Plan()
        found = list(plan.hanging())
        if found:
            raise LiveRowsHang(what="; ".join(map(str, found)))
        gone = _removed(plan, progress)
        audit.record(viewer, "sample.remove", kind="sample", after=gone)
    return gone


def _removed(plan: _Plan, progress: Progress) -> dict[str, int]:
    gone: dict[str, int] = {}
    for model in plan.models:
        _let_go(plan, model)
    # Children stand behind their parents in the order in which conditions were found.
    for number, model in enumerate(reversed(plan.order)):
        progress(str(model._meta.verbose_name), number / len(plan.order))
        _forget_values(plan, model)
        if count := _delete(plan.rows(model)):
            gone[model._meta.label] = count
    return gone


def _let_go(plan: _Plan, model: Model) -> None:
    """What merely mentions a row of the sample goes on without."""
    for field in _pointers(model, models.SET_NULL):
        rows = plan.rows_of(field)
        if rows is None and field.remote_field.model is model and model in plan.conditions:
            rows = plan.rows(model).values("pk")
        if rows is not None:
            model._base_manager.filter(**{f"{field.name}__in": rows}).update(**{field.name: None})


def _forget_values(plan: _Plan, model: Model) -> None:
    """Personal values of the rows, and what they are found by."""
    rows = plan.rows(model)
    SearchDocument.objects.filter(kind=model._meta.model_name, object_id__in=rows.values("pk")).delete()
    if _has(model, "uid"):
        subjects = rows.values("uid")
        _delete(VaultValue.objects.filter(person__in=subjects))
        _delete(PersonKey.objects.filter(subject__in=subjects))


def _delete(rows: QuerySet[Any]) -> int:
    """One statement: what depends on the rows went before them."""
    count: int = rows._raw_delete(connection.alias)
    return count


def _pointers(model: Model, *ways: Any) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete in ways
    ]


def _has(model: Model, name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _any(conditions: list[Q]) -> Q | None:
    found: Q | None = None
    for condition in conditions:
        found = condition if found is None else found | condition
    return found
