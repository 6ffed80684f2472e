"""Workbooks: numbers as numbers, text as text and never as formulas, heading frozen, filters on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from zhike.foundation.kit import workbooks
from zhike.foundation.tables.cells import harmless
from zhike.foundation.tables.limits import LIMITS
from zhike.insight.documents.columns import Column, Row, title
from zhike.insight.documents.report import Report

_FORMATS: dict[str, dict[str, Any]] = {
    "heading": {"bold": True, "bg_color": "#E7EEF8", "bottom": 1, "text_wrap": True, "valign": "vcenter"},
    "text": {},
    "long": {"text_wrap": True, "valign": "top"},
    "whole": {"num_format": "#,##0"},
    "number": {"num_format": "0.00"},
    "share": {"num_format": "0.0%"},
    "money": {"num_format": "#,##0.00"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
    "flag": {},
    "title": {"bold": True, "font_size": 14},
    "quiet": {"font_color": "#667382", "text_wrap": True, "valign": "top"},
}
_HEADING_HEIGHT = 32
_CELL_CHARACTERS = LIMITS.cell_characters


class Book:
    """One workbook, written row by row so that memory stays flat."""

    def __init__(self, path: Path, report: Report) -> None:
        self.report = report
        self._book = workbooks.new(
            str(path), constant_memory=True, default_date_format="yyyy-mm-dd", tmpdir=str(path.parent)
        )
        self._book.set_properties({"title": path.stem, "company": "Zhike 知客"})
        self._formats = {name: self._book.add_format({"font_name": "Arial", **f}) for name, f in _FORMATS.items()}

    def sheet(self, name: str) -> Any:
        """A new sheet; the name is cut to what Excel allows."""
        return self._book.add_worksheet(name[:31])

    def put(self, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
        """Write one cell. Text never starts a formula; an unknown value leaves the cell empty."""
        style = self._formats[kind]
        if value is None or value == "":
            return
        if isinstance(value, str):
            sheet.write_string(row, column, harmless(value)[:_CELL_CHARACTERS], style)
        elif isinstance(value, bool):
            sheet.write_string(row, column, self.report.words("column.yes" if value else "column.no"), style)
        elif isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), style)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), style)
        else:
            sheet.write_number(row, column, value, style)

    def headings(self, sheet: Any, row: int, titles: Sequence[str], widths: Sequence[int]) -> None:
        sheet.set_row(row, _HEADING_HEIGHT)
        for i, (text, width) in enumerate(zip(titles, widths, strict=True)):
            sheet.set_column(i, i, width)
            self.put(sheet, row, i, text, "heading")

    def listed(self, name: str, wanted: Sequence[Column], rows: Iterable[Row]) -> int:
        """A sheet with one line per customer, at most as many as a workbook may hold; the number of lines."""
        sheet, report = self.sheet(name), self.report
        self.headings(sheet, 0, [title(report, c) for c in wanted], [c.width for c in wanted])
        sheet.freeze_panes(1, 2 if len(wanted) > 2 else 1)
        written = 0
        for row in rows:
            written += 1
            for i, column in enumerate(wanted):
                self.put(sheet, written, i, column.value(report, row), column.kind)
            if written >= LIMITS.reported_rows:
                break
        sheet.autofilter(0, 0, max(written, 1), len(wanted) - 1)
        return written

    def about(self, lines: Sequence[str], numbers: Sequence[tuple[str, str]] = ()) -> None:
        """The last sheet: as-of day, limits, and the policy numbers behind the others."""
        sheet = self.sheet(self.report.words("file.about"))
        sheet.set_column(0, 0, 64)
        sheet.set_column(1, 1, 24)
        for i, line in enumerate(lines):
            self.put(sheet, i, 0, line, "quiet")
        start = len(lines) + 1
        if numbers:
            self.put(sheet, start, 0, self.report.words("column.policy"), "heading")
            self.put(sheet, start, 1, self.report.words("column.value"), "heading")
        for i, (name, value) in enumerate(numbers, start=start + 1):
            self.put(sheet, i, 0, name, "text")
            self.put(sheet, i, 1, value, "text")

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()


def limit_line(report: Report, listed: int, total: int) -> str:
    """Whether a workbook holds everybody, and where the rest stands."""
    if listed < total:
        return report.words("about.limit", limit=f"{LIMITS.reported_rows:,}", total=f"{total:,}")
    return report.words("about.whole", total=f"{total:,}")
