"""Paging for programs: each answer carries a cursor to what follows, so that row 1,000,000 costs as much as row 1."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_noop as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import query as queries
from zhike.foundation.records import searching, selector
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.values import Plan


class Mark(NamedTuple):
    """Where the last row stood: its value in the order, and its id; the row itself where it was read along."""

    value: Any
    id: int
    row: tuple[Any, ...] | None = None


class Slice(NamedTuple):
    """Rows of one answer as the plan reads them, and the cursor to the next one, empty at the end."""

    rows: list[tuple[Any, ...]]
    cursor: str


def after(viewer: Viewer, plan: Plan, asked: ListQuery, cursor: str, limit: int) -> Slice:
    """Up to ``limit`` rows that follow ``cursor``. Raises Invalid for a cursor of another list."""
    record_type = plan.record_type
    path, is_down, may_be_none = queries.walk_of(record_type, asked.sort)
    mark = _read(record_type, asked, cursor) if cursor else None
    marks: list[Mark] = []
    reads_along = path in plan.paths and not asked.words
    matching, relation = selector.matching(viewer, record_type, asked, plan.everything if reads_along else None)
    path = path.removeprefix(relation + "__") if relation else path
    whole = plan if reads_along and not relation else None
    for rows in _stretches(matching, path, is_down, may_be_none, mark):
        marks += _taken(viewer, record_type, asked, rows, path, is_down, limit + 1 - len(marks), whole)
        if len(marks) > limit:
            break
    found = marks[:limit]
    rows = [m.row for m in found if m.row is not None] if whole else selector.rows_of(plan, [m.id for m in found])
    return Slice(rows, _written(record_type, asked, found[-1]) if len(marks) > limit else "")


def around(viewer: Viewer, record_type: RecordType, asked: ListQuery, pk: int) -> tuple[int | None, int | None]:
    """The numbers of the records before and after ``pk`` in this list, None at its ends.

    The record itself need not answer any more: what counts is where its value stands in the order.
    """
    path, is_down, may_be_none = queries.walk_of(record_type, asked.sort)
    matching, relation = selector.matching(viewer, record_type, asked)
    path = path.removeprefix(relation + "__") if relation else path
    value = matching.model._base_manager.filter(pk=pk).values_list(path, flat=True).first()
    if value is None and not may_be_none:
        return None, None
    mark = Mark(value, pk)
    behind = _stretches(matching, path, is_down, may_be_none, mark)
    ahead = _stretches_back(matching, path, is_down, may_be_none, mark)
    first = [
        _first(viewer, record_type, asked, rows, path, down) for rows, down in ((ahead, not is_down), (behind, is_down))
    ]
    return first[0], first[1]


def _first(
    viewer: Viewer, record_type: RecordType, asked: ListQuery, stretches: list[QuerySet[Any]], path: str, is_down: bool
) -> int | None:
    for rows in stretches:
        for mark in _taken(viewer, record_type, asked, rows, path, is_down, 1, None):
            return mark.id
    return None


def _stretches_back(
    rows: QuerySet[Any], path: str, is_down: bool, may_be_none: bool, mark: Mark
) -> list[QuerySet[Any]]:
    """What stands before ``mark``, to be walked the other way round: rows without a value stand at the end."""
    if not may_be_none:
        return [rows.filter(_beyond(path, not is_down, mark))]
    with_value = rows.filter(**{f"{path}__isnull": False})
    if mark.value is not None:
        return [with_value.filter(_beyond(path, not is_down, mark))]
    without = rows.filter(**{f"{path}__isnull": True})
    return [without.filter(pk__gt=mark.id) if is_down else without.filter(pk__lt=mark.id), with_value]


def _stretches(
    rows: QuerySet[Any], path: str, is_down: bool, may_be_none: bool, mark: Mark | None
) -> list[QuerySet[Any]]:
    """The rest of the list, as a stretch with values and one without: an OR of both would miss the index."""
    if not may_be_none:
        return [rows.filter(_beyond(path, is_down, mark)) if mark else rows]
    with_value, without = rows.filter(**{f"{path}__isnull": False}), rows.filter(**{f"{path}__isnull": True})
    if mark is None:
        return [with_value, without]
    if mark.value is None:
        return [without.filter(pk__lt=mark.id) if is_down else without.filter(pk__gt=mark.id)]
    return [with_value.filter(_beyond(path, is_down, mark)), without]


def _beyond(path: str, is_down: bool, mark: Mark) -> Q:
    """Rows after ``mark``: the first condition finds the place in the index, the second breaks ties."""
    side, strictly = ("lte", "lt") if is_down else ("gte", "gt")
    tie = Q(**{f"{path}__{strictly}": mark.value}) | Q(**{f"pk__{strictly}": mark.id})
    return Q(**{f"{path}__{side}": mark.value}) & tie


def _taken(
    viewer: Viewer, record_type: RecordType, asked: ListQuery, rows: QuerySet[Any], path: str, is_down: bool,
    count: int, whole: Plan | None,
) -> list[Mark]:  # fmt: skip
    """The first ``count`` of a stretch, re-checked where words are given; with their rows for a plan."""
    spec = record_type.sort_spec(asked.sort or record_type.first_sort)
    if spec is None:
        raise KeyError(asked.sort)
    ordered = rows.order_by(*queries.directed(spec, path, is_down=is_down))
    if whole is not None:
        place = whole.paths.index(path)
        return [Mark(row[place], row[0], row) for row in ordered[:count]]
    if not asked.words:
        return [Mark(*pair) for pair in ordered.values_list(path, "pk")[:count]]
    ids, _is_all = searching.first(viewer, searching.asked(viewer, record_type, asked), ordered, 0, count)
    values = dict(rows.model._base_manager.filter(pk__in=ids).values_list("pk", path))
    return [Mark(values[pk], pk) for pk in ids if pk in values]


def _written(record_type: RecordType, asked: ListQuery, mark: Mark) -> str:
    value = mark.value
    if isinstance(value, dt.datetime):
        value = ["t", value.isoformat()]
    elif isinstance(value, dt.date):
        value = ["d", value.isoformat()]
    return _signer().sign_object([record_type.code, asked.sort, value, mark.id])


def _read(record_type: RecordType, asked: ListQuery, cursor: str) -> Mark:
    """Only what we wrote ourselves comes back: the value goes into a comparison with the column unexamined."""
    problem = Invalid(fields={"after": _("This cursor belongs to another list. Start again without it.")})
    try:
        code, sort, value, pk = _signer().unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError):
        raise problem from None
    if (code, sort) != (record_type.code, asked.sort):
        raise problem
    return Mark(_moment(value) if isinstance(value, list) else value, pk)


def _signer() -> signing.Signer:
    return signing.Signer(salt="zhike.records.cursor")


def _moment(value: list[str]) -> dt.datetime | dt.date | None:
    kind, text = value
    return parse_datetime(text) if kind == "t" else parse_date(text)
