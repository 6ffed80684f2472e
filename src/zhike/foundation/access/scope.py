"""The one choke point for rows: which rows of a query a viewer sees."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

from zhike.foundation.access.models import Department
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound

M = TypeVar("M", bound=Model)


def visible(viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of ``rows`` that lies within the viewer's reach, without deleted ones and what belongs to deleted ones.

    A model says where its owner stands by ``scope_path``: "" for its own columns, a relation such as ``"customer"``, or
    ``None`` for reference data that all staff may see; several in a tuple where more than one owner may look (of the
    customer, and of the project itself). Without it a model is closed. With ``pool = True`` rows that nobody owns are
    there for their department to draw from.
    """
    model = rows.model
    if not hasattr(model, "scope_path"):
        raise TypeError(f"{model.__name__} declares no scope_path")
    if model.scope_path is None:
        return rows.filter(deleted_at=None) if hasattr(model, "deleted_at") else rows
    within = Q(pk__in=[])
    for path in paths_of(model):
        holder, alive = _holder_of(model, path)
        rows = rows.filter(**alive)
        if not viewer.reach.everything:
            within |= _within(holder, viewer, f"{path}__" if path else "")
    return rows if viewer.reach.everything else rows.filter(within)


def binned(viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of ``rows`` within the viewer's reach that lies in the recycle bin of its own.

    What went there together with what it belongs to, at the same moment, comes back with that and is not in it.
    """
    model = rows.model
    rows = rows.filter(deleted_at__isnull=False)
    within = Q(pk__in=[])
    for path in paths_of(model):
        holder, alive = _holder_of(model, path)
        for column in alive:
            if column != "deleted_at":
                rows = rows.filter(Q(**{column: None}) | ~Q(**{column: F("deleted_at")}))
        if not viewer.reach.everything:
            within |= _within(holder, viewer, f"{path}__" if path else "")
    is_open = viewer.reach.everything or model.scope_path is None  # type: ignore[attr-defined]
    return rows if is_open else rows.filter(within)


def paths_of(model: type[Model]) -> tuple[str, ...]:
    """Where the owners of a row stand; nothing for reference data and closed models."""
    path = getattr(model, "scope_path", None)
    return () if path is None else (path,) if isinstance(path, str) else tuple(path)


def _holder_of(model: type[Model], path: str) -> tuple[type[Model], dict[str, None]]:
    """The model that carries the owner, and the conditions that nothing on the way lies in the recycle bin."""
    alive: dict[str, None] = {"deleted_at": None} if hasattr(model, "deleted_at") else {}
    prefix = ""
    for step in path.split("__") if path else ():
        prefix += f"{step}__"
        model = model._meta.get_field(step).related_model
        if hasattr(model, "deleted_at"):
            alive[f"{prefix}deleted_at"] = None
    return model, alive


def _within(model: type[Model], viewer: Viewer, prefix: str) -> Q:
    reach, within = viewer.reach, Q(pk__in=[])
    for column, values in (
        ("owner_id", reach.owner_ids),
        ("team_id", reach.team_ids),
        ("department_id", reach.department_ids),
    ):
        if values and _has(model, column):
            within |= _one_or_many(prefix + column, values)
    if getattr(model, "pool", False):
        within |= _pool(viewer, prefix)
    for depth, department_id in sorted(reach.subtrees):
        within |= _subtree(model, prefix, depth, department_id)
    return within


def _pool(viewer: Viewer, prefix: str) -> Q:
    """Rows of a model with ``pool = True`` that nobody owns yet: its department's, everybody's where it has none."""
    here = Q(**{f"{prefix}department_id": None})
    if viewer.department_id is not None:
        here |= Q(**{f"{prefix}department_id": viewer.department_id})
    return Q(**{f"{prefix}owner_id": None}) & here


def _has(model: type[Model], column: str) -> bool:
    return any(getattr(field, "attname", None) == column for field in model._meta.get_fields())


def _subtree(model: type[Model], prefix: str, depth: int, department_id: int) -> Q:
    """One equality where the table carries its ancestors, else the departments of the subtree by number."""
    if getattr(model, "carries_ancestors", False) and 1 <= depth <= 3:
        return Q(**{f"{prefix}ancestor_{depth}": department_id})
    below = Q(id=department_id)
    if 1 <= depth <= 3:
        below |= Q(**{f"ancestor_{depth}_id": department_id})
    ids = Department.objects.filter(below).values_list("id", flat=True)
    return _one_or_many(prefix + "department_id", frozenset(ids))


def _one_or_many(column: str, values: frozenset[int]) -> Q:
    if len(values) == 1:
        return Q(**{column: next(iter(values))})
    return Q(**{f"{column}__in": sorted(values)})


def one(viewer: Viewer, rows: QuerySet[M], **lookup: Any) -> M:
    """The single visible row that matches, or NotFound."""
    found = visible(viewer, rows).filter(**lookup).first()
    if found is None:
        raise NotFound(**{key: str(value) for key, value in lookup.items()})
    return found
