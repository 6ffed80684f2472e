"""Typed words in a list. The index gives candidates, the room's re-check decides, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from zhike.foundation import search
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records.declare import RecordType
from zhike.foundation.search.query import parsed

# So few candidates are all re-checked at once, which gives an exact total; beyond it the walk stops with the page.
ALL_AT_ONCE = 300


def narrowed(record_type: RecordType, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """``rows`` that the words may mean. A record type without a search kind finds nothing by words."""
    if not record_type.search:
        return rows.none()
    return search.candidates(record_type.search, words).narrow(rows)


def needs_recheck(record_type: RecordType, words: str) -> bool:
    """Whether candidates may be more than what the words mean."""
    return record_type.recheck is not None and bool(words) and not parsed(words).is_exact


def checked(
    viewer: Viewer, record_type: RecordType, ids: QuerySet[Any], words: str, *, wanted: int
) -> tuple[list[int], bool]:
    """The first ``wanted`` of the ordered, scoped ``ids`` that really match; and whether these are all there are."""
    found: list[int] = []
    for step in _steps(ids):
        found.extend(_recheck(viewer, record_type, step, words))
        if len(found) >= wanted:
            return found[:wanted], False
    return found, True


def _steps(ids: QuerySet[Any]) -> Iterator[Sequence[int]]:
    """Slices of ``ids``: a first one that usually is all, then longer ones."""
    start, size = 0, ALL_AT_ONCE
    while step := list(ids[start : start + size]):
        yield step
        if len(step) < size:
            return
        start, size = start + size, min(size * 2, 2_000)


def _recheck(viewer: Viewer, record_type: RecordType, ids: Sequence[int], words: str) -> Sequence[int]:
    return record_type.recheck(viewer, ids, words) if record_type.recheck else ids
