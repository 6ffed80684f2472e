"""One filter of a list: what a query string asks of one field by the field's own parameters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, money, typed
from zhike.foundation.records import names
from zhike.foundation.records.custom import known
from zhike.foundation.records.custom import related as names_of_records
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.registry import find
from zhike.foundation.records.tags import carrying

EMPTY = "none"  # the value that asks for records without one
_RANGED = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.DATE, Kind.DATETIME)
_RELATIVE_DAY = re.compile(r"([+-]\d{1,5})d")


@dataclass(frozen=True)
class Condition:
    """One filter: its query parameters, the database condition, and the words of its chip.

    A part of the builder's conditions has no parameters of its own but its ``place`` among them, and may ask about
    ``others`` beside ``field``.
    """

    field: Field
    given: tuple[tuple[str, str], ...]
    where: Q
    words: str
    place: int | None = None
    others: tuple[Field, ...] = ()

    def stays_along(self, prefix: str) -> bool:
        """Whether all that it asks about stands behind the relation ``prefix``."""
        return self.field.path.startswith(prefix) and all(f.path.startswith(prefix) for f in self.others)


def may_be_empty(record_type: RecordType, one: Field) -> bool:
    """Whether records without this value can exist, so that asking for them makes sense.

    What an act asks besides the record's own fields may be left out unless it is required.
    """
    if one.custom:
        return True
    column = column_of(record_type, one)
    if column is None:
        return not one.required
    return bool(getattr(column, "blank", False) or getattr(column, "null", False))


def column_of(record_type: RecordType, one: Field) -> Any:
    """The model's column behind a field; None for what only an act asks, and for what the enterprise added."""
    if one.custom or one.kind is Kind.TAGS:
        return None
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


def condition(viewer: Viewer, record_type: RecordType, one: Field, query: QueryDict) -> Condition | None:
    """What the query string asks of one field by its own parameters. Raises ValueError with a sentence."""
    if one.kind in _RANGED:
        found = _range(one, query)
    elif given := [v for v in query.getlist(one.key) if v != ""]:
        where, words = _PICKERS.get(one.kind, _exact)(viewer, one, given)
        found = Condition(one, tuple((one.key, v) for v in given), where, f"{one.label}: {words}")
    else:
        return None
    if found is not None and (refused := known.too_many(record_type, one)):
        raise ValueError(refused)
    return found


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
        where &= bound(one, lookup, text)
        words.append(f"{sign} {text}")
    return Condition(one, tuple(given), where, f"{one.label} {' '.join(words)}") if given else None


def bound(one: Field, lookup: str, text: str) -> Q:
    """``lookup`` (gte, lte, exact) with what was typed. Raises ValueError with a sentence."""
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
    return Q(**{f"{one.path}__{lookup}": number_of(one, text)})


def number_of(one: Field, text: str) -> int | float:
    """A typed number as the column holds it. Raises ValueError with a sentence."""
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
        return nothing(one), gettext("none")
    return Q(**{f"{one.path}__in": list(given)}), ", ".join(given)


def nothing(one: Field) -> Q:
    """The condition that a text or choice is not there: empty, or of the enterprise's own fields absent."""
    return Q(**{f"{one.path}__isnull": True}) if one.custom else Q(**{one.path: ""})


def _choice(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    labels = {c.code: str(c.label) for c in one.options} | {EMPTY: gettext("none")}
    if strange := [v for v in given if v not in labels]:
        raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": strange[0][:40]})
    words = " / ".join(labels[v] for v in given)
    if one.custom and EMPTY in given:
        return nothing(one) | Q(**{f"{one.path}__in": [v for v in given if v != EMPTY]}), words
    stored = ["" if v == EMPTY else v for v in given]
    where = Q(**{one.path: stored[0]}) if len(stored) == 1 else Q(**{f"{one.path}__in": stored})
    return where, words


def _tags(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    labels = {c.code: str(c.label) for c in one.options} | {EMPTY: gettext("none")}
    if strange := [v for v in given if v not in labels]:
        raise ValueError(gettext("“%(text)s” is not one of the choices.") % {"text": strange[0][:40]})
    where = carrying.any_of(one, [v for v in given if v != EMPTY])
    return (where | carrying.without(one) if EMPTY in given else where), " / ".join(labels[v] for v in given)


def _bool(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    if given[0] not in ("0", "1"):
        raise ValueError(gettext("Write 1 for yes, 0 for no."))
    return Q(**{one.path: given[0] == "1"}), gettext("Yes") if given[0] == "1" else gettext("No")


def _person(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    numbers, words = [], []
    for text in given:
        if text == EMPTY:
            return Q(**{f"{one.path}__isnull": True}), gettext("none")
        number = viewer.person_id if text == "me" else names.people.number(uid_of(text))
        if number is None:
            raise ValueError(gettext("There is no such person."))
        numbers.append(number)
        words.append(gettext("me") if text == "me" else names.people.by_id[number].name)
    return among(one.path, numbers), " / ".join(words)


def _department(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    numbers, words = [], []
    for text in given:
        if text == EMPTY:
            return Q(**{f"{one.path}__isnull": True}), gettext("none")
        number = viewer.department_id if text == "mine" else names.departments.number(uid_of(text))
        if number is None:
            raise ValueError(gettext("There is no such department."))
        numbers.append(number)
        words.append(gettext("my department") if text == "mine" else names.departments.by_id[number].name)
    return among(one.path, numbers), " / ".join(words)


def _relation(viewer: Viewer, one: Field, given: Sequence[str]) -> tuple[Q, str]:
    uid = uid_of(given[0])
    related = find(one.relation)
    title = str(related.title) if related else gettext("record")
    if one.custom:
        return names_of_records.among(one, Q(uid=uid)), gettext("this %(kind)s") % {"kind": title}
    return Q(**{f"{one.path}__uid": uid}), gettext("this %(kind)s") % {"kind": title}


def among(path: str, numbers: Sequence[int]) -> Q:
    """One of ``numbers``, as an equality where there is one."""
    return Q(**{path: numbers[0]}) if len(numbers) == 1 else Q(**{f"{path}__in": sorted(numbers)})


def uid_of(text: str) -> UUID:
    """A typed identifier. Raises ValueError with a sentence."""
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(gettext("“%(text)s” is not an identifier.") % {"text": text[:40]}) from None


_PICKERS: dict[Kind, Callable[[Viewer, Field, Sequence[str]], tuple[Q, str]]] = {
    Kind.CHOICE: _choice,
    Kind.BADGE: _choice,
    Kind.TAGS: _tags,
    Kind.BOOL: _bool,
    Kind.PERSON: _person,
    Kind.DEPARTMENT: _department,
    Kind.RELATION: _relation,
}
