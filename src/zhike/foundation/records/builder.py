"""The filter builder's form: conditions as rows that are added, filled in and removed, group within group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import circles, names, operators, periods
from zhike.foundation.records import where as grammar
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.where import Group, Leaf, Node

TOP = "0"
_FIRST: dict[str, tuple[str, ...]] = {"last": ("30", "days"), "next": ("30", "days"), "ago": ("30", "days")}
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class Row:
    """One node as the page draws it; ``path`` is its place in the tree: ``0.2.1``."""

    path: str
    joined: str = ""  # of a group
    parts: tuple[Row, ...] = ()
    key: str = ""  # of a condition
    label: str = ""
    operators: tuple[tuple[str, str, bool], ...] = ()
    inputs: str = ""  # nothing, text, number, day, span, calendar or pick
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str, bool], ...] = ()
    problem: str = ""
    may_nest: bool = False
    is_new: bool = False
    units: tuple[tuple[str, str], ...] = field(default=())


def tree_of(posted: QueryDict) -> Group:
    """The tree that a sent form holds: what is missing or broken is left out."""
    nodes: dict[str, Node] = {}
    for path in sorted(set(posted.getlist("n")), key=_order, reverse=True)[: 4 * grammar.MOST]:
        if joined := posted.get(f"j.{path}"):
            inside = sorted((p for p in nodes if p.rpartition(".")[0] == path), key=_order)
            nodes[path] = Group(joined if joined in grammar.JOINED else "all", tuple(nodes[p] for p in inside))
        elif key := posted.get(f"f.{path}"):
            given = (value.replace("\0", "").strip()[:_LONGEST_VALUE] for value in posted.getlist(f"v.{path}"))
            nodes[path] = Leaf(key, posted.get(f"o.{path}", ""), tuple(given))
    top = nodes.get(TOP)
    return top if isinstance(top, Group) else Group("all")


def changed(viewer: Viewer, record_type: RecordType, tree: Group, wish: str, posted: QueryDict) -> tuple[Group, str]:
    """The tree after a button was pressed (``add:0.1``, ``group:0``, ``drop:0.2``), and the path of what is new.

    Raises ValueError with a sentence where no more will go in.
    """
    action, _colon, path = wish.partition(":")
    if action == "drop" and path != TOP:
        return _dropped(tree, _steps(path)), ""
    if action not in ("add", "group"):
        return tree, ""
    if sum(1 for _leaf in grammar.leaves(tree)) >= grammar.MOST:
        raise ValueError(gettext("There are too many conditions. At most %(most)d are possible.")
                         % {"most": grammar.MOST})  # fmt: skip
    known = {f.key: f for f in operators.fields_for(viewer, record_type)}
    chosen = known.get(posted.get(f"new.{path}", ""))
    if action == "add" and chosen is None:
        raise ValueError(gettext("Choose the field that the condition is about."))
    if action == "group" and path.count(".") + 2 > grammar.DEEPEST:
        return tree, ""
    new: Node = Group("any") if chosen is None or action == "group" else _begun(record_type, chosen)
    return _added(tree, _steps(path), new)


def rows_of(
    viewer: Viewer, record_type: RecordType, node: Node, *, path: str = TOP, checked: bool = False, new: str = ""
) -> Row:
    """``node`` as the page draws it; ``checked`` says beside each condition what is wrong with it."""
    if isinstance(node, Group):
        parts = tuple(
            rows_of(viewer, record_type, part, path=f"{path}.{at}", checked=checked, new=new)
            for at, part in enumerate(node.parts)
        )
        empty = gettext("A group is empty. Add a condition or remove the group.")
        problem = empty if checked and not parts and path != TOP else ""
        return Row(path, node.joined, parts, problem=problem, may_nest=path.count(".") + 2 <= grammar.DEEPEST)
    found = next((f for f in operators.fields_for(viewer, record_type) if f.key == node.field), None)
    problem = _problem(viewer, record_type, node) if checked or found is None else ""
    if found is None:
        return Row(path, key=node.field, label=node.field, problem=problem)
    offered = operators.operators_of(record_type, found)
    operator = node.operator if node.operator in offered else offered[0]
    inputs, kept = _inputs(found, operator, node.values)
    return Row(
        path,
        key=found.key,
        label=str(found.label),
        operators=tuple((code, str(operators.LABELS[code]), code == operator) for code in offered),
        inputs=inputs,
        values=kept,
        options=tuple((code, label, code in kept) for code, label in _options(found)) if inputs == "pick" else (),
        problem=problem,
        is_new=path == new,
        units=_units(inputs),
    )


def unfilled(tree: Group) -> Group:
    """The tree without texts left empty beside others, as a person leaves them."""
    parts: list[Node] = []
    for part in tree.parts:
        if isinstance(part, Group):
            parts.append(unfilled(part))
        else:
            filled = tuple(v for v in part.values if v != "")
            is_list = part.operator not in ("between", "last", "next", "ago")
            parts.append(replace(part, values=filled or part.values) if is_list else part)
    return replace(tree, parts=tuple(parts))


def _problem(viewer: Viewer, record_type: RecordType, leaf: Leaf) -> str:
    try:
        operators.asked(viewer, record_type, leaf)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _begun(record_type: RecordType, chosen: Field) -> Leaf:
    operator = operators.operators_of(record_type, chosen)[0]
    return Leaf(chosen.key, operator, _inputs(chosen, operator, ())[1])


def _inputs(one: Field, operator: str, given: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Which inputs the operator of a field takes, and what of the given values fits them."""
    if operator in ("empty", "filled"):
        return "", ()
    if operator in _FIRST:
        fits = len(given) == 2 and given[1] in periods.UNITS
        return "span", tuple(given) if fits else _FIRST[operator]
    if operator == "this":
        return "calendar", tuple(given[:1]) if given and given[0] in periods.CALENDAR else ("month",)
    if one.kind in (*operators.CHOSEN, Kind.BOOL, Kind.PERSON, Kind.DEPARTMENT):
        known = {code for code, _label in _options(one)}
        return "pick", tuple(v for v in given if v in known)
    wanted = 2 if operator == "between" else 1
    kept = tuple(given)[:wanted] if one.kind in (*operators.TIMES, *operators.NUMBERS) else tuple(given)
    if one.kind in operators.TIMES:
        kept = tuple("" if v in periods.UNITS else v for v in kept)
    padded = (*kept, *("",) * (wanted - len(kept)))
    if one.kind in operators.NUMBERS:
        return "number", padded
    # A date picker cannot show "-30d": then it is a text field.
    is_day = one.kind in operators.TIMES and all(v == "" or v[:1].isdigit() for v in padded)
    return ("day" if is_day else "text"), padded


