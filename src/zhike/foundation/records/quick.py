"""Quick filters: what is asked for every day, one click laid over the present question and one click off again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import operators
from zhike.foundation.records import where as grammar
from zhike.foundation.records.asking import Quick
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.query import ListQuery

_MINE = Quick("mine", _("Mine"), "owner.is(me)")
_BEGUN = ("created_at", "opened_at", "received_at")
_TIMES = (Kind.DATE, Kind.DATETIME)


def chips(viewer: Viewer, record_type: RecordType, asked: ListQuery) -> list[dict[str, Any]]:
    """Title, whether it is on, and the address that turns it; only what the viewer may ask about."""
    found = []
    for one in offered(record_type):
        node = _node(one)
        parts = _parts(asked)
        is_on = node in parts
        where = _joined(tuple(part for part in parts if part != node) if is_on else (*parts, node))
        if where is not None and _may_ask(viewer, record_type, node):
            url = "?" + asked.encoded(where=where)
            found.append({"code": one.code, "title": str(one.title), "is_on": is_on, "url": url})
    return found


def offered(record_type: RecordType) -> Iterator[Quick]:
    """Those that the fields give by themselves, then those that the room declares."""
    kinds = {field.key: field.kind for field in record_type.fields}
    if kinds.get("owner") is Kind.PERSON:
        yield _MINE
    begun = next((key for key in _BEGUN if kinds.get(key) in _TIMES), None)
    if begun is not None:
        yield Quick("new", _("New this week"), f"{begun}.this(week)")
    yield from record_type.quick


def _node(one: Quick) -> grammar.Node:
    group = grammar.read(one.where)
    return group.parts[0] if len(group.parts) == 1 else group


def _parts(asked: ListQuery) -> tuple[grammar.Node, ...]:
    """The conditions that all have to hold."""
    tree = asked.tree
    if tree is None:
        return ()
    return tree.parts if tree.joined == "all" else (tree,)


def _joined(parts: tuple[grammar.Node, ...]) -> str | None:
    """Nothing for no conditions; None where they would be more than the grammar takes."""
    text = grammar.write(grammar.Group("all", parts)) if parts else ""
    try:
        if text:
            grammar.read(text)
    except ValueError:
        return None
    return text


def _may_ask(viewer: Viewer, record_type: RecordType, node: grammar.Node) -> bool:
    try:
        operators.asked(viewer, record_type, node)
    except ValueError:
        return False
    return True
