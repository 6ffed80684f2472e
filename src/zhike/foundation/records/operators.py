"""What can be asked of a value in the filter builder: operators by kind, and what each means to the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.records import conditions, periods, values
from zhike.foundation.records.circles import department_numbers, people_numbers
from zhike.foundation.records.custom import known, opening, related
from zhike.foundation.records.declare import Field, Kind, Klass, RecordType
from zhike.foundation.records.tags import carrying
from zhike.foundation.records.where import Group, Leaf, Node

LABELS = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "lacks": _("does not contain"),
    "has_any": _("has any of"),
    "has_all": _("has all of"),
    "has_none": _("has none of"),
    "starts": _("begins with"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "over": _("is greater than"),
    "under": _("is less than"),
    "between": _("is between"),
    "before": _("is before"),
    "after": _("is after"),
    "last": _("in the last"),
    "next": _("in the next"),
    "ago": _("longer ago than"),
    "this": _("is in this"),
    "below": _("is in or below"),
    "empty": _("is empty"),
    "filled": _("is filled in"),
}
_TEXT = ("contains", "lacks", "is", "is_not", "starts")
_NUMBER = ("is", "is_not", "at_least", "at_most", "over", "under", "between")
_TIME = ("last", "next", "this", "ago", "is", "before", "after", "between")
_BY_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: _TEXT,
    Kind.LONG_TEXT: _TEXT,
    Kind.NUMBER: _NUMBER,
    Kind.PERCENT: _NUMBER,
    Kind.MONEY: _NUMBER,
    Kind.DATE: _TIME,
    Kind.DATETIME: _TIME,
    Kind.CHOICE: ("is", "is_not"),
    Kind.BADGE: ("is", "is_not"),
    Kind.TAGS: ("has_any", "has_all", "has_none"),
    Kind.BOOL: ("is",),
    Kind.PERSON: ("is", "is_not"),
    Kind.DEPARTMENT: ("is", "below", "is_not"),
    Kind.RELATION: ("contains", "lacks"),
}
TIMES = (Kind.DATE, Kind.DATETIME)
NUMBERS = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)
CHOSEN = (Kind.CHOICE, Kind.BADGE, Kind.TAGS)


class Asked(NamedTuple):
    """What a condition comes to: the database's condition, its words, the fields it asks about."""

    where: Q
    words: str
    fields: tuple[Field, ...]


def fields_for(viewer: Viewer, record_type: RecordType) -> list[Field]:
    """The fields that the viewer may ask about: all that the viewer reads as the row holds them.

    Not sensitive ones, nor those masked only when they are read: an answer would confirm a guess.
    """
    return [
        f for f in values.readable(viewer, record_type)
        if is_open(f) and operators_of(record_type, f) and _may_guess(viewer, record_type, f)
    ]  # fmt: skip


def _may_guess(viewer: Viewer, record_type: RecordType, field: Field) -> bool:
    """Whether an answer tells the viewer no more than the eye beside the value would."""
    return not (field.custom and field.stored_masked) or opening.may_open(viewer, record_type, field)


def is_open(field: Field) -> bool:
    """Whether readers see what the row holds."""
    return field.klass is Klass.ORDINARY and (not field.masked or field.stored_masked)


def operators_of(record_type: RecordType, field: Field) -> tuple[str, ...]:
    """The operators of a field, the most usual first."""
    if field.kind is Kind.TAGS:
        return (*_BY_KIND[Kind.TAGS], "empty", "filled") if field.options else ()
    if not field.custom and conditions.column_of(record_type, field) is None:
        return ()
    found = ("is",) if field.custom and field.stored_masked else _BY_KIND[field.kind]
    if field.kind is Kind.RELATION and not values.label_is_open(field):
        found = ()
    if conditions.may_be_empty(record_type, field):
        found = (*found, "empty", "filled")
    return found


def asked(viewer: Viewer, record_type: RecordType, node: Node) -> Asked:
    """What ``node`` means. Raises ValueError with a sentence that names the field."""
    if isinstance(node, Leaf):
        return _leaf(viewer, record_type, node)
    if not node.parts:
        raise ValueError(gettext("A group is empty. Add a condition or remove the group."))
    parts = [asked(viewer, record_type, part) for part in node.parts]
    where = Q()
    for part in parts:
        where = where & part.where if node.joined == "all" else where | part.where
    between = gettext(" and ") if node.joined == "all" else gettext(" or ")
    words = between.join(
        f"({part.words})" if len(node.parts) > 1 and _has_several(inner) else part.words
        for inner, part in zip(node.parts, parts, strict=True)
    )
    return Asked(where, words, tuple(f for part in parts for f in part.fields))


