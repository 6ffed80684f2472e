"""A kind of records in words for programs: what a person may read, ask, write and do with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import acts, operators, query, values
from zhike.foundation.records.declare import Act, Field, Kind, Klass, RecordType
from zhike.foundation.records.registry import every

_OPTIONS_MOST = 60


def kinds(viewer: Viewer) -> list[dict[str, Any]]:
    """The kinds of records that the viewer may see, in the order of the navigation, each in a line."""
    return [_line(viewer, t) for t in every() if viewer.may(t.area, Level.BASIC)]


def kind(viewer: Viewer, record_type: RecordType) -> dict[str, Any]:
    """One kind in full: fields, orders, acts. Raises Forbidden."""
    viewer.require(record_type.area, Level.BASIC)
    creating = {f.key for f in values.writable(viewer, record_type, creating=True)}
    editing = {f.key for f in values.writable(viewer, record_type, creating=False)}
    asked = {f.key: operators.operators_of(record_type, f) for f in operators.fields_for(viewer, record_type)}
    fields = [
        described(field)
        | {
            "on_create": bool(record_type.create) and field.key in creating,
            "on_edit": bool(record_type.update) and field.key in editing,
            "operators": list(asked.get(field.key, ())),
        }
        for field in values.readable(viewer, record_type)
    ]
    return _line(viewer, record_type) | {
        "name_field": record_type.name_field,
        "fields": fields,
        "withheld": values.withheld(viewer, record_type),
        "sorts": [s.field for s in query.sorts_for(viewer, record_type)],
        "overruled_on_create": _boxes(record_type),
        "acts": [_act(one) for one in record_type.acts if acts.is_shown(viewer, record_type, one)],
    }


def described(field: Field) -> dict[str, Any]:
    """A field: what it is called, what kind of value it holds, and what can be chosen."""
    found: dict[str, Any] = {"key": field.key, "label": str(field.label), "kind": str(field.kind)}
    found["required"] = field.required
    found["is_masked"] = values.is_hidden(field)
    found["is_closed"] = field.klass is Klass.SENSITIVE
    found["records"] = field.relation or None
    is_chosen = field.kind in (Kind.CHOICE, Kind.BADGE, Kind.TAGS)
    options = field.options if is_chosen else ()
    found["options"] = [{"code": c.code, "label": str(c.label)} for c in options[:_OPTIONS_MOST]]
    found["help"] = str(field.help)
    return found


def _line(viewer: Viewer, record_type: RecordType) -> dict[str, Any]:
    may_edit = viewer.may(record_type.area, Level.EDIT)
    return {
        "kind": record_type.code,
        "title": str(record_type.title),
        "plural": str(record_type.plural),
        "may_create": may_edit and record_type.create is not None,
        "may_update": may_edit and record_type.update is not None,
        "found_by_words": bool(record_type.search or record_type.found_by),
    }


def act(one: Act, asked: Sequence[Field]) -> dict[str, Any]:
    """An act and what it asks."""
    return {
        "act": one.code,
        "title": str(one.title),
        "asks": [described(field) for field in asked],
        "cannot_be_taken_back": str(one.destroys),
        "overruled": _boxes(one),
    }


def _act(one: Act) -> dict[str, Any]:
    """An act of a kind; what it asks of each record differently is told by the record's own acts."""
    asked: Sequence[Field] = () if callable(one.fields) else one.fields
    return act(one, asked) | {"asks_by_record": callable(one.fields)}


def _boxes(asking: RecordType | Act) -> list[dict[str, Any]]:
    return [{"refusal": c.refusal, "keyword": c.keyword, "words": str(c.words)} for c in asking.confirms]
