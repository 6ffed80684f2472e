"""The strategy table as a file: CSV or XLSX, headings in either language, read back line by line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhike.foundation.kit import workbooks
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.records.export import harmless
from zhike.segment.rules.conditions import said
from zhike.segment.rules.table import COLUMNS, HEADINGS, StrategyTable
from zhike.segment.words import post_names, value_names

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 20 * 1024 * 1024
MOST_ROWS = 200
_HEADER_WITHIN = 5
_BESIDE = {
    "code": ("编号", "Code"),
    "owners": ("责任岗位", "Posts"),
    "condition": ("适用条件", "Condition"),
    "is_first": ("先于预置行", "Before the ready rows"),
    "contact_days": ("首次触达天数", "Days to first contact"),
}
ALL = {"code": _BESIDE["code"], **HEADINGS, **{name: _BESIDE[name] for name in _BESIDE if name != "code"}}
YES, NO = ("是", "yes"), ("否", "no")
_WIDTHS = {"measures": 44, "features": 36, "goal": 28, "condition": 28}


class FileFault(ValueError):
    """A file that cannot be read as a table; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """What a file says: the language of its headings, headings nobody knows, and its lines by column."""

    language: str
    strange: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    header_line: int = 1
    lines: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)


def rows_of(table: StrategyTable, policies: PolicySet, language: str) -> list[list[str]]:
    """The table as lines of text with the numbers of the policies written in, the headings first."""
    is_zh = language.lower().startswith("zh")
    names, titles = value_names(), post_names(language)
    out = [[pair[0 if is_zh else 1] for pair in ALL.values()]]
    contacts = table.contacts(policies)
    for line, row in zip(table.lines, table.rows(policies), strict=True):
        cells = {name: row.column(name, language) for name in COLUMNS}
        cells |= {
            "code": line.code,
            "owners": ("、" if is_zh else ", ").join(titles.get(code, code) for code in line.owners),
            "condition": said(line.condition, language, names),
            "is_first": (YES if line.is_first else NO)[0 if is_zh else 1] if line.condition else "",
            "contact_days": str(contacts.get(line.code, "")),
        }
        out.append([cells[name] for name in ALL])
    return out


def csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """With a byte order mark, so that spreadsheet programs read Chinese."""
    text = io.StringIO()
    csv.writer(text).writerows([[harmless(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_bytes(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """One sheet, the headings kept in sight."""
    file = io.BytesIO()
    book = workbooks.new(file, in_memory=True)
    sheet = book.add_worksheet(title[:31])
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for place, name in enumerate(ALL):
        sheet.set_column(place, place, _WIDTHS.get(name, 16))
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, harmless(cell), bold if number == 0 else wrapped)
    sheet.freeze_panes(1, 2)
    book.close()
    return file.getvalue()


def read(data: bytes) -> Sheet:
    """The lines of a file. Raises FileFault: too_large, not_a_table, no_heading, too_many_rows."""
    if len(data) > LARGEST_FILE:
        raise FileFault("too_large")
    rows = _workbook(data) if data[:4] == b"PK\x03\x04" else _delimited(data)
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        known = [_heading(cell) for cell in row]
        if "dimension" in known and "measures" in known:
            return _sheet(rows, place, known)
    raise FileFault("no_heading")


def _sheet(rows: Sequence[Sequence[str]], place: int, known: Sequence[str | None]) -> Sheet:
    header = rows[place]
    strange = tuple(cell for cell, name in zip(header, known, strict=True) if cell and name is None)
    zh = {pair[0] for pair in HEADINGS.values()}
    language = "zh" if any(cell.strip() in zh for cell in header) else "en"
    lines = []
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        cells = {name: _plain(cell) for name, cell in zip(known, row, strict=False) if name}
        if any(cells.values()):
            lines.append((number, cells))
    if len(lines) > MOST_ROWS:
        raise FileFault("too_many_rows")
    missing = tuple(name for name in COLUMNS if name not in known)
    return Sheet(language, strange, missing, place + 1, lines)


def _heading(cell: str) -> str | None:
    wanted = cell.strip().casefold()
    return next((name for name, pair in ALL.items() if wanted in (pair[0], pair[1].casefold(), name)), None)


def _plain(cell: str) -> str:
    """The text as it was typed: the mark that keeps a formula harmless belongs to the file."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def _delimited(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileFault("not_a_table")
    if "\x00" in text:
        raise FileFault("not_a_table")
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as fault:
        raise FileFault("not_a_table") from fault


def _workbook(data: bytes) -> list[list[str]]:
    import python_calamine

    try:
        _refuse_bomb(data)
        sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        above = (sheet.start or (0, 0))[0]
        return [[]] * above + [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
    except (zipfile.BadZipFile, python_calamine.CalamineError, OSError, ValueError, RuntimeError) as fault:
        if isinstance(fault, FileFault):
            raise
        raise FileFault("not_a_table") from fault


def _refuse_bomb(data: bytes) -> None:
    """Count what the parts really unpack to: the sizes that they state may lie."""
    room = LARGEST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for entry in book.infolist():
            with book.open(entry) as packed:
                while block := packed.read(64 * 1024):
                    room -= len(block)
                    if room < 0:
                        raise FileFault("too_large")


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
