"""Building blocks of the PDF: points, texts, tables and pictures, all as plain data for the template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhike.foundation.reports.svg import printable, shortened

# Room for about four lines of a wide column: a report is no place for a whole paragraph in a cell.
_CELL_ROOM, _CELL_SIZE = 1300.0, 8.5

Item = dict[str, Any]


def text(words: str) -> Item:
    return {"kind": "text", "words": printable(words)}


def small(words: str) -> Item:
    """A remark, smaller and in grey."""
    return {"kind": "small", "words": printable(words)}


def points(words: Sequence[str]) -> Item:
    return {"kind": "points", "words": [printable(word) for word in words]}


def picture(file: str, width: str = "100%") -> Item:
    return {"kind": "picture", "file": file, "width": width}


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[str], right: Sequence[int] = ()
) -> Item:
    """A table; ``widths`` are typst lengths, ``right`` the columns of numbers. Long cells end in an ellipsis."""
    cells = [[shortened(printable(cell), _CELL_ROOM, _CELL_SIZE) for cell in row] for row in rows]
    spec = {"widths": list(widths), "right": list(right)}
    return {"kind": "table", "spec": spec, "head": list(head), "rows": cells}


def part(title: str, items: Sequence[Item]) -> Item:
    return {"title": title, "items": list(items)}
