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

    ``CHUNK`` rows to a transaction, each with one audit entry that holds a digest per row.
    Raises: Forbidden.
    """  # fmt: skip
    viewer.require(area, Level.EDIT)
    written, stream = 0, iter(rows)
    filled = _defaults(model, {*_BASE, *fields})
    kind = model._meta.model_name or ""
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            written += bulk.upsert(model, (*_BASE, *filled, *fields), _with_base(chunk, viewer, origin, filled))
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
    chunk: Sequence[Sequence[Any]], viewer: Viewer, origin: str, filled: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    now, rest = clock.now(), tuple(filled.values())
    for uid, row in zip(ids.uids(len(chunk)), chunk, strict=True):
        yield (uid, 1, origin, now, now, viewer.person_id, viewer.person_id, *rest, *row)


def ids_by_external(model: type[models.Model], origin: str) -> dict[str, int]:
    """Database ids of the records of one origin, by their external id."""
    rows = model._default_manager.filter(origin=origin).exclude(external_id="")  # type: ignore[misc]
    return dict(rows.values_list("external_id", "pk"))
