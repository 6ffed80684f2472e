"""The exact re-check: tokens find candidates, this decides."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from zhike.foundation.search.pinyin import initials, readings
from zhike.foundation.search.query import Word, parsed
from zhike.foundation.search.text import Run, normal, runs
from zhike.foundation.search.tokens import GRAM

Unit = tuple[str, ...]


def matches(texts: str | Iterable[str], query: str) -> bool:
    """Whether every word of ``query`` is found in one of ``texts`` (a text alone, or all texts of a record).

    A word is found where it stands in the text (width and case set aside), where it spells Chinese from the beginning
    of a character on, in full or by initials, and, with one or two letters, where it begins a word or a run of
    Chinese. Four digits or more find the end of a number, seven or more its beginning.
    """
    words = parsed(query).words
    known = [texts] if isinstance(texts, str) else list(texts)
    return bool(words) and all(any(_is_in(text, word) for text in known) for word in words)


def _is_in(text: str, word: Word) -> bool:
    if not text:
        return False
    folded, parts = _cut(text)
    typed = word.text
    if not (typed.isascii() and typed.isalnum()):
        return typed in folded
    if typed.isdigit() and any(_is_number(run.text, typed) for run in parts if run.is_number):
        return True
    if len(typed) < GRAM:
        return any(_begins(run, typed) for run in parts if not run.is_number)
    if any(typed in run.text for run in parts if run.sort == "word" and not run.is_number):
        return True
    return any(_spells(spelling, typed) for spelling in _spellings(text))


def _is_number(number: str, typed: str) -> bool:
    return (len(typed) >= 4 and number.endswith(typed)) or (len(typed) >= 7 and number.startswith(typed))


@functools.lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[str, tuple[Run, ...]]:
    folded = normal(text)
    return folded, tuple(runs(folded))


class _Spelling(NamedTuple):
    """A text as it is spelled: one unit per character, all its readings in it. ``joined`` is the whole where each has
    only one, and ``starts`` where units begin in it."""

    units: tuple[Unit, ...]
    joined: str | None
    starts: frozenset[int]

    @classmethod
    def of(cls, units: list[Unit]) -> _Spelling:
        if any(len(said) > 1 for said in units):
            return cls(tuple(units), None, frozenset())
        letters = [said[0] for said in units]
        starts = accumulate((len(said) for said in letters[:-1]), initial=0)
        return cls((), "".join(letters), frozenset(starts))


@functools.lru_cache(maxsize=4096)
def _spellings(text: str) -> tuple[_Spelling, _Spelling]:
    """In full and by initials."""
    full: list[Unit] = []
    short: list[Unit] = []
    for run in _cut(text)[1]:
        if run.is_number:
            continue
        if run.sort == "word":
            letters = [(c,) for c in run.text]
            full += letters
            short += letters
        else:
            full += [said for said in map(readings, run.text) if said]
            short += [first for first in map(initials, run.text) if first]
    return _Spelling.of(full), _Spelling.of(short)


def _begins(run: Run, typed: str) -> bool:
    if run.sort == "word":
        return run.text.startswith(typed)
    return any(said.startswith(typed) for said in readings(run.text[0])) or _spelled_from(
        tuple(map(initials, run.text)), 0, typed
    )


def _spells(spelling: _Spelling, typed: str) -> bool:
    if spelling.joined is not None:
        at = spelling.joined.find(typed)
        while at >= 0 and at not in spelling.starts:
            at = spelling.joined.find(typed, at + 1)
        return at >= 0
    units, letter = spelling.units, typed[0]
    return any(
        _spelled_from(units, start, typed)
        for start, said in enumerate(units)
        if any(reading[0] == letter for reading in said)
    )


def _spelled_from(units: tuple[Unit, ...], start: int, typed: str) -> bool:
    """Whether ``typed`` can be read from unit ``start`` on; the last unit may be unfinished."""
    if start == len(units):
        return False
    for said in units[start]:
        if said.startswith(typed):
            return True
        if typed.startswith(said) and _spelled_from(units, start + 1, typed[len(said) :]):
            return True
    return False
