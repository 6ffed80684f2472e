"""Find the line of column names, or see that there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from zhike.foundation.tables.dates import looks_like_day
from zhike.foundation.tables.faults import UnusableInput
from zhike.foundation.tables.headings import plain
from zhike.foundation.tables.limits import LIMITS
from zhike.foundation.tables.numerals import is_blank, read_numeral
from zhike.foundation.tables.source import Layout

_VALUES_AMONG_NAMES = 0.3  # a heading may be a year


def find_layout(
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    label: str,
    header: bool | None = None,
    known: Collection[str] = (),
) -> Layout:
    """Judge the first lines of a table, given as (line number, cells).

    Lines above the table, such as a title, are passed over. ``header`` overrides the judgement. ``known`` are names of
    columns (as :func:`plain` writes them): a line that holds one is a line of headings.
    UnusableInput when no line has two cells.
    """
    filled = [(line, row) for line, row in rows if any(not is_blank(cell) for cell in row)]
    if not filled:
        raise UnusableInput("empty_file", file=label)
    width = _width([row for _, row in filled])
    if width > LIMITS.columns:
        raise UnusableInput("too_many_columns", file=label, columns=str(width), limit=str(LIMITS.columns))
    first = next((i for i, (_, row) in enumerate(filled) if _is_full(row, width)), 0)
    line, cells = filled[first]
    below = [row for _, row in filled[first + 1 :]]
    named = _is_header(cells, below, known) if header is None else header
    if not named:
        start = filled[first][0] if first else filled[0][0]
        return Layout(tuple(f"#{i}" for i in range(1, width + 1)), False, start - 1)
    return Layout(_names(cells, width), True, line)


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The commonest number of cells, trailing empty ones left out only where all rows have them."""
    counts = Counter(len(row) for row in rows)
    width = max(counts, key=lambda size: (counts[size], size))
    used = max(
        (max((i for i, c in enumerate(row) if c.strip()), default=0) + 1 for row in rows if len(row) >= width),
        default=1,
    )
    return min(width, used) if used > 1 else width


def _is_full(row: Sequence[str], width: int) -> bool:
    """A title line fills a cell or two; a header or a row fills most."""
    filled = sum(1 for cell in row if cell.strip())
    return len(row) >= width - 1 and filled >= max(min(2, width), round(width * 0.6))


def _is_header(cells: Sequence[str], below: Sequence[Sequence[str]], known: Collection[str]) -> bool:
    words = [cell.strip() for cell in cells if cell.strip()]
    values = sum(1 for word in words if _is_value(word))
    if any(plain(word) in known for word in words) and values <= len(words) * _VALUES_AMONG_NAMES:
        return True
    if values or len(set(words)) < len(words):
        return False
    # Names only, in a file whose rows hold values, or that has no rows.
    return not below or any(_is_value(cell) for row in below for cell in row)


def _is_value(text: str) -> bool:
    return not is_blank(text) and (read_numeral(text) is not None or looks_like_day(text.strip()))


def _names(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Column names made unique: an empty one is called by its place, a repeated one gets a number."""
    names: list[str] = []
    for i in range(width):
        name = " ".join(cells[i].split()) if i < len(cells) else ""
        name = name or f"#{i + 1}"
        if name in names:
            name = f"{name} ({sum(1 for n in names if n.split(' (')[0] == name) + 1})"
        names.append(name)
    return tuple(names)
