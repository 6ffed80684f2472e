"""Workbooks (.xlsx, .xlsm, .xls): looked through before they are opened, then read as plain values."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from zhike.foundation.tables.faults import UnusableInput
from zhike.foundation.tables.layout import find_layout
from zhike.foundation.tables.limits import LIMITS, MIB
from zhike.foundation.tables.source import Chunk, Refused

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HEAD_ROWS = 60
_BLOCK = 1 * MIB
_CELL = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,7})"')
# A tag cut in two by the end of a block is seen again with this much of the block before.
_OVERLAP = 256


def is_workbook(path: Path) -> bool:
    """Whether the first bytes are those of a workbook, whatever the file is called."""
    with path.open("rb") as file:
        return file.read(4) in (ZIP_MAGIC, OLE_MAGIC)


def guard(path: Path, label: str) -> list[tuple[str, dict[str, str]]]:
    """Refuse what would unpack beyond all bounds; return notes such as "macros are not run"."""
    if path.stat().st_size > LIMITS.workbook_bytes:
        raise UnusableInput("workbook_too_large", file=label, limit=f"{LIMITS.workbook_bytes // MIB}")
    with path.open("rb") as file:
        if file.read(4) == OLE_MAGIC:
            return []
    try:
        with zipfile.ZipFile(path) as book:
            return _guard_zip(book, label)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as fault:
        raise UnusableInput("workbook_broken", file=label) from fault


def _guard_zip(book: zipfile.ZipFile, label: str) -> list[tuple[str, dict[str, str]]]:
    names = set(book.namelist())
    if "xl/workbook.xml" not in names:
        known = any(name.startswith("xl/") and name.endswith(".bin") for name in names) or "content.xml" in names
        raise UnusableInput("workbook_other_kind" if known else "zip_not_workbook", file=label)
    total = 0
    for entry in book.infolist():
        total += _unpacked(book, entry, label, LIMITS.workbook_unpacked_bytes - total)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return [("note.macros", {})]
    return []


def _unpacked(book: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, room: int) -> int:
    """Bytes that ``entry`` really unpacks to, counted by unpacking it: the size in its header may lie."""
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    widest, lowest, size, tail = 0, 0, 0, b""
    entry.file_size = LIMITS.workbook_unpacked_bytes * 2
    with book.open(entry) as packed:
        while block := packed.read(_BLOCK):
            size += len(block)
            ratio = size / max(entry.compress_size, 1)
            bomb = size > LIMITS.workbook_ratio_from_bytes and ratio > LIMITS.workbook_ratio
            if bomb or size > room:
                raise UnusableInput(
                    "zip_bomb", file=label, entry=entry.filename, limit=str(LIMITS.workbook_unpacked_bytes // MIB)
                )
            if is_sheet:
                seen = tail + block
                widest = max([widest, *(_column(name) for name in {m[0] for m in _CELL.findall(seen)})])
                lowest = max([lowest, *map(int, _ROW.findall(seen))])
                tail = block[-_OVERLAP:]
    if widest * lowest > LIMITS.workbook_cells:
        raise UnusableInput("sheet_too_wide", file=label, rows=f"{lowest:,}", columns=f"{widest:,}")
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class SheetSource:
    """One sheet of a workbook as a table."""

    def __init__(
        self,
        path: Path,
        label: str,
        sheet: Any,
        *,
        header: bool | None = None,
        known: Collection[str] = (),
    ) -> None:
        self.path, self.label, self._sheet = path, label, sheet
        self.notes: list[tuple[str, dict[str, str]]] = []
        self._first = (sheet.start or (0, 0))[0] + 1
        head = list(islice(self._numbered(), _HEAD_ROWS))
        self.layout = find_layout(head, label=label, header=header, known=known)
        above = [line for line, row in head if line < self.layout.rows_after_line and any(c.strip() for c in row)]
        if self.layout.has_header and above:
            self.notes.append(("note.title_lines", {"lines": ", ".join(map(str, above))}))

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        for line, row in enumerate(self._sheet.iter_rows(), start=self._first):
            yield line, [_said(cell) for cell in row]

    def facts(self) -> dict[str, object]:
        return {"sheet": self._sheet.name, "header": self.layout.has_header}

    def chunks(self, size: int) -> Iterator[Chunk]:
        rows = (item for item in self._numbered() if item[0] > self.layout.rows_after_line)
        while batch := list(islice(rows, size)):
            yield self._shaped(batch)

    def _shaped(self, batch: Sequence[tuple[int, list[str]]]) -> Chunk:
        chunk, width = Chunk(), self.layout.width
        for line, cells in batch:
            if not any(cell.strip() for cell in cells):
                continue
            text = "\t".join(cells).rstrip("\t")
            if any(cell.strip() for cell in cells[width:]):
                found = max(i for i, cell in enumerate(cells) if cell.strip()) + 1
                chunk.refused.append(Refused(line, "row.cells", {"found": str(found), "expected": str(width)}, text))
                continue
            chunk.lines.append(line)
            chunk.rows.append([*cells[:width], *[""] * (width - len(cells))])
            chunk.texts.append(text)
        return chunk


def _said(cell: object) -> str:
    """A cell's value as text that the readers of numbers and days understand."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def sheets_of(path: Path, label: str) -> list[Any]:
    """The sheets with cells, hidden ones left out. UnusableInput when the workbook cannot be opened."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as fault:
        raise UnusableInput("workbook_password", file=label) from fault
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError) as fault:
        raise UnusableInput("workbook_broken", file=label) from fault
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == python_calamine.SheetVisibleEnum.Visible
        and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    try:
        found = [book.get_sheet_by_name(name) for name in visible]
    except python_calamine.CalamineError as fault:
        raise UnusableInput("workbook_broken", file=label) from fault
    return [sheet for sheet in found if sheet.height and sheet.width]