def _has_several(node: Node) -> bool:
    """Whether its words join several things, so that brackets must hold them together."""
    return len(node.parts if isinstance(node, Group) else node.values) > 1


def _leaf(viewer: Viewer, record_type: RecordType, leaf: Leaf) -> Asked:
    field = next((f for f in fields_for(viewer, record_type) if f.key == leaf.field), None)
    if field is None:
        raise ValueError(gettext("There is no field “%(name)s” to filter by.") % {"name": leaf.field[:40]})
    if leaf.operator not in operators_of(record_type, field):
        message = gettext("%(field)s cannot be asked with “%(operator)s”.")
        raise ValueError(message % {"field": field.label, "operator": leaf.operator[:40]})
    if refused := known.too_many(record_type, field):
        raise ValueError(refused)
    label = LABELS[leaf.operator]
    try:
        where, words = _meaning(viewer, record_type, field, leaf)
    except ValueError as wrong:
        raise ValueError(f"{field.label}: {wrong}") from None
    return Asked(where, f"{field.label} {label} {words}".rstrip(), (field,))


def _meaning(viewer: Viewer, record_type: RecordType, field: Field, leaf: Leaf) -> tuple[Q, str]:
    if leaf.operator in ("empty", "filled"):
        where = _empty(record_type, field)
        return (where if leaf.operator == "empty" else ~where), ""
    if not leaf.values or "" in leaf.values:
        raise ValueError(gettext("Give a value."))
    if field.kind in TIMES:
        return _time(field, leaf)
    if field.kind in NUMBERS:
        return _number(field, leaf)
    where, words = _SIMPLE[field.kind](viewer, field, leaf)
    return (_other_than(field, where) if leaf.operator in ("is_not", "lacks") else where), words


def _other_than(field: Field, where: Q) -> Q:
    """All the rest, records without a value too: the database knows of no column that it should look at for them."""
    return ~where | Q(**{f"{field.path}__isnull": True}) if field.custom else ~where


def _empty(record_type: RecordType, field: Field) -> Q:
    if field.kind is Kind.TAGS:
        return carrying.without(field)
    column = conditions.column_of(record_type, field)
    if column is None:
        return Q(**{f"{field.path}__isnull": True})
    where = Q()
    if getattr(column, "empty_strings_allowed", False) and field.kind not in (*TIMES, *NUMBERS, Kind.RELATION):
        where |= Q(**{field.path: ""})
    if not where or column.null or "__" in field.path:
        where |= Q(**{f"{field.path}__isnull": True})
    return where


def _text(viewer: Viewer, field: Field, leaf: Leaf) -> tuple[Q, str]:
    lookup = {"contains": "icontains", "lacks": "icontains", "starts": "istartswith"}.get(leaf.operator, "iexact")
    if field.custom and field.stored_masked:  # what the vault keeps is found by its mark alone
        return opening.equal(field, leaf.values), gettext(" or ").join("****" for _value in leaf.values)
    is_named = related.is_custom(field)
    path = values.label_path(field) if field.kind is Kind.RELATION and not is_named else field.path
    where = Q()
    for value in leaf.values:
        where |= related.called(field, lookup, value) if is_named else Q(**{f"{path}__{lookup}": value})
    return where, gettext(" or ").join(f"“{value}”" for value in leaf.values)


def _choice(viewer: Viewer, field: Field, leaf: Leaf) -> tuple[Q, str]:
    labels = {c.code: str(c.label) for c in field.options}
    if strange := [v for v in leaf.values if v not in labels]:
        raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": strange[0][:40]})
    return Q(**{f"{field.path}__in": list(leaf.values)}), gettext(" or ").join(labels[v] for v in leaf.values)


def _tags(viewer: Viewer, field: Field, leaf: Leaf) -> tuple[Q, str]:
    labels = {c.code: str(c.label) for c in field.options}
    if strange := [v for v in leaf.values if v not in labels]:
        raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": strange[0][:40]})
    where = (carrying.all_of if leaf.operator == "has_all" else carrying.any_of)(field, leaf.values)
    words = gettext(" and ") if leaf.operator == "has_all" else gettext(" or ")
    return (~where if leaf.operator == "has_none" else where), words.join(labels[v] for v in leaf.values)


def _bool(viewer: Viewer, field: Field, leaf: Leaf) -> tuple[Q, str]:
    if leaf.values not in (("yes",), ("no",)):
        raise ValueError(gettext("Write yes or no."))
    is_yes = leaf.values == ("yes",)
    return Q(**{field.path: is_yes}), gettext("Yes") if is_yes else gettext("No")


