"""The bulk form of writing facts: rows of one model with the columns every record has, one audit entry a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import models, transaction

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import bulk, clock, ids

CHUNK = 10_000
_BASE = ("uid", "version", "origin", "created_at", "updated_at", "created_by", "updated_by")


def facts_load(
    *,
    viewer: Viewer,
    model: type[models.Model],
    area: Area,
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    origin: str,
) -> int:
    """Insert ``rows`` (values in the order of ``fields``) as records of ``model``; returns how many.

    Rows may bring their own ``uid``, ``created_at`` and ``created_by``.

    ``CHUNK`` rows to a transaction, each with one audit entry that holds a digest per row.
    Raises: Forbidden.
    """  # fmt: skip
    viewer.require(area, Level.EDIT)
    written, stream = 0, iter(rows)
    base = tuple(name for name in _BASE if name not in fields)
    filled = _defaults(model, {*_BASE, *fields})
    kind = model._meta.model_name or ""
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            written += bulk.upsert(model, (*base, *filled, *fields), _with_base(chunk, viewer, origin, base, filled))
            batch = [(i, audit.digest_of({"row": repr(row)})) for i, row in enumerate(chunk)]
            audit.record(viewer, f"{kind}.load", kind=kind, object_id=None, object_uid=None, batch=batch)
    return written


def _defaults(model: type[models.Model], given: set[str]) -> dict[str, Any]:
    """Values of the columns that the rows leave out and that may not be empty."""
    return {
        field.name: field.get_default()
        for field in model._meta.concrete_fields
        if field.name not in given and not field.primary_key and not field.null
    }


def _with_base(
    chunk: Sequence[Sequence[Any]], viewer: Viewer, origin: str, base: Sequence[str], filled: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    now, rest = clock.now(), tuple(filled.values())
    same = {"version": 1, "origin": origin, "created_at": now, "updated_at": now, "created_by": viewer.person_id,
            "updated_by": viewer.person_id}  # fmt: skip
    shared = tuple(same[name] for name in base if name != "uid")
    # The uid stands first among the base, where the rows do not bring their own.
    if "uid" not in base:
        yield from ((*shared, *rest, *row) for row in chunk)
        return
    for uid, row in zip(ids.uids(len(chunk)), chunk, strict=True):
        yield (uid, *shared, *rest, *row)


def ids_by_external(model: type[models.Model], origin: str) -> dict[str, int]:
    """Database ids of the records of one origin, by their external id."""
    rows = model._default_manager.filter(origin=origin).exclude(external_id="")  # type: ignore[misc]
    return dict(rows.values_list("external_id", "pk"))
