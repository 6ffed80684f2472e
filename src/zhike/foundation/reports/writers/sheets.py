"""CSV and XLSX: text never starts a formula, numbers are numbers, what is missing is said."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.kit import workbooks
from zhike.foundation.records.export import harmless
from zhike.foundation.reports.showing import ShownPart, ShownRow
from zhike.foundation.reports.writers.document import Document, heads_of, texts_of

_MARK = b"\xef\xbb\xbf"  # so that spreadsheet programs read Chinese
_WIDEST, _NARROWEST = 60, 10


def csv_of(document: Document) -> bytes:
    """The first table, as rows only."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    part = next((part for part in document.shown.tables if part.kind == "table"), None)
    if part is not None:
        writer.writerow(heads_of(part))
        numeric = [*part.numeric, False]
        for row in texts_of(part):
            writer.writerow([text if n else harmless(text) for text, n in zip(row, numeric, strict=False)])
    return _MARK + out.getvalue().encode()


def xlsx_of(document: Document) -> bytes:
    """A sheet for each table, and a first one about the report."""
    out = io.BytesIO()
    book = workbooks.new(out, in_memory=True)
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#E7EEF8", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.##"}),
        "share": book.add_format({"num_format": "0.0%"}),
    }
    used: set[str] = set()
    tables = document.shown.tables
    for part in tables:
        _table(book.add_worksheet(_name(part.title, used)), part, styles)
    _about(book.add_worksheet(_name(_("About this report"), used)), document, styles)
    book.close()
    return out.getvalue()


def _name(title: str, used: set[str]) -> str:
    """A sheet's name as spreadsheet programs allow it, different from the others."""
    clean = "".join(" " if c in "[]:*?/\\'" else c for c in title).strip()[:28] or "1"
    name, number = clean, 2
    while name.lower() in used:
        name, number = f"{clean} {number}", number + 1
    used.add(name.lower())
    return name


def _table(sheet: Any, part: ShownPart, styles: dict[str, Any]) -> None:
    heads = heads_of(part)
    for place, head in enumerate(heads):
        longest = max([len(head), *(len(texts[place]) for texts in texts_of(part)[:200])], default=0)
        sheet.set_column(place, place, min(max(longest * 1.4, _NARROWEST), _WIDEST))
        sheet.write_string(0, place, harmless(head), styles["head"])
    sheet.freeze_panes(1, 1)
    for line, row in enumerate(part.kept, start=1):
        _line(sheet, line, part, row, styles)
    if part.kept and heads:
        sheet.autofilter(0, 0, len(part.kept), len(heads) - 1)


def _line(sheet: Any, line: int, part: ShownPart, row: ShownRow, styles: dict[str, Any]) -> None:
    for place, cell in enumerate(row.cells):
        if cell.number is not None:
            style = styles["share"] if cell.text.endswith("%") else styles["number"]
            sheet.write_number(line, place, cell.number, style)
        elif cell.text:
            sheet.write_string(line, place, harmless(cell.text), styles["wrap"])
    if part.has_comments and row.comment:
        sheet.write_string(line, len(row.cells), harmless(row.comment), styles["wrap"])


def _about(sheet: Any, document: Document, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, document.heading.title, styles["title"])
    line = 1
    for name, value in document.heading.lines:
        sheet.write_string(line, 0, name, styles["head"])
        sheet.write_string(line, 1, harmless(value), styles["wrap"])
        line += 1
    letters = [words for part in document.shown.parts for words in part.paragraphs]
    texts = [(_("Summary"), document.summary)] if document.summary else []
    texts += [("", words) for words in letters] + [(_("Not in it"), words) for words in document.remarks]
    for name, words in texts:
        sheet.write_string(line, 0, name, styles["head"])
        sheet.write_string(line, 1, harmless(words), styles["wrap"])
        line += 1
