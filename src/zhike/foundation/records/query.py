"""A list's question, read from a query string: filters, order, page. The same for page, export and API."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q
from django.http import QueryDict
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, money, typed
from zhike.foundation.records import names, values
from zhike.foundation.records.declare import Field, Kind, Klass, RecordType, Sort
from zhike.foundation.records.registry import find

RESERVED = frozenset(
    {"q", "sort", "page", "view", "limit", "after", "total", "columns", "format", "density", "theme", "as"}
)
EMPTY = "none"  # the value that asks for records without one
_RANGED = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.DATE, Kind.DATETIME)
_RELATIVE_DAY = re.compile(r"([+-]\d{1,5})d")
_LONGEST_WORDS = 100


@dataclass(frozen=True)
class Condition:
    """One filter: its query parameters, the database condition, and the words of its chip."""

    field: Field
    given: tuple[tuple[str, str], ...]
    where: Q
    words: str


@dataclass(frozen=True)
class ListQuery:
    """What is asked of a list. ``problems`` maps parameters that were not understood to a sentence."""

    words: str = ""
    sort: str = ""
    page: int = 1
    conditions: tuple[Condition, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    looked_up: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # candidates by words

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Words and filters as query parameters, in a fixed order: also the key of kept totals."""
        given = [pair for c in self.conditions for pair in c.given]
        return [*([("q", self.words)] if self.words else []), *sorted(given)]

    def encoded(self, *, without: Condition | None = None, **changes: str) -> str:
        """The query string of this question with ``changes``; an empty value drops a parameter."""
        query = QueryDict(mutable=True)
        for key, value in self.parameters:
            if without is None or (key, value) not in without.given:
                query.appendlist(key, value)
        if self.sort:
            query["sort"] = self.sort
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
            condition = _condition(viewer, record_type, one, query)
        except ValueError as wrong:
            problems[one.key] = str(wrong)
            continue
        if condition is not None:
            conditions.append(condition)
    for stranger in set(query) - known:
        problems[stranger] = gettext("There is no such filter.")
    sort = _sort(viewer, record_type, query.get("sort", ""), problems)
    return ListQuery(
        words=query.get("q", "").replace("\0", "").strip()[:_LONGEST_WORDS],
        sort=sort,
        page=_page(query.get("page", "1"), problems),
        conditions=tuple(conditions),
        problems=problems,
    )


def filters_for(viewer: Viewer, record_type: RecordType) -> list[Field]:
    """The fields that the viewer may filter by; never sensitive ones: a filter is a question about the value."""
    return [f for f in values.readable(viewer, record_type) if f.filterable and f.klass is Klass.ORDINARY]


def sorts_for(viewer: Viewer, record_type: RecordType) -> list[Sort]:
    """The orders that the viewer may ask for: those of fields that the viewer may read."""
    readable = {f.key for f in values.readable(viewer, record_type) if f.klass is Klass.ORDINARY}
    return [s for s in record_type.sorts if s.field in readable]


def may_be_empty(record_type: RecordType, one: Field) -> bool:
    """Whether records without this value can exist, so that asking for them makes sense.

    What an act asks besides the record's own fields may be left out unless it is required.
    """
    column = column_of(record_type, one)
    if column is None:
        return not one.required
    return bool(getattr(column, "blank", False) or getattr(column, "null", False))


def column_of(record_type: RecordType, one: Field) -> Any:
    """The model's column behind a field; None for what only an act asks."""
    model = record_type.model
    *steps, last = one.path.split("__")
    try:
        for step in steps:
            model = model._meta.get_field(step).related_model
        return model._meta.get_field(last)
    except FieldDoesNotExist:
        return None


def parameters_of(one: Field) -> tuple[str, ...]:
    """The query parameters by which a field is filtered."""
    if one.kind in _RANGED:
        return (one.key, f"{one.key}__from", f"{one.key}__to")
    return (one.key,)


def narrowed(query: ListQuery, one: Field, code: str, label: str) -> ListQuery:
    """The question for the records of one choice, whatever it said about that field before."""
    others = tuple(c for c in query.conditions if c.field.key != one.key)
    condition = Condition(one, ((one.key, code),), Q(**{one.path: code}), f"{one.label}: {label}")
    return replace(query, conditions=(*others, condition))


def only(query: ListQuery, condition: Condition) -> ListQuery:
    """The question with one more condition."""
    return replace(query, conditions=(*query.conditions, condition))


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
        return given
    problems["sort"] = gettext("This order is not offered.")
    return ""


def _page(given: str, problems: dict[str, str]) -> int:
    if given.isascii() and given.isdigit() and int(given[:9]) >= 1:
        return int(given[:9])
    problems["page"] = gettext("Pages are numbered from 1.")
    return 1


def _condition(viewer: Viewer, record_type: RecordType, one: Field, query: QueryDict) -> Condition | None:
    if one.kind in _RANGED:
        return _range(one, query)
    given = [v for v in query.getlist(one.key) if v != ""]
    if not given:
        return None
    where, words = _PICKERS.get(one.kind, _exact)(viewer, one, given)
    return Condition(one, tuple((one.key, v) for v in given), where, f"{one.label}: {words}")


