"""Delimited text: which delimiter, and rows with their true line numbers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from zhike.foundation.tables.encoding import encoding_of
from zhike.foundation.tables.faults import UnusableInput
from zhike.foundation.tables.layout import find_layout
from zhike.foundation.tables.limits import LIMITS
from zhike.foundation.tables.source import Chunk, Layout, Refused

BLANKS = "blanks"
DELIMITERS = (",", "\t", ";", "|")
NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", BLANKS: "blanks"}
_HEAD_LINES = 200
_HEAD_ROWS = 60
_MOST = 0.7
_LONGEST_RECORD_LINES = 200

csv.field_size_limit(LIMITS.line_characters)


class DelimitedSource:
    """A text file as a table."""

    def __init__(
        self,
        path: Path,
        label: str,
        *,
        delimiter: str | None = None,
        encoding: str | None = None,
        header: bool | None = None,
        known: Collection[str] = (),
    ) -> None:
        self.path, self.label = path, label
        self.notes: list[tuple[str, dict[str, str]]] = []
        self.encoding = encoding or encoding_of(path, label)
        with self._open() as file:
            head = list(islice(file, _HEAD_LINES))
        self._told = head[0].strip()[4:5] if head and head[0].lower().startswith("sep=") else None
        self.delimiter = delimiter or self._told or delimiter_of(head)
        self.layout = self._find_layout(head, header, known)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def _find_layout(self, head: Sequence[str], header: bool | None, known: Collection[str]) -> Layout:
        skip = 1 if self._told else 0
        rows = [(i + 1, self._cells(line)) for i, line in enumerate(head[:_HEAD_ROWS]) if i >= skip]
        found = find_layout(rows, label=self.label, header=header, known=known)
        above = [line for line, row in rows if line < found.rows_after_line and any(c.strip() for c in row)]
        if found.has_header and above:
            self.notes.append(("note.title_lines", {"lines": ", ".join(map(str, above))}))
        return found

    def _cells(self, line: str) -> list[str]:
        if self.delimiter == BLANKS:
            return line.split()
        return next(iter(csv.reader([line], delimiter=self.delimiter, skipinitialspace=True)), [])

    def facts(self) -> dict[str, object]:
        names = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030"}
        return {
            "encoding": names.get(self.encoding, self.encoding),
            "delimiter": NAMES.get(self.delimiter, self.delimiter),
            "header": self.layout.has_header,
        }

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Rows in order. A line with too few or too many cells is refused; empty lines are no rows."""
        with self._open() as file:
            for _ in range(self.layout.rows_after_line):
                next(file, None)
            records = self._split(file) if self.delimiter == BLANKS else self._parse(file)
            while batch := list(islice(records, size)):
                yield self._shaped(batch)

    def _split(self, file: Iterator[str]) -> Iterator[tuple[int, list[str], str]]:
        for line, text in enumerate(file, start=self.layout.rows_after_line + 1):
            if cells := text.split():
                yield line, cells, text

    def _parse(self, file: Iterator[str]) -> Iterator[tuple[int, list[str], str]]:
        """(line, cells, text) per record. A quotation mark never closed costs its own line, not the rest."""
        kept: list[str] = []

        def lines() -> Iterator[str]:
            for text in file:
                kept.append(text)
                yield text

        offset, width = self.layout.rows_after_line + 1, self.layout.width
        reader = csv.reader(lines(), delimiter=self.delimiter, skipinitialspace=True)
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                cells, reader = [""], csv.reader(lines(), delimiter=self.delimiter, skipinitialspace=True)
            if cells is None:
                return
            if len(kept) == 1:
                if cells:
                    yield offset, cells, kept[0]
            elif len(cells) != width or len(kept) > _LONGEST_RECORD_LINES:
                yield from self._one_by_one(kept, offset)
            else:
                yield offset, cells, "".join(kept)
            offset += len(kept)
            kept.clear()

    def _one_by_one(self, texts: Sequence[str], offset: int) -> Iterator[tuple[int, list[str], str]]:
        """Lines that a stray quotation mark had joined, each read alone."""
        for line, text in enumerate(texts, start=offset):
            if text.count('"') % 2:
                yield line, ['"'], text
            elif cells := self._cells(text):
                yield line, cells, text

    def _shaped(self, batch: Sequence[tuple[int, list[str], str]]) -> Chunk:
        chunk, width = Chunk(), self.layout.width
        for line, cells, text in batch:
            if len(cells) != width:
                # Empty cells at the end of a line are often left out or added by the program that wrote it.
                fixed = _fitted(cells, width)
                if fixed is None:
                    if any(cell.strip() for cell in cells):
                        chunk.refused.append(self._misshapen(line, cells, text))
                    continue
                cells = fixed
            elif not any(cells) or not "".join(cells).strip():
                continue
            chunk.lines.append(line)
            chunk.rows.append(cells)
            chunk.texts.append(text)
        return chunk

    def _misshapen(self, line: int, cells: Sequence[str], text: str) -> Refused:
        if cells == ['"'] and text.strip() != '"':
            return Refused(line, "row.open_quote", {}, text)
        return Refused(line, "row.cells", {"found": str(len(cells)), "expected": str(self.layout.width)}, text)


def _fitted(cells: list[str], width: int) -> list[str] | None:
    if len(cells) > width:
        return cells[:width] if not any(cell.strip() for cell in cells[width:]) else None
    # One cell short happens where the last is empty; more is a damaged line.
    return [*cells, ""] if len(cells) == width - 1 and width > 2 else None


def delimiter_of(head: Sequence[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells; ``blanks`` where none does."""
    lines = [line for line in head if line.strip()]
    best, best_rank = BLANKS, (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if width < 2:
            continue
        share = count / sum(widths.values())
        rank = (1.0 if share >= _MOST else share, width)
        if rank > best_rank:
            best, best_rank = delimiter, rank
    if best_rank[0] >= _MOST:
        return best
    widths = Counter(len(line.split()) for line in lines)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width >= 2 and count >= _MOST * sum(widths.values()):
        return BLANKS
    return best if best_rank[1] else ","


def sized(path: Path, label: str) -> None:
    """Refuse a text file too large to be handled in the memory that is promised."""
    size = path.stat().st_size
    if size > LIMITS.file_bytes:
        mib = 1024 * 1024
        raise UnusableInput(
            "file_too_large", file=label, size=f"{size / mib:,.0f}", limit=f"{LIMITS.file_bytes / mib:,.0f}"
        )
