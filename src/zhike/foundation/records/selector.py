"""Reads of the kit: one page of a list, its total, one record. Rows pass the one choke point for rows."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from zhike.foundation.access import scope
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.policies import versions
from zhike.foundation.records import names, searching
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.fence import fenced
from zhike.foundation.records.policy import ListPolicy
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.values import Plan


@dataclass(frozen=True)
class Total:
    """How many records answer: exact; or "at least" where counting stopped; or about, of candidates of a search."""

    count: int
    exact: bool = True
    about: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list: rows as tuples in the order of the plan's paths."""

    rows: Sequence[tuple[Any, ...]]
    number: int
    size: int
    has_next: bool
    total: Total

    @property
    def first(self) -> int:
        """The position of the first row, from 1; 0 on an empty page."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return (self.number - 1) * self.size + len(self.rows)


EVERY = 1 << 40  # more than there can be


def limits() -> ListPolicy:
    """The numbers of lists in force."""
    return versions.current().get(ListPolicy)


def page(viewer: Viewer, plan: Plan, asked: ListQuery) -> Page:
    """The asked page. The walk along an index finds ids, then only that page's rows are read in full."""
    rules = limits()
    number = min(asked.page, rules.pages_max)
    offset = (number - 1) * rules.page_rows
    rows, is_all = _rows(viewer, plan, asked, offset, rules.page_rows + 1)
    has_next = len(rows) > rules.page_rows
    if not has_next and is_all and (rows or number == 1):
        total = Total(offset + len(rows))
    else:
        total = counted(viewer, plan.record_type, asked, rules, seen=offset + len(rows))
    return Page(rows[: rules.page_rows], number, rules.page_rows, has_next, total)


def found(viewer: Viewer, plan: Plan, asked: ListQuery, count: int) -> list[tuple[Any, ...]]:
    """The first ``count`` rows that answer, without a total: for pickers, related lists and the palette."""
    return _rows(viewer, plan, asked, 0, count)[0]


# So many rows are read past in full; beyond, the walk passes over ids alone.
_SHALLOW = 500


def _rows(viewer: Viewer, plan: Plan, asked: ListQuery, offset: int, count: int) -> tuple[list[tuple[Any, ...]], bool]:
    """``count`` rows from ``offset`` on, and whether the list ends with them.

    At once near the beginning of a list in its own table, where the walk along the index rejects next to nothing; else
    first the ids, by which a walk looks at the index alone, then their rows.
    """
    record_type = plan.record_type
    if not asked.words and offset <= _SHALLOW and (viewer.reach.everything or _is_first_sort(record_type, asked)):
        matches, relation = matching(viewer, record_type, asked, plan.everything)
        if not relation:
            ordering, _spec = queries.order_by(record_type, asked.sort)
            rows = list(matches.order_by(*ordering)[offset : offset + count])
            return rows, len(rows) < count
    ids, is_all = first_ids(viewer, record_type, asked, offset, count)
    return rows_of(plan, ids), is_all


def _is_first_sort(record_type: RecordType, asked: ListQuery) -> bool:
    return asked.sort in ("", record_type.first_sort)


def first_ids(
    viewer: Viewer, record_type: RecordType, asked: ListQuery, offset: int, count: int
) -> tuple[list[int], bool]:
    """``count`` ids from ``offset`` on, re-checked where words are given; and whether the list ends with them."""
    ordered = ordered_rows(viewer, record_type, asked)
    if asked.words:
        return searching.first(viewer, searching.asked(viewer, record_type, asked), ordered, offset, count)
    ids = list(ordered.values_list("pk", flat=True)[offset : offset + count])
    return ids, len(ids) < count


