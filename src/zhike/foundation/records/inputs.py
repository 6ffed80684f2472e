"""Bodies that programs send: each value checked by its field's kind, each problem named by its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records import forms, names, values
from zhike.foundation.records.declare import CUSTOM, Field, Kind, RecordType
from zhike.foundation.records.tags import known as tags

_LARGEST = 2**63 - 1


def arguments(viewer: Viewer, record_type: RecordType, body: object, *, creating: bool) -> dict[str, Any]:
    """Keyword arguments for a service from a JSON object. Raises Invalid naming every wrong or unknown field."""
    if not isinstance(body, dict):
        raise Invalid(fields={"body": _("Send a JSON object.")})
    fields = {f.key: f for f in values.writable(viewer, record_type, creating=creating)}
    strange = _("This field does not exist or cannot be written.")
    # What the enterprise added stands in an object of its own, so that no name of ours can ever mean two things.
    problems = {key: strange for key in body if key.startswith(CUSTOM)}
    body = _flat(body)
    problems |= {key: strange for key in body if key not in fields}
    found: dict[str, Any] = {}
    for key, field in fields.items():
        if key not in body:
            if creating and field.required:
                problems[key] = _("This field is required.")
            continue
        try:
            found[key] = _value(viewer, field, body[key])
        except ValueError as wrong:
            problems[key] = str(wrong)
    if problems:
        raise Invalid(fields=problems)
    return found


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the enterprise's own fields beside the others. Raises Invalid for what is no object."""
    if "custom" not in body:
        return dict(body)
    added = body["custom"]
    if not isinstance(added, dict) or not all(key.startswith(CUSTOM) for key in added):
        raise Invalid(fields={"custom": _("Send an object with custom fields, whose names begin with x_.")})
    return {**{key: value for key, value in body.items() if key != "custom"}, **added}


def answers(viewer: Viewer, fields: Sequence[Field], body: Mapping[str, Any]) -> dict[str, Any]:
    """What an act asks, from a JSON object without its version. Raises Invalid naming every wrong or unknown field."""
    known = {f.key: f for f in fields}
    problems = {key: _("This field does not exist or cannot be written.") for key in body if key not in known}
    found: dict[str, Any] = {}
    for key, field in known.items():
        if body.get(key) is None and field.required:
            problems[key] = _("This field is required.")
            continue
        try:
            found[key] = _value(viewer, field, body.get(key))
        except ValueError as wrong:
            problems[key] = str(wrong)
    if problems:
        raise Invalid(fields=problems)
    return found


def version(body: Mapping[str, Any]) -> int:
    """Take the version that the caller read; without it nobody could notice a change in between. Raises Invalid."""
    given = body.get("version")
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= _LARGEST:
        raise Invalid(fields={"version": _("Send the version that you read.")})
    return given


def _value(viewer: Viewer, field: Field, given: Any) -> Any:
    if given is None:
        if field.required:
            raise ValueError(_("This field is required."))
        return "" if field.kind in _TEXTS else None
    if field.kind is Kind.RELATION:
        return _related(viewer, field, given)
    return checked(field, given)


def checked(field: Field, given: Any) -> Any:
    """A value that names no record, checked by its field's kind. Raises ValueError with a sentence."""
    return _BY_KIND.get(field.kind, _text)(field, given)


def _text(field: Field, given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(_("Send text."))
    text = given.strip()
    if "\0" in text:
        raise ValueError(_("Text may not hold null characters."))
    if len(text) > (field.max_length or 10_000):
        raise ValueError(_("This text is too long."))
    if field.required and not text:
        raise ValueError(_("This field is required."))
    return text


def _number(field: Field, given: Any) -> int | float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not -_LARGEST <= given <= _LARGEST:  # also refuses NaN, which compares false
        raise ValueError(_("Send a number."))
    if field.kind is Kind.NUMBER and not field.digits and given != int(given):
        raise ValueError(_("Send a whole number."))
    # A whole number without a bound of its own must fit a column all the same.
    most = typed.LARGEST if field.kind is Kind.NUMBER and not field.digits else _LARGEST
    if given < (-most if field.minimum is None else field.minimum):
        raise ValueError(_("This number is too small."))
    if given > (most if field.maximum is None else field.maximum):
        raise ValueError(_("This number is too large."))
    return int(given) if field.kind is Kind.NUMBER and not field.digits else float(given)


def _money(field: Field, given: Any) -> int:
    if isinstance(given, dict):
        if given.get("currency", field.currency) != field.currency:
            raise ValueError(_("This amount has another currency."))
        given = given.get("minor")
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > _LARGEST:
        raise ValueError(_("Send an amount as whole minor units."))
    return given


def _date(field: Field, given: Any) -> dt.date:
    try:
        return typed.day(given)
    except (TypeError, ValueError):
        raise ValueError(_("Send a date as 2026-11-21.")) from None


def _datetime(field: Field, given: Any) -> dt.datetime:
    try:
        return typed.moment(given)
    except (TypeError, ValueError):
        raise ValueError(_("Send a time with its zone, as 2026-11-21T09:30:00+08:00.")) from None


def _choice(field: Field, given: Any) -> str:
    if not isinstance(given, str) or given not in {c.code for c in field.offered()}:
        raise ValueError(_("Choose one of the options offered."))
    return given


def _tags(_field: Field, given: Any) -> list[str]:
    known = tags.every()
    if not isinstance(given, list) or not all(isinstance(one, str) and one in known for one in given):
        raise ValueError(_("Send a list of codes of tags."))
    return given


def _bool(field: Field, given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError(_("Send true or false."))
    return given


def _person(field: Field, given: Any) -> int:
    return _known(names.people.number(_uid(given)))


def _department(field: Field, given: Any) -> int:
    return _known(names.departments.number(_uid(given)))


def _known(number: int | None) -> int:
    if number is None:
        raise ValueError(_("There is nobody and nothing with this uid."))
    return number


def _related(viewer: Viewer, field: Field, given: Any) -> UUID:
    try:
        return forms.related_uid(viewer, field, str(_uid(given)))
    except Refusal:
        raise ValueError(_("There is nobody and nothing with this uid.")) from None


def _uid(given: Any) -> UUID:
    if isinstance(given, dict):
        given = given.get("uid")
    try:
        return UUID(given)
    except (TypeError, ValueError, AttributeError):
        raise ValueError(_("Send a uid.")) from None


_TEXTS = (Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE, Kind.BADGE)
_BY_KIND: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.NUMBER: _number,
    Kind.PERCENT: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.CHOICE: _choice,
    Kind.BADGE: _choice,
    Kind.TAGS: _tags,
    Kind.BOOL: _bool,
    Kind.PERSON: _person,
    Kind.DEPARTMENT: _department,
}