def _person(viewer: Viewer, field: Field, leaf: Leaf) -> tuple[Q, str]:
    numbers, words = people_numbers(viewer, leaf.values)
    return conditions.among(field.path, numbers), gettext(" or ").join(words)


def _department(viewer: Viewer, field: Field, leaf: Leaf) -> tuple[Q, str]:
    numbers, words = department_numbers(viewer, leaf.values, with_below=leaf.operator == "below")
    return conditions.among(field.path, numbers), gettext(" or ").join(words)


_SIMPLE: dict[Kind, Callable[[Viewer, Field, Leaf], tuple[Q, str]]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.RELATION: _text,
    Kind.CHOICE: _choice,
    Kind.BADGE: _choice,
    Kind.TAGS: _tags,
    Kind.BOOL: _bool,
    Kind.PERSON: _person,
    Kind.DEPARTMENT: _department,
}
_LOOKUPS = {"at_least": "gte", "at_most": "lte", "over": "gt", "under": "lt"}


def _number(field: Field, leaf: Leaf) -> tuple[Q, str]:
    if leaf.operator == "between":
        low, high = _pair(leaf)
        return _at(field, "gte", low) & _at(field, "lte", high), f"{low} – {high}"
    text = _single(leaf)
    if leaf.operator in ("is", "is_not"):
        where = _at(field, "exact", text)
        return (where if leaf.operator == "is" else _other_than(field, where)), text
    return _at(field, _LOOKUPS[leaf.operator], text), text


def _at(field: Field, lookup: str, text: str) -> Q:
    return Q(**{f"{field.path}__{lookup}": conditions.number_of(field, text)})


def _time(field: Field, leaf: Leaf) -> tuple[Q, str]:
    today = clock.today()
    match leaf.operator:
        case "last" | "next" | "ago":
            count, unit = _pair(leaf)
            if unit not in periods.UNITS:
                raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": unit[:40]})
            number = periods.count_of(count)
            if leaf.operator == "ago":
                return _until(field, periods.shifted(today, -number, unit) - dt.timedelta(days=1)), _long(number, unit)
            stretch = (periods.last if leaf.operator == "last" else periods.following)(today, number, unit)
            return _within(field, *stretch), _long(number, unit)
        case "this":
            unit = _single(leaf)
            if unit not in periods.CALENDAR:
                raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": unit[:40]})
            return _within(field, *periods.this(today, unit)), str(CALENDAR_WORDS[unit])
        case "between":
            low, high = _pair(leaf)
            return _within(field, conditions.day_of(low), conditions.day_of(high)), f"{low} – {high}"
    text = _single(leaf)
    day = conditions.day_of(text)
    one_day = dt.timedelta(days=1)
    if leaf.operator == "before":
        return _until(field, day - one_day), text
    if leaf.operator == "after":
        return _from(field, day + one_day), text
    return _within(field, day, day), text


def _within(field: Field, first: dt.date, last: dt.date) -> Q:
    return _from(field, first) & _until(field, last)


def _from(field: Field, day: dt.date) -> Q:
    return Q(**{f"{field.path}__gte": day if field.kind is Kind.DATE else clock.start_of(day)})


def _until(field: Field, day: dt.date) -> Q:
    """``day`` included."""
    if field.kind is Kind.DATE:
        return Q(**{f"{field.path}__lte": day})
    return Q(**{f"{field.path}__lt": clock.start_of(day + dt.timedelta(days=1))})


def _single(leaf: Leaf) -> str:
    if len(leaf.values) != 1:
        raise ValueError(gettext("Give one value."))
    return leaf.values[0]


def _pair(leaf: Leaf) -> tuple[str, str]:
    if len(leaf.values) != 2:
        raise ValueError(gettext("Give two values."))
    return leaf.values[0], leaf.values[1]


UNIT_WORDS = {
    "days": _("days"), "weeks": _("weeks"), "months": _("months"), "quarters": _("quarters"), "years": _("years"),
}  # fmt: skip
CALENDAR_WORDS = {"week": _("week"), "month": _("month"), "quarter": _("quarter"), "year": _("year")}


def _long(number: int, unit: str) -> str:
    words = {
        "days": ngettext("%(n)d day", "%(n)d days", number),
        "weeks": ngettext("%(n)d week", "%(n)d weeks", number),
        "months": ngettext("%(n)d month", "%(n)d months", number),
        "quarters": ngettext("%(n)d quarter", "%(n)d quarters", number),
        "years": ngettext("%(n)d year", "%(n)d years", number),
    }
    return words[unit] % {"n": number}
