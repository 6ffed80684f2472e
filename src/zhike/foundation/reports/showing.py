"""A report as one reader may see it: the one place where its stored values become words.

Pages, files and the API all read through here. A column shows if the reader's posts include it; a row shows if its
record lies within the reader's reach; names are read from the records, masked as these mask them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import find as record_type_of
from zhike.foundation.records import writing
from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.records.links import Link, links_of
from zhike.foundation.reports.declare import Chart, Column, Content, Figures, Letter, Part, Report, Table, fields_of
from zhike.foundation.reports.freezing import live

_AT_ONCE = 5_000
_NUMERIC = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)
Names = dict[tuple[str, int], Link]


@dataclass(frozen=True)
class Cell:
    """One value in its three forms; ``number`` where a spreadsheet should count with it."""

    html: str
    text: str
    data: Any
    number: float | None = None


@dataclass(frozen=True)
class ShownRow:
    """One row: its cells in the order of the heads, the owner's comment, and why it was left out."""

    key: str
    cells: tuple[Cell, ...]
    comment: str = ""
    out: str = ""


@dataclass(frozen=True)
class ShownPart:
    """One part of a report: a table or figures (heads and rows), paragraphs, or a drawing."""

    code: str
    title: str
    kind: str
    heads: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    numeric: tuple[bool, ...] = ()
    rows: tuple[ShownRow, ...] = ()
    excludes: bool = False
    hidden: int = 0
    left_out: int = 0
    unprinted: int = 0
    empty: str = ""
    paragraphs: tuple[str, ...] = ()
    svg: str = ""

    @property
    def kept(self) -> tuple[ShownRow, ...]:
        """Rows that were not left out by the owner."""
        return tuple(row for row in self.rows if not row.out)

    @property
    def has_comments(self) -> bool:
        return any(row.comment for row in self.rows)


@dataclass(frozen=True)
class Shown:
    """All that the reader sees; ``is_partial`` says that sums of the whole enterprise were not among it."""

    parts: tuple[ShownPart, ...]
    gaps: tuple[str, ...]
    is_partial: bool
    withheld: tuple[str, ...] = field(default=())

    @property
    def tables(self) -> tuple[ShownPart, ...]:
        return tuple(part for part in self.parts if part.kind in ("table", "figures"))

    @property
    def charts(self) -> tuple[ShownPart, ...]:
        return tuple(part for part in self.parts if part.kind == "chart")


def shown(viewer: Viewer, report: Report, content: Content, notes: dict[str, Any]) -> Shown:
    """The parts of ``content`` that the viewer may see, in the active language; the caller has checked the posts."""
    whole = viewer.reach.everything or report.owned_by(viewer) or report.decided_by(viewer)
    names = _names(viewer, report, content)
    drawn, is_partial = [], False
    for part in report.parts:
        if part.code not in content.parts:
            continue
        if not whole and (isinstance(part, Figures | Chart) or (isinstance(part, Table) and part.is_whole)):
            is_partial = True
            continue
        found = _part(viewer, report, part, content, notes.get(part.code, {}), names)
        drawn.append(found)
    gaps = tuple(str(report.gaps[code]) for code in content.gaps if code in report.gaps)
    withheld = tuple(str(f.label) for part in report.parts for f in fields_of(part) if not allows(viewer, report, f))
    return Shown(tuple(drawn), gaps, is_partial, tuple(dict.fromkeys(withheld)))


def allows(viewer: Viewer, report: Report, column: Field) -> bool:
    """Whether the viewer's posts include a column."""
    return report.allows(viewer, column.area, Level.FULL if column.level is Level.FULL else Level.BASIC)


