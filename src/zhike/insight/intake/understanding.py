"""What was understood of each source, said before the work starts and kept in the manifest."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from zhike.foundation.tables.dates import DateStyle, OrderEvidence, decide_order, read_day
from zhike.foundation.tables.limits import LIMITS
from zhike.foundation.tables.numerals import CURRENCIES, is_blank, read_numeral, uses_decimal_comma
from zhike.foundation.tables.source import Source
from zhike.insight.intake.mapping import ColumnMap, FileMap
from zhike.insight.intake.meanings import IGNORE, meanings, plain, unit_of, values
from zhike.insight.intake.profile import Profile, profile_of
from zhike.insight.intake.understand import Reading, read_table

_DAYS = ("day", "later_day", "day_or_open")
_CANCELLED_ID = re.compile(r"[Cc]\d+\Z")


@dataclass(frozen=True)
class Column:
    """One column as understood. ``meaning`` is None for a column that is not used."""

    index: int
    name: str
    meaning: str | None
    evidence: str
    profile: Profile
    date_style: DateStyle | None = None
    date_evidence: OrderEvidence | None = None
    decimal_comma: bool = False
    factor: int = 1
    currency: str | None = None


@dataclass(frozen=True)
class Understanding:
    """One source as understood: its kind (None when unusable), its columns, its currency."""

    source: Source
    reading: Reading
    columns: tuple[Column, ...]
    currency: str
    currency_evidence: str  # map | column | values | name | assumed
    cancelled_ids: bool = False

    @property
    def kind(self) -> str | None:
        return self.reading.kind

    def column(self, *codes: str) -> Column | None:
        """The column of the first of ``codes`` that the source has."""
        return next((column for code in codes for column in self.columns if column.meaning == code), None)


def understand(source: Source, told: ColumnMap, *, latest: dt.date) -> Understanding:
    """Judge a source on a sample, and on all its rows where the sample leaves day and month undecided."""
    said = told.for_file(source.label)
    sample = _sample(source)
    profiles = [profile_of(cells) for cells in sample] if sample else [profile_of([]) for _ in source.layout.names]
    reading = read_table(source.layout.names, profiles, has_header=source.layout.has_header, told=said)
    columns = tuple(
        _column(i, name, profiles[i], reading, said, source, sample[i] if sample else [], latest)
        for i, name in enumerate(source.layout.names)
    )
    currency, evidence = _currency(columns, sample, said)
    ids = next((c.profile.judged for c in columns if c.meaning == "order_id"), ())
    digits = sum(1 for text in ids if text.isdigit())
    return Understanding(source, reading, columns, currency, evidence, bool(ids) and digits * 2 >= len(ids))


def _sample(source: Source) -> list[list[str]]:
    chunk = next(source.chunks(LIMITS.sample_rows), None)
    return [list(cells) for cells in zip(*chunk.rows, strict=True)] if chunk and chunk.rows else []


def _column(
    i: int,
    name: str,
    profile: Profile,
    reading: Reading,
    said: FileMap,
    source: Source,
    cells: Sequence[str],
    latest: dt.date,
) -> Column:
    match = reading.matches.get(i)
    if match is None or match.meaning == IGNORE:
        return Column(i, name, None, "by_map" if match else "", profile)
    kind = meanings()[match.meaning].kind_of_value
    if kind in _DAYS:
        bound = latest if kind == "day" else dt.date.max
        style, evidence = _date_style(i, profile, said, source, cells, bound)
        return Column(i, name, match.meaning, match.evidence, profile, style, evidence)
    if kind in ("money", "number"):
        comma = said.decimal_comma if said.decimal_comma is not None else uses_decimal_comma(_distinct(cells))
        currency = _in_name(name) if kind == "money" else None
        factor = unit_of(name) if kind == "money" else 1
        return Column(i, name, match.meaning, match.evidence, profile, None, None, comma, factor, currency)
    return Column(i, name, match.meaning, match.evidence, profile)


def _distinct(cells: Sequence[str]) -> Iterator[str]:
    return (text for text in dict.fromkeys(cells) if not is_blank(text))


def _date_style(
    i: int, profile: Profile, said: FileMap, source: Source, cells: Sequence[str], latest: dt.date
) -> tuple[DateStyle, OrderEvidence]:
    serials = profile.serials > profile.days
    if said.date_format:
        pattern = said.date_format if "%" in said.date_format else None
        order = said.date_format if pattern is None else "YMD"
        return DateStyle(order, serials, pattern), OrderEvidence(order, "by_map")
    found = decide_order(_distinct(cells), latest=latest)
    if found.evidence not in ("no_need", "decided"):
        found = decide_order(_distinct(list(_all_cells(source, i))), latest=latest)
    return DateStyle(found.order, serials), found


def _all_cells(source: Source, i: int) -> Iterator[str]:
    seen: set[str] = set()
    for chunk in source.chunks(LIMITS.chunk_rows):
        for row in chunk.rows:
            text = row[i].strip()
            if text not in seen and len(seen) < LIMITS.chunk_rows:
                seen.add(text)
                yield text


def _currency(columns: Sequence[Column], sample: Sequence[Sequence[str]], said: FileMap) -> tuple[str, str]:
    """The currency of amounts that name none themselves, and how it is known."""
    if said.currency:
        return said.currency, "map"
    for column in columns:
        if column.meaning == "currency":
            counts = (
                Counter(code for text in sample[column.index] if (code := currency_of(text))) if sample else Counter()
            )
            if counts:
                return counts.most_common(1)[0][0], "column"
    money = [c for c in columns if c.meaning and meanings()[c.meaning].kind_of_value == "money"]
    counts = Counter()
    for column in money:
        for text in column.profile.judged:
            if (numeral := read_numeral(text, decimal_comma=column.decimal_comma)) and numeral.currency:
                counts[numeral.currency] += 1
    if counts:
        return counts.most_common(1)[0][0], "values"
    named = next((c.currency for c in money if c.currency), None)
    return (named, "name") if named else ("CNY", "assumed")


def currency_of(text: str) -> str | None:
    """The ISO code that a cell of a currency column means."""
    word = text.strip()
    return word.upper() if word.upper() in set(CURRENCIES.values()) else CURRENCIES.get(word.lower())


def _in_name(name: str) -> str | None:
    """The currency in a column's name: order_value_usd, 金额（元）, dollar_value."""
    text = name.lower()
    words = set(re.split(r"[^a-z$€£¥]+", text))
    for mark, code in CURRENCIES.items():
        if mark in words or (not mark.isascii() and mark in text):
            return code
    return None


