"""Typed words in a list. The index gives candidates, the room's re-check decides, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db.models import QuerySet

from zhike.foundation import search
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.query import ListQuery

# So few candidates are all re-checked at once, which gives an exact total; beyond it the walk stops with the page.
ALL_AT_ONCE = 100
_LONGEST_STEP = 2_000


class Asked(NamedTuple):
    """Words asked of one kind of record, with their candidates."""

    record_type: RecordType
    words: str
    candidates: search.Candidates

    @property
    def needs_recheck(self) -> bool:
        """Whether candidates may be more than what the words mean."""
        return self.record_type.recheck is not None and not self.candidates.is_exact


def asked(viewer: Viewer, record_type: RecordType, query: ListQuery) -> Asked | None:
    """What the words may mean, looked up once per request; None for a kind that is not found by words."""
    if not record_type.search:
        return None
    if query.words not in query.looked_up:
        query.looked_up[query.words] = search.candidates(
            record_type.search, query.words, in_personal=record_type.finds_persons(viewer)
        )
    return Asked(record_type, query.words, query.looked_up[query.words])


def first(viewer: Viewer, found: Asked | None, rows: QuerySet[Any], start: int, count: int) -> tuple[list[int], bool]:
    """``count`` ids from ``start`` on that really match in ordered, scoped ``rows``; and whether they are the last."""
    if found is None:
        return [], True
    if not found.needs_recheck:
        ids = found.candidates.first(rows, start, start + count)
        return ids, len(ids) < count
    wanted, matching = start + count, list[int]()
    for step in _steps(found, rows, wanted):
        matching.extend(found.record_type.recheck(viewer, step, found.words))  # type: ignore[misc]
        if len(matching) >= wanted:
            return matching[start:wanted], False
    return matching[start:], True


def _steps(found: Asked, rows: QuerySet[Any], wanted: int) -> Iterator[Sequence[int]]:
    """Slices of the candidates in the order of ``rows``: a first one that usually is enough, then longer ones."""
    candidates, start, size = found.candidates, 0, min(wanted + wanted // 4, _LONGEST_STEP)
    read = partial(candidates.first, rows)
    if candidates.ids is not None:
        # The first step has to sort all that a rare word may mean: they are read once.
        read = partial(_part, read(0, len(candidates.ids)))
        size = ALL_AT_ONCE if len(candidates.ids) <= ALL_AT_ONCE else size
    while step := read(start, start + size):
        yield step
        if len(step) < size:
            return
        start, size = start + size, min(size * 2, _LONGEST_STEP)


def _part(ids: list[int], start: int, stop: int) -> list[int]:
    return ids[start:stop]
