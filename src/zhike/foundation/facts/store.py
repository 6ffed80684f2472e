"""Facts that come from files: recognised, changed and taken back one by one, where a room has no services for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models, transaction

from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.foundation.kit import clock, ids
from zhike.foundation.kit.refusals import Stale


def facts_insert(
    *, viewer: Viewer, model: type[models.Model], area: Area, rows: Sequence[Mapping[str, Any]], origin: str
) -> list[tuple[int, UUID]]:
    """Insert ``rows`` (values by attribute, such as ``customer_id``); returns number and uid of each, in order.

    What no row gives has the model's default. Raises: Forbidden.
    """
    names = sorted({name for row in rows for name in row})
    given = [model._meta.get_field(name) for name in names]
    defaults = {f.name: None if f.null else f.get_default() for f in given if isinstance(f, models.Field)}
    uids = ids.uids(len(rows))
    values = [
        (uid, *(row.get(name, defaults[f.name]) for name, f in zip(names, given, strict=True)))
        for uid, row in zip(uids, rows, strict=True)
    ]
    facts_load(viewer=viewer, model=model, area=area, fields=("uid", *(f.name for f in given)), rows=values,
               origin=origin)  # fmt: skip
    numbers = dict(model._base_manager.filter(uid__in=uids).values_list("uid", "pk"))
    return [(numbers[uid], uid) for uid in uids]


@transaction.atomic
def fact_update(
    *, viewer: Viewer, model: type[Any], area: Area, uid: UUID, version: int, changes: Mapping[str, Any]
) -> Any:
    """Change a fact: one version on, noted before and after. Raises: NotFound, Forbidden, Stale."""
    viewer.require(area, Level.EDIT)
    row = scope.one(viewer, model._default_manager.select_for_update(of=("self",)), uid=uid)
    if row.version != version:
        raise Stale(version=row.version)
    before = {name: _plain(getattr(row, name)) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at, row.updated_by_id = clock.now(), viewer.person_id
    row.save()
    kind = model._meta.model_name or ""
    audit.record(
        viewer, f"{kind}.update", kind=kind, object_id=row.pk, object_uid=row.uid, before=before,
        after={name: _plain(value) for name, value in changes.items()},
    )  # fmt: skip
    return row


@transaction.atomic
def facts_remove(*, viewer: Viewer, model: type[Any], area: Area, pks: Sequence[int]) -> None:
    """Put facts into the recycle bin, noted in one entry. Raises: Forbidden."""
    viewer.require(area, Level.EDIT)
    now, kind = clock.now(), model._meta.model_name or ""
    rows = model._base_manager.filter(pk__in=list(pks), deleted_at=None)
    batch = [(pk, audit.digest_of({"version": version})) for pk, version in rows.values_list("pk", "version")]
    rows.update(deleted_at=now, updated_at=now, updated_by=viewer.person_id, version=models.F("version") + 1)
    audit.record(viewer, f"{kind}.remove", kind=kind, object_id=None, object_uid=None, batch=batch)


def facts_present(
    model: type[Any], columns: Mapping[str, str]
) -> Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]:
    """``present`` of an importer whose values all stand plain in the row: public name → attribute."""

    def present(pks: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        rows = model._base_manager.filter(pk__in=list(pks)).values("pk", *columns.values())
        return {row["pk"]: {key: row[name] for key, name in columns.items()} for row in rows}

    return present


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
