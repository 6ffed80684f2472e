"""The vocabulary of ``meanings.toml``: what columns are called and what their values mean."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from zhike.foundation.tables.headings import plain, unit_of

__all__ = ["IGNORE", "Kind", "Meaning", "kinds", "known_names", "meanings", "name_score", "plain", "unit_of", "values"]

IGNORE = "ignore"


@dataclass(frozen=True)
class Meaning:
    """What a column can mean; ``kind_of_value`` is key, id, day, later_day, day_or_open, money, number …"""

    code: str
    kind_of_value: str
    zh: str
    en: str
    names: frozenset[str]
    weak: frozenset[str]

    def called(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Kind:
    """What a table can hold."""

    code: str
    zh: str
    en: str
    marks: tuple[str, ...]
    marks_needed: int
    marks_or_values: bool
    needs: tuple[tuple[str, ...], ...]
    takes: tuple[str, ...]

    def called(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@functools.cache
def _book() -> Mapping[str, Any]:
    text = resources.files("zhike.insight.intake").joinpath("meanings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def meanings() -> Mapping[str, Meaning]:
    """All meanings by code."""
    return {
        code: Meaning(code, raw["type"], raw["zh"], raw["en"], frozenset(raw["names"]), frozenset(raw.get("weak", ())))
        for code, raw in _book()["meaning"].items()
    }


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """All kinds of tables by code, the particular ones before the general ones."""
    return {
        code: Kind(
            code,
            raw["zh"],
            raw["en"],
            tuple(raw["marks"]),
            raw["marks_needed"],
            raw.get("marks_or_values", False),
            tuple(tuple(group) for group in raw["needs"]),
            tuple(raw["takes"]),
        )
        for code, raw in _book()["kind"].items()
    }


@functools.cache
def values(group: str) -> frozenset[str]:
    """The words of a group such as ``cancelled``, in the form of :func:`plain`."""
    return frozenset(plain(name) or name for name in _book()["values"][group]["names"])


@functools.cache
def known_names() -> frozenset[str]:
    """Every name in the vocabulary: a line that holds one is a line of headings."""
    return frozenset(name for meaning in meanings().values() for name in (*meaning.names, *meaning.weak))


def name_score(name: str, meaning: Meaning) -> float:
    """How surely a column of this name has this meaning: 1 for its own name, less for part of one, 0 for none."""
    text = plain(name)
    if text in meaning.names:
        return 1.0
    if text in meaning.weak:
        return 0.55
    best = 0.0
    for known in meaning.names:
        long_enough = len(known) >= (2 if known[0] > "\x7f" else 4)
        if long_enough and known in text:
            best = max(best, 0.35 + 0.5 * len(known) / len(text))
    return min(best, 0.85)