def _part(
    viewer: Viewer, report: Report, part: Part, content: Content, notes: dict[str, Any], names: Names
) -> ShownPart:
    data = content.parts[part.code]
    title = str(part.title)
    if isinstance(part, Letter):
        return ShownPart(part.code, title, "letter", paragraphs=tuple(part.say(data, viewer.language)))
    if isinstance(part, Chart):
        return ShownPart(part.code, title, "chart", svg=part.draw(data, viewer.language))
    columns = [c for c in part.columns if allows(viewer, report, c.field if isinstance(c, Column) else c)]
    writers = [_writer(column, names, viewer.language) for column in columns]
    fields = [c.field if isinstance(c, Column) else c for c in columns]
    rows = [data] if isinstance(part, Figures) else data
    seen = rows if isinstance(part, Figures) else _seen(viewer, part, rows, names)
    made = tuple(
        ShownRow(
            str(row.get("key", number)),
            tuple(write(row.get(f.key)) for f, write in zip(fields, writers, strict=True)),
            **_noted(notes, str(row.get("key", number))),
        )
        for number, row in enumerate(seen)
    )
    return ShownPart(
        part.code, title, "figures" if isinstance(part, Figures) else "table",
        heads=tuple(str(f.label) for f in fields), keys=tuple(f.key for f in fields),
        numeric=tuple(f.kind in _NUMERIC for f in fields), rows=made,
        excludes=isinstance(part, Table) and part.excludes,
        hidden=len(rows) - len(seen),
        left_out=int(content.facts.get(f"{part.code}.left_out", 0)),
        empty=str(part.empty) if isinstance(part, Table) else "",
    )  # fmt: skip


def _noted(notes: dict[str, Any], key: str) -> dict[str, str]:
    note = notes.get(key) or {}
    return {"comment": note.get("comment", ""), "out": note.get("out", "")}


def _seen(viewer: Viewer, part: Table, rows: Sequence[Any], names: Names) -> Sequence[Any]:
    """The rows whose record the viewer may see; one that is gone is seen by nobody."""
    if part.seen is not None:
        return part.seen(viewer, rows)
    if not part.about:
        return rows
    kind = _related(part, part.about)
    return [row for row in rows if (kind, row.get(part.about)) in names]


def _related(part: Table, key: str) -> str:
    return next(f.relation for f in fields_of(part) if f.key == key)


def _names(viewer: Viewer, report: Report, content: Content) -> Names:
    """Page and name of every record that the content names and the viewer may see, some thousand at a time."""
    wanted: dict[str, set[int]] = {}
    for part in report.parts:
        data = content.parts.get(part.code)
        if data is None or not isinstance(part, Table | Figures):
            continue
        rows = [data] if isinstance(part, Figures) else data
        for column in (f for f in fields_of(part) if f.kind is Kind.RELATION):
            wanted.setdefault(column.relation, set()).update(row[column.key] for row in rows if row.get(column.key))
    found: Names = {}
    for kind, numbers in wanted.items():
        for batch in _batches(sorted(numbers)):
            found |= links_of(viewer, ((kind, number) for number in batch), kind_of=record_type_of)
    return found


def _batches(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _writer(column: Field | Column, names: Names, language: str) -> Any:
    if isinstance(column, Column):
        say = column.say

        def spoken(stored: Any) -> Cell:
            words = "" if stored is None else say(stored, language)
            return Cell(escape(words) if words else writing.NOTHING, words, words or None)

        return spoken
    if column.kind is Kind.RELATION:
        return lambda stored: _named(column, names.get((column.relation, stored)))
    written = writing.of(column)

    def plain(stored: Any) -> Cell:
        value = live(column, stored)
        if value is None:
            return Cell(writing.NOTHING, "", None)
        text = written.text(value)
        return Cell(written.html(value), text, written.data(value), _number(column, text))

    return plain


def _named(column: Field, link: Link | None) -> Cell:
    if link is None:
        return Cell(writing.NOTHING, "", None)
    name = escape(link.name)
    return Cell(f'<a href="{escape(link.url)}" title="{name}">{name}</a>', link.name, link.name)


def _number(column: Field, text: str) -> float | None:
    if column.kind not in (Kind.NUMBER, Kind.MONEY, Kind.PERCENT) or not text:
        return None
    number = float(text.rstrip("%").replace(",", "").split(" ")[0])
    return number / 100 if column.kind is Kind.PERCENT else number
