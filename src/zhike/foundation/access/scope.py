"""The one choke point for rows: which rows of a query a viewer sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext_noop as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department
from zhike.foundation.access.viewer import Shared, Viewer
from zhike.foundation.kit.refusals import Forbidden, NotFound

M = TypeVar("M", bound=Model)


class SharedToRead(Forbidden):
    """The record is open to the viewer for reading only."""

    code = "shared_to_read"
    sentence = _("This is shared with you for reading. Ask who shared it to let you edit it too.")


def visible(viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of ``rows`` that lies within the viewer's reach, without deleted ones and what belongs to deleted ones.

    A model says where its owner stands by ``scope_path``: "" for its own columns, a relation such as ``"customer"``, or
    ``None`` for reference data that all staff may see; several in a tuple where more than one owner may look (of the
    customer, and of the project itself). Without it a model is closed. With ``pool = True`` rows that nobody owns are
    there for their department to draw from. Single records that somebody has opened for a time are added where there
    are any; who has none asks as before.
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
    if viewer.reach.everything:
        return rows
    if viewer.reach.shared:
        # A read that locks is the beginning of a write: what is open for reading only is not written.
        within |= _shared(model, viewer.reach.shared, writes=bool(rows.query.select_for_update))
    return rows.filter(within)


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


def kind_of(model: type[Model]) -> str:
    """Under which label rows of a table are shared; a table beside another one names that one's in ``shared_as``."""
    return str(getattr(model, "shared_as", model._meta.label))


def holders_of_rows(model: type[Model]) -> list[tuple[str, str]]:
    """What may be shared so that a row of ``model`` is open, as (path, kind): the row, then what it belongs to."""
    found = [("pk", kind_of(model))]
    for path in paths_of(model):
        steps: list[str] = []
        holder: type[Model] = model
        for step in path.split("__") if path else ():
            steps.append(step)
            holder = holder._meta.get_field(step).related_model  # type: ignore[assignment]
            found.append(("__".join(steps), kind_of(holder)))
    return list(dict.fromkeys(found))


def _shared(model: type[Model], shares: Iterable[Shared], *, writes: bool) -> Q:
    within = Q(pk__in=[])
    usable = [one for one in shares if one.may_edit or not writes]
    for path, kind in holders_of_rows(model):
        ids = sorted({one.object_id for one in usable if one.kind == kind and (path == "pk" or one.is_full)})
        if ids:
            within |= Q(**{f"{path}__in": ids})
    return within


def by_share(viewer: Viewer, model: type[Model], pk: int) -> Shared | None:
    """The share by which alone the viewer sees a row; None for who sees it anyway, and for whom nothing is shared."""
    reach = viewer.reach
    if reach.everything or not reach.shared or getattr(model, "scope_path", None) is None:
        return None
    rows = model._base_manager.filter(pk=pk)
    if visible(replace(viewer, reach=replace(reach, shared=frozenset())), rows).exists():
        return None
    holders = holders_of_rows(model)
    held = rows.values(*(path for path, _kind in holders)).first() or {}
    found = [
        one
        for path, kind in holders
        for one in reach.shared
        if one.kind == kind and one.object_id == held.get(path) and (path == "pk" or one.is_full)
    ]
    if not found:
        return None
    return replace(found[0], is_full=any(o.is_full for o in found), may_edit=any(o.may_edit for o in found))


def only_shared(viewer: Viewer, model: type[Model]) -> frozenset[int]:
    """Numbers of the rows of a table that are open to the viewer by themselves only, with what is basic about them."""
    reach = viewer.reach
    kind = kind_of(model)
    ids = {one.object_id for one in reach.shared if one.kind == kind}
    ids -= {one.object_id for one in reach.shared if one.kind == kind and one.is_full}
    if not ids:
        return frozenset()
    own = replace(viewer, reach=replace(reach, shared=frozenset(one for one in reach.shared if one.is_full)))
    seen = visible(own, model._base_manager.filter(pk__in=ids)).values_list("pk", flat=True)
    return frozenset(ids - set(seen))


def narrowed(viewer: Viewer, area: Area, share: Shared | None) -> Viewer:
    """The viewer as far as a share goes: without a right to change, with the basics of ``area`` only, as it says."""
    if share is None:
        return viewer
    taken = frozenset[Level]() if share.may_edit else frozenset({Level.EDIT, Level.APPROVE})
    levels = {where: held - taken for where, held in viewer.levels.items()}
    for where, held in viewer.levels.items():  # who may edit sees the basics: taking that away leaves them
        if levels[where] != held and not levels[where]:
            levels[where] = frozenset({Level.BASIC})
    if not share.is_full:
        levels = {area: (levels.get(area, frozenset()) - {Level.FULL}) | {Level.BASIC}} if area in levels else {}
    return replace(viewer, levels=levels)


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
        is_write = bool(rows.query.select_for_update) and bool(viewer.reach.shared)
        if is_write and visible(viewer, rows.model._default_manager.filter(**lookup)).exists():
            raise SharedToRead()
        raise NotFound(**{key: str(value) for key, value in lookup.items()})
    return found
