"""Two people edit one record: what the other one changed, what was typed, and which of both is kept, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms

from zhike.foundation.records.forms import RecordForm

TAKE = "take."  # the choice of a field: ``theirs`` or ``mine``


class Difference(NamedTuple):
    """One field that one of both or both changed: as it was, as it is saved now, as it was typed."""

    key: str
    label: str
    before: str
    now: str
    typed: str
    is_theirs: bool
    is_mine: bool

    @property
    def is_both(self) -> bool:
        """Whether somebody has to choose."""
        return self.is_theirs and self.is_mine


def opened(form: RecordForm) -> str:
    """The values with which the form was opened, to be sent back with it: told apart by them, who changed what."""
    return json.dumps({field.key: _text(form.initial.get(field.key)) for field in form.record_fields})


def chosen(form: RecordForm, posted: Any) -> None:
    """Put what is saved now in the place of what was typed, where the person took theirs."""
    for field in form.record_fields:
        if posted.get(TAKE + field.key) == "theirs":
            _put(form, field.key)


def compared(form: RecordForm, shown: Mapping[str, str], posted: Any) -> list[Difference]:
    """The fields that differ, after those that only the other one touched were taken over into the form.

    Without the values with which the form was opened nobody knows who changed what: then each field is one of both.
    """
    first = _first(posted.get("opened_with", ""))
    found = []
    for field in form.record_fields:
        key, bound = field.key, form[field.key]
        saved = form.initial.get(key)
        before = first.get(key)
        theirs = before is None or _differs(bound.field, before, saved)
        mine = _typed_differs(bound, before, saved)
        if not theirs and not mine:
            continue
        if not _typed_differs(bound, None, saved):
            continue  # both came to the same
        typed = _text(bound.value() or "")
        if not mine:
            typed = ""
            _put(form, key)
        found.append(Difference(key, str(bound.label), before or "", shown.get(key, ""), typed, theirs, mine))
    return found


def _first(text: str) -> dict[str, str]:
    """What came back of :func:`opened`; nothing where it was tampered with."""
    try:
        found = json.loads(text) if len(text) < 200_000 else {}
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _differs(field: forms.Field, before: str, now: Any) -> bool:
    return before != _text(now)


def _typed_differs(bound: Any, before: str | None, saved: Any) -> bool:
    """Whether what was typed is another value than the form was opened with; than what is saved, without that."""
    if before is None:
        return bool(bound.field.has_changed(saved, bound.data))
    if isinstance(bound.field, forms.BooleanField):
        return bool(bound.data) != (before == "1")
    try:
        start = bound.field.to_python(before)
    except forms.ValidationError:
        return True
    return bool(bound.field.has_changed(start, bound.data))


def _put(form: RecordForm, key: str) -> None:
    """Make the form hold what is saved now."""
    field, saved = form.fields[key], form.initial.get(key)
    form.data = form.data.copy()
    if isinstance(field, forms.MultipleChoiceField):
        form.data.setlist(key, saved or [])
        return
    if isinstance(field, forms.BooleanField):
        form.data.pop(key, None)
        if saved:
            form.data[key] = "on"
        return
    form.data[key] = _text(saved)


def _text(value: Any) -> str:
    """A value as a form sends it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, bool):
        return "1" if value else ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
