"""``customers.csv``: every customer, with a byte-order mark so that Excel reads the Chinese."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from zhike.foundation.tables.cells import harmless
from zhike.insight.documents.columns import CUSTOMER_LIST, Column, columns, title
from zhike.insight.documents.report import Report


def write_customers(report: Report, path: Path) -> int:
    """Write one line per customer in the order of the files; the number of lines."""
    wanted = columns(report, CUSTOMER_LIST)
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([title(report, column) for column in wanted])
        for row in report.rows():
            writer.writerow([_cell(report, column, column.value(report, row)) for column in wanted])
            written += 1
    return written


def _cell(report: Report, column: Column, value: Any) -> Any:
    if value is None:
        return ""
    if column.kind == "money":
        return f"{value:.2f}"
    if column.kind in ("number", "share"):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if column.kind == "flag":
        return report.words("column.yes" if value else "column.no")
    if isinstance(value, dt.date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else value
