"""Writing the index: a projection, inside the transaction of the record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import connection

from zhike.foundation.kit import bulk, serial
from zhike.foundation.search import storage, version
from zhike.foundation.search.models import SearchDocument

LARGE = 5_000
_PIECE = 5_000


def index(kind: str, docs: Mapping[int, Iterable[str]]) -> None:
    """Replace the tokens of ``docs`` (object id → tokens). An object without tokens is removed."""
    tokens = {object_id: sorted(set(found)) for object_id, found in docs.items()}
    bulk.upsert(
        SearchDocument,
        ("object_id", "kind", "grams"),
        ((object_id, kind, found) for object_id, found in tokens.items() if found),
        conflict=("object_id", "kind"),
        update=("grams",),
    )
    if empty := [object_id for object_id, found in tokens.items() if not found]:
        remove(kind, empty)
    if len(tokens) >= LARGE:
        storage.settle(connection)


def await_rebuild(kind: str) -> None:
    """Let a piece of a rebuild of ``kind`` end first, and begin none before this transaction ends.

    Call it before the texts of a document are read: what a rebuild has read before cannot overwrite them then.
    """
    serial.share(version.LOCK_SPACE, kind)


def remove(kind: str, ids: Collection[int]) -> None:
    """Take objects out of the index."""
    chosen = list(ids)
    await_rebuild(kind)
    for start in range(0, len(chosen), _PIECE):
        SearchDocument.objects.filter(kind=kind, object_id__in=chosen[start : start + _PIECE]).delete()
