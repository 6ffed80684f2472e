"""Read the cells of one column, each different text once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zhike.foundation.tables.dates import EARLIEST, DateStyle, read_day
from zhike.foundation.tables.numerals import is_blank, minor_of, read_numeral
from zhike.insight.intake.meanings import meanings, plain, values
from zhike.insight.intake.understanding import Column, currency_of

_REMEMBERED = 200_000


class Problem:
    """A cell that could not be read; ``code`` is a reason of ``texts.toml``."""

    __slots__ = ("code", "text")

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text


@dataclass(frozen=True)
class Money:
    """An amount as read: its value, the currency its text names, and its minor units in the table's currency."""

    value: Decimal
    currency: str | None
    minor: int


@dataclass
class CellReader:
    """Turns texts into values; a blank is None, what cannot be read a :class:`Problem`."""

    read_one: Callable[[str], Any]
    known: dict[str, Any] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> list[Any]:
        """One value per text, in order."""
        known, read_one = self.known, self.read_one
        if len(known) > _REMEMBERED:
            known.clear()
        found = []
        for text in texts:
            try:
                found.append(known[text])
            except KeyError:
                value = known[text] = None if is_blank(text) else read_one(text)
                found.append(value)
        return found


def reader_for(column: Column, currency: str) -> CellReader:
    """The reader that fits the meaning of ``column``; money without a currency of its own is in ``currency``."""
    kind = meanings()[column.meaning or ""].kind_of_value
    if kind in ("day", "later_day", "day_or_open"):
        return CellReader(_day_reader(column.date_style or DateStyle()))
    if kind == "money":
        return CellReader(_money_reader(column, currency))
    if kind == "number":
        return CellReader(_number_reader(column))
    if kind == "flag":
        return CellReader(_flag)
    if kind == "currency":
        return CellReader(lambda text: currency_of(text) or Problem("row.unknown_currency", text))
    return CellReader(_words)


def _words(text: str) -> str:
    return " ".join(text.split())


def _day_reader(style: DateStyle) -> Callable[[str], dt.date | Problem]:
    days: dict[str, dt.date | None] = {}

    def read(text: str) -> dt.date | Problem:
        # Timestamps differ in every row while their days repeat; one without a zone is its first ten characters.
        head = (
            text[:10] if len(text) >= 19 and text[4] == "-" and text[10] in "T " and text[19:20] in ("", ".") else text
        )
        if head not in days:
            if len(days) > _REMEMBERED:
                days.clear()
            days[head] = read_day(head.strip(), style)
        day = days[head]
        return day if day is not None and day >= EARLIEST else Problem("row.bad_day", text)

    return read


def _money_reader(column: Column, currency: str) -> Callable[[str], Money | Problem]:
    factor, comma = column.factor, column.decimal_comma

    def read(text: str) -> Money | Problem:
        found = read_numeral(text, decimal_comma=comma)
        if found is None:
            return Problem("row.bad_amount", text)
        value = found.value * factor if factor != 1 else found.value
        return Money(value, found.currency, minor_of(value, found.currency or currency))

    return read


def _number_reader(column: Column) -> Callable[[str], float | Problem]:
    def read(text: str) -> float | Problem:
        found = read_numeral(text, decimal_comma=column.decimal_comma)
        return float(found.value) if found else Problem("row.bad_number", text)

    return read


def _flag(text: str) -> bool | Problem:
    word = plain(text) or text.strip()
    if word in values("yes"):
        return True
    return False if word in values("no") else Problem("row.bad_flag", text)