def rows_of(plan: Plan, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Rows of ``ids`` in that order. Only for ids that came out of a scoped query."""
    if not ids:
        return []
    by_id = {row[0]: row for row in plan.everything.filter(pk__in=ids)}
    return [by_id[pk] for pk in ids if pk in by_id]


def matching(
    viewer: Viewer, record_type: RecordType, asked: ListQuery, among: QuerySet[Any] | None = None
) -> tuple[QuerySet[Any], str]:
    """The visible records that answer the filters, in no order; and the relation whose table they stand in.

    That is the record's own table (""), or the one-to-one table that carries both the reach and the order, where the
    filters allow: their primary keys are the same. Words are asked for in :mod:`.searching`.
    """
    _ordering, spec = queries.order_by(record_type, asked.sort)
    relation = spec.through or (spec.beside if asked.conditions else "")
    if relation and (rows := _along(viewer, record_type, asked, relation)) is not None:
        return rows, relation
    rows = scope.visible(viewer, record_type.model._default_manager.all() if among is None else among)
    where = _where(record_type, asked)
    return (rows.filter(where) if where else rows), ""


def ordered_rows(viewer: Viewer, record_type: RecordType, asked: ListQuery) -> QuerySet[Any]:
    """The records that answer the filters, in the asked order."""
    rows, relation = matching(viewer, record_type, asked)
    ordering, _spec = queries.order_by(record_type, asked.sort, prefix=relation)
    if (relation or not _is_first_sort(record_type, asked)) and _is_narrow(viewer, record_type):
        ordering = [fenced(one) for one in ordering]
    return rows.order_by(*ordering)


def _is_narrow(viewer: Viewer, record_type: RecordType) -> bool:
    """Whether somebody sees so few records, of a person's own, that they are sorted faster than looked for in an order.

    The planner thinks that what belongs to one person is spread evenly over the order; where it is not, it reads a
    large part of the index before the page is full.
    """
    reach = viewer.reach
    if connection.vendor != "postgresql" or reach.everything or reach.department_ids or reach.subtrees:
        return False
    return counted(viewer, record_type, ListQuery(), limits()).exact


def _along(viewer: Viewer, record_type: RecordType, asked: ListQuery, relation: str) -> QuerySet[Any] | None:
    """The same in the table behind ``relation``; None where a filter asks for something that it does not hold."""
    link = record_type.model._meta.get_field(relation)
    model, back = link.related_model, link.remote_field.name
    conditions = Q()
    for condition in asked.conditions:
        if not condition.stays_along(relation + "__"):
            return None
        conditions &= _moved(condition.where, relation + "__")
    rows = scope.visible(viewer, model._default_manager.filter(conditions))
    if hasattr(record_type.model, "deleted_at") and not hasattr(model, "deleted_at"):
        rows = rows.filter(**{f"{back}__deleted_at": None})
    if queries.hides_unknown(record_type, asked.sort):
        name = (asked.sort or record_type.first_sort).lstrip("-")
        rows = rows.filter(**{f"{_path_of(record_type, name).removeprefix(relation + '__')}__isnull": False})
    return rows


def _moved(where: Q, prefix: str) -> Q:
    """``where`` as seen from the table behind ``prefix``."""
    moved = Q(_connector=where.connector, _negated=where.negated)
    for child in where.children:
        if isinstance(child, Q):
            moved.children.append(_moved(child, prefix))
        else:
            path, value = child
            moved.children.append((path.removeprefix(prefix), value))
    return moved


def _where(record_type: RecordType, asked: ListQuery) -> Q:
    where = Q()
    for condition in asked.conditions:
        where &= condition.where
    if queries.hides_unknown(record_type, asked.sort):
        name = (asked.sort or record_type.first_sort).lstrip("-")
        where &= Q(**{f"{_path_of(record_type, name)}__isnull": False})
    return where


def _path_of(record_type: RecordType, key: str) -> str:
    found = record_type.field(key)
    if found is None:
        raise KeyError(key)
    return found.path


_KEPT: dict[Any, tuple[float, Total]] = {}
_KEPT_MAX = 2_000


def counted(viewer: Viewer, record_type: RecordType, asked: ListQuery, rules: ListPolicy, *, seen: int = 0) -> Total:
    """The total, counted up to the limit and kept for some seconds per reach and filters.

    For common words within a part of the records, counting would cost more than the page: then the total is at
    least what has been ``seen``.
    """
    key = (
        record_type.code, viewer.reach, record_type.finds_persons(viewer), tuple(asked.parameters),
        queries.hides_unknown(record_type, asked.sort), viewer.person_id if asked.is_personal else None,
    )  # fmt: skip
    kept = _KEPT.get(key)
    if kept is not None and time.monotonic() - kept[0] < rules.count_kept_seconds:
        return kept[1]
    rows = matching(viewer, record_type, asked)[0].order_by()
    if not asked.words:
        count = rows.values("pk")[: rules.count_exact_to + 1].count()
        total = Total(min(count, rules.count_exact_to), exact=count <= rules.count_exact_to)
    elif (found := _found(viewer, record_type, asked, rows, rules.count_exact_to)) is not None:
        total = found
    else:
        return Total(seen, exact=False)
    if len(_KEPT) > _KEPT_MAX:
        _KEPT.clear()
    _KEPT[key] = (time.monotonic(), total)
    return total


def _found(viewer: Viewer, record_type: RecordType, asked: ListQuery, rows: QuerySet[Any], most: int) -> Total | None:
    """The total of what words find, if it is cheap to tell."""
    found = searching.asked(viewer, record_type, asked)
    if found is None:
        return Total(0)
    is_whole = viewer.reach.everything and not asked.conditions and not queries.hides_unknown(record_type, asked.sort)
    if found.candidates.is_common and not is_whole:
        return None
    count, how = found.candidates.total(rows, is_whole=is_whole)
    if count > most:
        return Total(most, exact=False)
    is_exact = how == "exact" and not found.needs_recheck
    return Total(count, exact=is_exact, about=not is_exact)


def counted_exactly(viewer: Viewer, record_type: RecordType, asked: ListQuery) -> Total:
    """The exact total, however many there are: on click only."""
    if not asked.words:
        return Total(matching(viewer, record_type, asked)[0].order_by().count())
    found = searching.asked(viewer, record_type, asked)
    if found is not None and not found.needs_recheck:
        rows = matching(viewer, record_type, asked)[0].order_by()
        return Total(found.candidates.narrow(rows, is_ordered=False).count())
    ordered = ordered_rows(viewer, record_type, asked)
    return Total(len(searching.first(viewer, found, ordered, 0, EVERY)[0]))


def forget_totals() -> None:
    """Drop kept totals: after a write through the kit in this process, and in tests."""
    _KEPT.clear()


def ids_of(viewer: Viewer, record_type: RecordType, asked: ListQuery, uids: Sequence[str]) -> list[int]:
    """Ids of the visible ones among ``uids``, in the asked order: what somebody selected."""
    rows = scope.visible(viewer, record_type.model._default_manager.filter(uid__in=list(uids)))
    ordering, _spec = queries.order_by(record_type, asked.sort)
    return list(rows.order_by(*ordering).values_list("pk", flat=True))


def is_visible(viewer: Viewer, record_type: RecordType, uid: UUID) -> bool:
    """Whether the viewer sees the record: what one makes or gives away may belong to somebody else."""
    return scope.visible(viewer, record_type.model._default_manager.filter(uid=uid)).exists()


def one_row(viewer: Viewer, plan: Plan, uid: UUID) -> tuple[Any, ...]:
    """One visible record by uid, as a row of the plan. Raises NotFound."""
    found = list(scope.visible(viewer, plan.everything.filter(uid=uid))[:1])
    if not found:
        raise NotFound(uid=str(uid))
    return found[0]


def last_change(record_type: RecordType, uid: UUID) -> tuple[str, dt.datetime | None]:
    """Who last changed a record that the viewer was shown, and when; no name where nobody did."""
    rows = record_type.model._base_manager.filter(uid=uid)
    columns = {column.attname for column in record_type.model._meta.concrete_fields}
    if not {"updated_by_id", "updated_at"} <= columns:
        return "", None
    number, moment = rows.values_list("updated_by_id", "updated_at")[0]
    found = names.people.get(number)
    return (found.name if found else ""), moment