def _range(one: Field, query: QueryDict) -> Condition | None:
    given: list[tuple[str, str]] = []
    where, words = Q(), []
    for suffix, lookup, sign in (("__from", "gte", "≥"), ("__to", "lte", "≤"), ("", "exact", "=")):
        text = query.get(one.key + suffix, "").strip()
        if not text:
            continue
        given.append((one.key + suffix, text))
        if suffix == "" and text == EMPTY:
            where &= Q(**{f"{one.path}__isnull": True})
            words.append(gettext("none"))
            continue
        where &= _bound(one, lookup, text)
        words.append(f"{sign} {text}")
    return Condition(one, tuple(given), where, f"{one.label} {' '.join(words)}") if given else None


def _bound(one: Field, lookup: str, text: str) -> Q:
    if one.kind in (Kind.DATE, Kind.DATETIME):
        day = day_of(text)
        if one.kind is Kind.DATE:
            return Q(**{f"{one.path}__{lookup}": day})
        after = day + dt.timedelta(days=1)
        bounds = {
            "gte": Q(**{f"{one.path}__gte": clock.start_of(day)}),
            "lte": Q(**{f"{one.path}__lt": clock.start_of(after)}),
        }
        return bounds.get(lookup, bounds["gte"] & bounds["lte"])
    return Q(**{f"{one.path}__{lookup}": _number(one, text)})


def _number(one: Field, text: str) -> int | float:
    try:
        value = Decimal(text.replace(",", "").replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > Decimal(10) ** 15:
        raise ValueError(gettext("“%(text)s” is not a number.") % {"text": text})
    if one.kind is Kind.MONEY:
        return money.to_minor(value, one.currency)
    if one.kind is Kind.PERCENT:
        return float(value) / 100
    return float(value)


def day_of(text: str) -> dt.date:
    """A day as ``2026-11-21``, ``today``, or ``-30d`` for thirty days ago. Raises ValueError with a sentence."""
    if text == "today":
        return clock.today()
    if relative := _RELATIVE_DAY.fullmatch(text):
        return clock.today() + dt.timedelta(days=int(relative[1]))
    try:
        return typed.day(text)
    except ValueError:
        message = gettext("“%(text)s” is not a date; write 2026-11-21, today or -30d.") % {"text": text}
        raise ValueError(message) from None


def _exact(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    if given[0] == EMPTY:
        return Q(**{one.path: ""}), gettext("none")
    return Q(**{f"{one.path}__in": list(given)}), ", ".join(given)


def _choice(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    labels = {c.code: str(c.label) for c in one.options} | {EMPTY: gettext("none")}
    if strange := [v for v in given if v not in labels]:
        raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": strange[0][:40]})
    stored = ["" if v == EMPTY else v for v in given]
    where = Q(**{one.path: stored[0]}) if len(stored) == 1 else Q(**{f"{one.path}__in": stored})
    return where, " / ".join(labels[v] for v in given)


def _bool(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    if given[0] not in ("0", "1"):
        raise ValueError(gettext("Write 1 for yes, 0 for no."))
    return Q(**{one.path: given[0] == "1"}), gettext("yes") if given[0] == "1" else gettext("no")


def _person(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    numbers, words = [], []
    for text in given:
        if text == EMPTY:
            return Q(**{f"{one.path}__isnull": True}), gettext("none")
        number = viewer.person_id if text == "me" else names.people.number(_uid(text))
        if number is None:
            raise ValueError(gettext("There is no such person."))
        numbers.append(number)
        words.append(gettext("me") if text == "me" else names.people.by_id[number].name)
    return _among(one.path, numbers), " / ".join(words)


def _department(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    numbers, words = [], []
    for text in given:
        if text == EMPTY:
            return Q(**{f"{one.path}__isnull": True}), gettext("none")
        number = viewer.department_id if text == "mine" else names.departments.number(_uid(text))
        if number is None:
            raise ValueError(gettext("There is no such department."))
        numbers.append(number)
        words.append(gettext("my department") if text == "mine" else names.departments.by_id[number].name)
    return _among(one.path, numbers), " / ".join(words)


def _relation(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    uid = _uid(given[0])
    related = find(one.relation)
    title = str(related.title) if related else gettext("record")
    return Q(**{f"{one.path}__uid": uid}), gettext("this %(kind)s") % {"kind": title}


def _among(path: str, numbers: Sequence[int]) -> Q:
    return Q(**{path: numbers[0]}) if len(numbers) == 1 else Q(**{f"{path}__in": sorted(numbers)})


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(gettext("“%(text)s” is not an identifier.") % {"text": text[:40]}) from None


_PICKERS: dict[Kind, Callable[[Viewer, Field, Sequence[str]], tuple[Q, str]]] = {
    Kind.CHOICE: _choice,
    Kind.BADGE: _choice,
    Kind.BOOL: _bool,
    Kind.PERSON: _person,
    Kind.DEPARTMENT: _department,
    Kind.RELATION: _relation,
}