def _options(one: Field) -> list[tuple[str, str]]:
    if one.kind in operators.CHOSEN:
        return [(c.code, str(c.label)) for c in one.options]
    if one.kind is Kind.BOOL:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]
    book: Any = names.people if one.kind is Kind.PERSON else names.departments
    near = circles.PEOPLE if one.kind is Kind.PERSON else circles.DEPARTMENTS
    named = sorted(((str(n.uid), n.name) for n in book.read().values()), key=lambda pair: pair[1])
    return [*((code, str(label)) for code, label in near.items()), *named]


def _units(inputs: str) -> tuple[tuple[str, str], ...]:
    words = {"span": operators.UNIT_WORDS, "calendar": operators.CALENDAR_WORDS}.get(inputs, {})
    return tuple((code, str(label)) for code, label in words.items())


def _order(path: str) -> tuple[int, ...]:
    steps = path.split(".")[:10]
    return tuple(int(step) if step.isascii() and step.isdigit() and len(step) < 5 else 0 for step in steps)


def _steps(path: str) -> tuple[int, ...]:
    return _order(path)[1:]


def _dropped(group: Group, steps: tuple[int, ...]) -> Group:
    if not steps or steps[0] >= len(group.parts):
        return group
    at = steps[0]
    inner = group.parts[at]
    if len(steps) == 1:
        return replace(group, parts=group.parts[:at] + group.parts[at + 1 :])
    if not isinstance(inner, Group):
        return group
    return replace(group, parts=(*group.parts[:at], _dropped(inner, steps[1:]), *group.parts[at + 1 :]))


def _added(group: Group, steps: tuple[int, ...], new: Node, path: str = TOP) -> tuple[Group, str]:
    if not steps:
        return replace(group, parts=(*group.parts, new)), f"{path}.{len(group.parts)}"
    at = steps[0]
    inner = group.parts[at] if at < len(group.parts) else None
    if not isinstance(inner, Group):
        return group, ""
    grown, place = _added(inner, steps[1:], new, f"{path}.{at}")
    return replace(group, parts=(*group.parts[:at], grown, *group.parts[at + 1 :])), place
