"""A list's question, read from a query string: filters, order, page. The same for page, export and API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, Q
from django.http import QueryDict
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import operators, sought, values
from zhike.foundation.records import where as grammar
from zhike.foundation.records.conditions import Condition, condition, parameters_of
from zhike.foundation.records.custom import known
from zhike.foundation.records.declare import Field, Klass, RecordType, Sort

RESERVED = frozenset(
    {
        "q",
        "where",
        "sort",
        "page",
        "view",
        "limit",
        "after",
        "total",
        "columns",
        "format",
        "density",
        "theme",
        "as",
        "cal",
        "cal_by",
    }
)
_LONGEST_WORDS = 100
_LONGEST_VIEW = 40
_OWN = frozenset({"me", "mine"})


@dataclass(frozen=True)
class ListQuery:
    """What is asked of a list. ``problems`` maps parameters that were not understood to a sentence."""

    words: str = ""
    sought: str = ""  # words that became a filter: see records.sought
    sort: str = ""
    page: int = 1
    view: str = ""  # the saved view whose columns are shown
    conditions: tuple[Condition, ...] = ()
    tree: grammar.Group | None = None  # of the filter builder; its parts are among the conditions
    problems: Mapping[str, str] = field(default_factory=dict)
    looked_up: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # candidates by words

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Words and filters as query parameters, in a fixed order: also the key of kept totals."""
        given = [pair for c in self.conditions for pair in c.given]
        if self.tree is not None:
            given.append(("where", grammar.write(self.tree)))
        return [*([("q", self.words)] if self.words else []), *sorted(given)]

    @property
    def is_personal(self) -> bool:
        """Whether the same question means something else to another viewer: me, my department."""
        return (
            self.tree is not None
            or bool(self.sought)
            or any(value in _OWN for c in self.conditions for _key, value in c.given)
        )

    def encoded(self, *, without: Condition | None = None, **changes: str) -> str:
        """The query string of this question with ``changes``; an empty value drops a parameter."""
        query = QueryDict(mutable=True)
        if without is not None and without.place is not None and self.tree is not None:
            changes["where"] = grammar.without(self.tree, without.place)
        for key, value in self.parameters:
            if without is None or (key, value) not in without.given:
                query.appendlist(key, value)
        if self.sort:
            query["sort"] = self.sort
        if self.view:
            query["view"] = self.view
        for key, value in changes.items():
            if value:
                query[key] = value
            else:
                query.pop(key, None)
        return query.urlencode()


def parse(viewer: Viewer, record_type: RecordType, query: QueryDict) -> ListQuery:
    """Read a query string; what the viewer may not filter by counts as not understood."""
    problems: dict[str, str] = {}
    conditions = []
    known: set[str] = set(RESERVED)
    for one in filters_for(viewer, record_type):
        known.update(parameters_of(one))
        try:
            found = condition(viewer, record_type, one, query)
        except ValueError as wrong:
            problems[one.key] = str(wrong)
            continue
        if found is not None:
            conditions.append(found)
    for stranger in set(query) - known:
        problems[stranger] = gettext("There is no such filter.")
    tree = None
    if text := query.get("where", ""):
        try:
            tree, parts = _built(viewer, record_type, text)
            conditions += parts
        except ValueError as wrong:
            problems["where"] = str(wrong)
    sort = _sort(viewer, record_type, query.get("sort", ""), problems)
    words = query.get("q", "").replace("\0", "").strip()[:_LONGEST_WORDS]
    if (found := sought.condition(viewer, record_type, words)) is not None:
        conditions.append(found)
    return ListQuery(
        words="" if found else words,
        sought=words if found else "",
        sort=sort,
        page=_page(query.get("page", "1"), problems),
        view=query.get("view", "").replace("\0", "")[:_LONGEST_VIEW],
        conditions=tuple(conditions),
        tree=tree,
        problems=problems,
    )


def _built(viewer: Viewer, record_type: RecordType, text: str) -> tuple[grammar.Group, list[Condition]]:
    """What the filter builder put together, as conditions with a chip each. Raises ValueError with a sentence."""
    tree = grammar.read(text)
    # Of conditions that all hold each can be taken away by itself; others only stand together.
    parts = tree.parts if tree.joined == "all" and tree.parts else (tree,)
    meant = [operators.asked(viewer, record_type, part) for part in parts]
    return tree, [Condition(m.fields[0], (), m.where, m.words, at, m.fields[1:]) for at, m in enumerate(meant)]