def understand_all(
    sources: Sequence[Source], told: ColumnMap, *, latest: dt.date, progress: Callable[[str, float], None] | None = None
) -> list[Understanding]:
    """Understand every source; the tables of customers come first, since others refer to them."""
    found = []
    for i, source in enumerate(sources):
        found.append(understand(source, told, latest=latest))
        if progress:
            progress("understand", (i + 1) / len(sources))
    return sorted(found, key=lambda u: u.kind != "customers")


def status_of(text: str) -> str:
    """done, cancelled or returned, by the words of ``meanings.toml``; what is unknown is done."""
    word = plain(text)
    if word in values("returned"):
        return "returned"
    return "cancelled" if word in values("cancelled") else "done"


def examples_of(column: Column) -> str:
    """Up to three of its values, for the table of what was understood."""
    return " | ".join(text if len(text) <= 18 else text[:17] + "…" for text in column.profile.examples)


def day_example(column: Column) -> str:
    """A value that shows how days were read, such as ``3/4/2024 = 2024-04-03``."""
    if column.date_style is None or not column.profile.judged:
        return ""
    text = (column.date_evidence.example if column.date_evidence else "") or column.profile.judged[0]
    day = read_day(text, column.date_style)
    return f"{text} = {day.isoformat()}" if day else ""
