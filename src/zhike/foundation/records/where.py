"""The grammar of conditions: ``all(tier.is(high, core), any(owner.is(me), created_at.last(30, days)))``. Pure.

What a person puts together in the filter builder is written like this into the address, into saved views and into
requests of programs. A value that is not made of letters, digits and ``_ + - . :`` stands in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext

LONGEST = 2_000  # characters
DEEPEST = 3  # groups within groups
MOST = 20  # conditions
MOST_VALUES = 50  # of one condition
JOINED = ("all", "any")
_TOKEN = re.compile(r'\s*(?:([\w+.:-]+)|"((?:[^"\\]|\\.)*)"|([(),]))')
_BARE = re.compile(r"[\w+.:-]+")


@dataclass(frozen=True)
class Leaf:
    """One condition: a field's public name, an operator, its values as typed."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Conditions of which all or any must hold."""

    joined: str
    parts: tuple[Node, ...] = ()


Node: TypeAlias = Leaf | Group


def read(text: str) -> Group:
    """The conditions of ``text``; a single one counts as a group of one. Raises ValueError with a sentence."""
    if len(text) > LONGEST:
        raise ValueError(gettext("These conditions are too long. Use fewer of them."))
    if "\0" in text:
        raise ValueError(_unreadable())
    tokens = list(_tokens(text))
    node, rest = _node(tokens, 0, 1)
    if rest != len(tokens):
        raise ValueError(_unreadable())
    group = node if isinstance(node, Group) else Group("all", (node,))
    if sum(1 for _leaf in leaves(group)) > MOST:
        raise ValueError(gettext("There are too many conditions. At most %(most)d are possible.") % {"most": MOST})
    return group


def write(node: Node) -> str:
    """``node`` in the one form that :func:`read` understands and that the same conditions always have."""
    if isinstance(node, Group):
        return f"{node.joined}({', '.join(write(part) for part in node.parts)})"
    return f"{node.field}.{node.operator}({', '.join(_written(value) for value in node.values)})"


def leaves(node: Node) -> Iterator[Leaf]:
    """All conditions, from left to right."""
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from leaves(part)


def without(group: Group, place: int) -> str:
    """What is left, written, when the part at ``place`` is taken away; nothing where the parts only stand together."""
    left = group.parts[:place] + group.parts[place + 1 :] if group.joined == "all" else ()
    return write(Group("all", left)) if left else ""


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(_unreadable())
        word, quoted, mark = found.groups()
        if word is not None:
            yield "word", word
        elif quoted is not None:
            yield "quoted", re.sub(r"\\(.)", r"\1", quoted)
        else:
            yield "mark", mark
        at = found.end()


def _node(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Node, int]:
    """The group or condition that begins at a token, and where what follows begins."""
    name = _expected(tokens, at, "word")
    _expected(tokens, at + 1, "mark", "(")
    if name not in JOINED:
        field, _dot, operator = name.rpartition(".")
        values, rest = _values(tokens, at + 2)
        if not field:
            raise ValueError(_unreadable())
        return Leaf(field, operator, values), rest
    if depth > DEEPEST:
        raise ValueError(gettext("Groups stand too deep within each other. At most %(most)d levels are possible.")
                         % {"most": DEEPEST})  # fmt: skip
    parts: list[Node] = []
    at += 2
    while _at(tokens, at) != ("mark", ")"):
        if parts:
            _expected(tokens, at, "mark", ",")
            at += 1
        part, at = _node(tokens, at, depth + 1)
        parts.append(part)
    return Group(name, tuple(parts)), at + 1


def _values(tokens: list[tuple[str, str]], at: int) -> tuple[tuple[str, ...], int]:
    values: list[str] = []
    while _at(tokens, at) != ("mark", ")"):
        if values:
            _expected(tokens, at, "mark", ",")
            at += 1
        kind, value = _at(tokens, at)
        if kind not in ("word", "quoted"):
            raise ValueError(_unreadable())
        values.append(value)
        at += 1
    if len(values) > MOST_VALUES:
        raise ValueError(gettext("One condition has too many values."))
    return tuple(values), at + 1


def _at(tokens: list[tuple[str, str]], at: int) -> tuple[str, str]:
    if at >= len(tokens):
        raise ValueError(_unreadable())
    return tokens[at]


def _expected(tokens: list[tuple[str, str]], at: int, kind: str, value: str = "") -> str:
    found = _at(tokens, at)
    if found[0] != kind or (value and found[1] != value):
        raise ValueError(_unreadable())
    return found[1]


def _written(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unreadable() -> str:
    return gettext("These conditions cannot be read. Put them together again in the filter builder.")