def filters_for(viewer: Viewer, record_type: RecordType) -> list[Field]:
    """The fields that the viewer may filter by; never sensitive ones: a filter is a question about the value."""
    return [f for f in values.readable(viewer, record_type) if f.filterable and f.klass is Klass.ORDINARY]


def sorts_for(viewer: Viewer, record_type: RecordType) -> list[Sort]:
    """The orders that the viewer may ask for: those of fields that the viewer may read."""
    readable = {f.key for f in values.readable(viewer, record_type) if f.klass is Klass.ORDINARY}
    return [s for s in record_type.all_sorts if s.field in readable]


def between(
    viewer: Viewer, record_type: RecordType, query: ListQuery, one: Field, first: dt.date, last: dt.date
) -> ListQuery:
    """The question for those records whose date ``one`` lies from ``first`` to ``last``, both included."""
    tree = grammar.read(f"all({one.key}.between({first.isoformat()}, {last.isoformat()}))")
    meant = operators.asked(viewer, record_type, tree)
    days = ((f"{one.key}__from", first.isoformat()), (f"{one.key}__to", last.isoformat()))
    return replace(query, conditions=(*query.conditions, Condition(one, days, meant.where, meant.words)))


def narrowed(query: ListQuery, one: Field, code: str, label: str) -> ListQuery:
    """The question for the records of one choice, whatever it said about that field before."""
    others = tuple(c for c in query.conditions if c.place is not None or c.field.key != one.key)
    chosen = Condition(one, ((one.key, code),), Q(**{one.path: code}), f"{one.label}: {label}")
    return replace(query, conditions=(*others, chosen))


def order_by(record_type: RecordType, sort: str, *, prefix: str = "") -> tuple[list[Any], Sort]:
    """ORM ordering for the name of an offered order, made total by the id; and the order's declaration."""
    spec = record_type.sort_spec(sort or record_type.first_sort)
    if spec is None:
        raise KeyError(sort)
    descending = (sort or record_type.first_sort).startswith("-")
    path = spec.path or _field(record_type, spec.field).path
    if prefix and path.startswith(prefix + "__"):
        path = path[len(prefix) + 2 :]
    return directed(spec, path, is_down=descending), spec


def directed(spec: Sort, path: str, *, is_down: bool) -> list[Any]:
    """Ordering by ``path`` and id in the very words of the index, or of the index walked backwards."""
    if not spec.nulls_last:
        return [F(path).desc() if is_down else F(path).asc(), F("pk").desc() if is_down else F("pk").asc()]
    if is_down:
        return [F(path).desc(nulls_last=True), F("pk").desc()]
    # Unknown values are filtered out when the order goes up; named first, or PostgreSQL would not know the index again.
    return [F(path).asc(nulls_first=True), F("pk").asc()]


def walk_of(record_type: RecordType, sort: str) -> tuple[str, bool, bool]:
    """The ORM path of an order, whether it goes down, and whether rows without a value stand at its end."""
    name = sort or record_type.first_sort
    spec = record_type.sort_spec(name)
    if spec is None:
        raise KeyError(name)
    is_down = name.startswith("-")
    return spec.path or _field(record_type, spec.field).path, is_down, spec.nulls_last and is_down


def hides_unknown(record_type: RecordType, sort: str) -> bool:
    """Whether this order leaves out records without a value.

    An index that ends in unknown values gives them first when it is walked backwards, which nobody wants to see.
    """
    spec = record_type.sort_spec(sort or record_type.first_sort)
    return spec is not None and spec.nulls_last and not (sort or record_type.first_sort).startswith("-")


def _field(record_type: RecordType, key: str) -> Field:
    found = record_type.field(key)
    if found is None:
        raise KeyError(key)
    return found


def _sort(viewer: Viewer, record_type: RecordType, given: str, problems: dict[str, str]) -> str:
    if not given:
        return ""
    if given.lstrip("-") in {s.field for s in sorts_for(viewer, record_type)} and given.count("-") <= 1:
        if not (refused := known.too_many(record_type, _field(record_type, given.lstrip("-")))):
            return given
        problems["sort"] = refused
        return ""
    problems["sort"] = gettext("This order is not offered.")
    return ""


def _page(given: str, problems: dict[str, str]) -> int:
    if given.isascii() and given.isdigit() and int(given[:9]) >= 1:
        return int(given[:9])
    problems["page"] = gettext("Pages are numbered from 1.")
    return 1
