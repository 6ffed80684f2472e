"""Cells as values: each text of a column is read once, what cannot be read is a problem with a sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from zhike.foundation.kit import clock, typed
from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.tables.dates import DateStyle, decide_order, read_day
from zhike.foundation.tables.headings import plain, unit_of
from zhike.foundation.tables.numerals import is_blank, minor_of, read_numeral, uses_decimal_comma

_REMEMBERED = 100_000
_YES = frozenset({"是", "有", "对", "真", "yes", "y", "true", "1", "√", "✓"})
_NO = frozenset({"否", "无", "不", "假", "没有", "no", "n", "false", "0", "×", "✗"})
_TIME = re.compile(r"[T ](\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_BETWEEN = re.compile(r"[、,，;；|\n]")
_SERIAL_SHARE = 2
_SHORTEST_NAME = 2
_NOON = dt.time(12)

NOT_A_DATE = _("“%(text)s” is no date. Write it as 2026-11-30.")
NOT_A_NUMBER = _("“%(text)s” is no number.")
NOT_WHOLE = _("“%(text)s” is no whole number.")
NOT_AN_AMOUNT = _("“%(text)s” is no amount. Write it as 1250.00.")
OTHER_CURRENCY = _("“%(text)s” is in another currency. Import it in the currency of the field.")
NOT_YES_NO = _("“%(text)s” is neither yes nor no.")
NOT_A_CHOICE = _("“%(text)s” is not one of the options of this field. Write one of them.")
TOO_LONG = _("This text is too long.")
TOO_SMALL = _("“%(text)s” is too small.")
TOO_LARGE = _("“%(text)s” is too large.")
IN_FUTURE = _("“%(text)s” lies in the future. Enter when it really happened.")
NULLS = _("Text may not hold null characters.")


class Problem:
    """A cell that could not be read: a sentence and what fills it."""

    __slots__ = ("text", "words")

    def __init__(self, words: str, text: str = "") -> None:
        self.words, self.text = words, text.strip()[:60]


Reader = Callable[[str], Any]


class Column:
    """The cells of one column as values; the same text is read once."""

    def __init__(self, field: Field, heading: str, order: str, *, is_past: bool, serials: bool, comma: bool) -> None:
        self._known: dict[str, Any] = {}
        self._read = _reader(field, heading, DateStyle(order, serials), is_past=is_past, comma=comma)

    def values(self, texts: Sequence[str]) -> list[Any]:
        """One value per text: None for a blank, a :class:`Problem` for what cannot be read."""
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        found = []
        for text in texts:
            if text not in known:
                known[text] = None if is_blank(text) else self._read(text)
            found.append(known[text])
        return found


def _reader(field: Field, heading: str, style: DateStyle, *, is_past: bool, comma: bool) -> Reader:
    match field.kind:
        case Kind.DATE:
            return lambda text: _day(text, style, is_past=is_past)
        case Kind.DATETIME:
            return lambda text: _moment(text, style, is_past=is_past)
        case Kind.MONEY:
            factor = unit_of(heading)
            return lambda text: _money(field, text, factor, comma=comma)
        case Kind.NUMBER | Kind.PERCENT:
            return lambda text: _number(field, text, comma=comma)
        case Kind.BOOL:
            return _flag
        case Kind.CHOICE | Kind.BADGE:
            words = words_of(field)
            return lambda text: _chosen(words, text)
        case Kind.TAGS:
            tags = words_of(field)
            return lambda text: _several(tags, text)
        case _:
            return lambda text: _text(field, text)


def words_of(field: Field) -> Mapping[str, str]:
    """Codes of a choice by everything it is called: code, and label in both languages."""
    found: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with override(language):
            for choice in field.options:
                found.setdefault(_word(str(choice.label)), choice.code)
                found.setdefault(_word(choice.code), choice.code)
    return found


def _chosen(words: Mapping[str, str], text: str) -> Any:
    """The option of that name; else the only one whose name is a part of it or of which it is one: 企业客户, 退货."""
    word = _word(text)
    if word in words:
        return words[word]
    shortest = _SHORTEST_NAME
    within = {
        code
        for name, code in words.items()
        if (len(name) >= shortest and name in word) or (len(word) >= shortest and word in name)
    }
    return within.pop() if len(within) == 1 else Problem(NOT_A_CHOICE, text)


def _several(words: Mapping[str, str], text: str) -> Any:
    """The tags of these names, each as it is called: a part of a name would put on what nobody meant."""
    names = [name for name in _BETWEEN.split(text) if name.strip()]
    unknown = next((name for name in names if _word(name) not in words), None)
    return Problem(NOT_A_CHOICE, unknown.strip()) if unknown is not None else [words[_word(name)] for name in names]


def _word(text: str) -> str:
    return plain(text) or text.strip().lower()


def _text(field: Field, text: str) -> Any:
    clean = text.strip() if field.kind is Kind.LONG_TEXT else " ".join(text.split())
    if "\0" in clean:
        return Problem(NULLS)
    return clean if len(clean) <= (field.max_length or 10_000) else Problem(TOO_LONG)


def _day(text: str, style: DateStyle, *, is_past: bool) -> Any:
    found = read_day(text.strip(), style)
    if found is None or not typed.FIRST_DAY <= found <= typed.LAST_DAY:
        return Problem(NOT_A_DATE, text)
    return Problem(IN_FUTURE, text) if is_past and found > clock.today() else found


def _moment(text: str, style: DateStyle, *, is_past: bool) -> Any:
    day = _day(text, style, is_past=is_past)
    if isinstance(day, Problem):
        return day
    try:
        exact = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        said = _TIME.search(text)
        exact = dt.datetime.combine(day, dt.time(int(said[1]), int(said[2]), int(said[3] or 0)) if said else _NOON)
    if exact.time() == dt.time() and not _TIME.search(text):
        exact = dt.datetime.combine(exact.date(), _NOON, exact.tzinfo)
    found = exact if exact.tzinfo else clock.start_of(exact.date()) + (exact - dt.datetime.combine(exact, dt.time()))
    # A day of today without a time means its noon, which may be ahead.
    return min(found, clock.now()) if is_past else found


def _number(field: Field, text: str, *, comma: bool) -> Any:
    found = read_numeral(text.rstrip("%％ "), decimal_comma=comma)
    if found is None:
        return Problem(NOT_A_NUMBER, text)
    value = float(found.value)
    if field.kind is Kind.PERCENT:
        value /= 100
    if field.kind is Kind.NUMBER and not field.digits:
        if found.value != int(found.value):
            return Problem(NOT_WHOLE, text)
        value = int(found.value)
        if abs(value) > typed.LARGEST:
            return Problem(TOO_LARGE, text)
    return _bounded(field, value, text)


def _bounded(field: Field, value: float, text: str) -> Any:
    if field.minimum is not None and value < field.minimum:
        return Problem(TOO_SMALL, text)
    return Problem(TOO_LARGE, text) if field.maximum is not None and value > field.maximum else value


def _money(field: Field, text: str, factor: int, *, comma: bool) -> Any:
    found = read_numeral(text, decimal_comma=comma)
    if found is None:
        return Problem(NOT_AN_AMOUNT, text)
    if found.currency and found.currency != field.currency:
        return Problem(OTHER_CURRENCY, text)
    return _bounded(field, minor_of(found.value * factor, field.currency), text)


def _flag(text: str) -> Any:
    word = plain(text) or text.strip()
    return True if word in _YES else False if word in _NO else Problem(NOT_YES_NO, text)


def judged(field: Field, samples: Sequence[str], order: str = "") -> tuple[str, bool, bool]:
    """How a column writes: order of its days, whether they are serial numbers, whether it has decimal commas."""
    texts = [text for text in dict.fromkeys(samples) if not is_blank(text)]
    if field.kind in (Kind.DATE, Kind.DATETIME):
        serials = sum(1 for text in texts if text.strip().isdigit() and len(text.strip()) == 5)
        found = order or decide_order(texts, latest=clock.today()).order
        return found, serials * _SERIAL_SHARE > len(texts), False
    if field.kind in (Kind.MONEY, Kind.NUMBER, Kind.PERCENT):
        return "YMD", False, uses_decimal_comma(texts)
    return "YMD", False, False


def shown(field: Field, text: str, order: str, serials: bool, comma: bool) -> str:
    """How a sample was read, for the page on which columns are mapped; nothing for text."""
    if field.kind not in (Kind.DATE, Kind.DATETIME, Kind.MONEY, Kind.NUMBER) or is_blank(text):
        return ""
    value = _reader(field, "", DateStyle(order, serials), is_past=False, comma=comma)(text)
    if isinstance(value, Problem):
        return ""
    if isinstance(value, dt.datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return (
        value.isoformat()
        if isinstance(value, dt.date)
        else f"{value / 100:,.2f}"
        if (field.kind is Kind.MONEY)
        else f"{value:,}"
    )
