"""A chart of departments as people write it down: lines, or a spreadsheet with a name and what it belongs to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

MOST_LINES = 500
MOST_BYTES = 2 * 1024 * 1024
_NAME = frozenset({"部门", "部门名称", "名称", "department", "department name", "name"})
_PARENT = frozenset({"上级部门", "上级", "父部门", "所属部门", "parent", "parent department", "belongs to"})
_LINE_BREAKS = str.maketrans({"／": "/", "＞": "/", ">": "/", "→": "/", "\\": "/"})
_LONGEST_NAME = 80


class Unreadable(ValueError):
    """The file or a line of it cannot be understood; ``args[0]`` is a code, ``args[1]`` the line or name."""


@dataclass(frozen=True)
class Branch:
    """A department and the one above it; empty for one directly below the enterprise."""

    name: str
    parent: str = ""


def from_text(text: str) -> list[Branch]:
    """One department a line; ``Sales / North`` stands below ``Sales``, and so does a line that is indented."""
    found: dict[str, Branch] = {}
    above: list[tuple[int, str]] = []  # indent and name of the lines that this one may stand below
    for line in text.splitlines()[: MOST_LINES + 1]:
        if not line.strip():
            continue
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" 　"))
        while above and above[-1][0] >= indent:
            above.pop()
        names = [part.strip() for part in line.translate(_LINE_BREAKS).split("/") if part.strip()]
        parent = above[-1][1] if above else ""
        for name in names:
            found.setdefault(name, Branch(name, parent))
            parent = name
        above.append((indent, parent))
    return _checked(found.values())


def from_file(name: str, content: bytes) -> list[Branch]:
    """A spreadsheet or delimited text with a heading: department, and optionally the department above."""
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large", name)
    rows = _workbook(content) if PurePath(name).suffix.lower() in (".xlsx", ".xls", ".ods") else _delimited(content)
    filled = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise Unreadable("empty", name)
    heading = [cell.lower() for cell in filled[0]]
    at = next((n for n, cell in enumerate(heading) if cell in _NAME), None)
    above = next((n for n, cell in enumerate(heading) if cell in _PARENT), None)
    if at is None:
        return from_text("\n".join(row[0] for row in filled))
    found: dict[str, Branch] = {}
    for row in filled[1:]:
        cells = [*row, *[""] * len(heading)]
        if cells[at]:
            found.setdefault(cells[at], Branch(cells[at], cells[above] if above is not None else ""))
    return _checked(found.values())


def _checked(branches: Iterable[Branch]) -> list[Branch]:
    """The branches so that what is above comes first. What is named as above and stands on no line gets its own."""
    known = {branch.name: branch for branch in branches}
    for branch in list(known.values()):
        if branch.parent:
            known.setdefault(branch.parent, Branch(branch.parent))
    if len(known) > MOST_LINES:
        raise Unreadable("too_many", str(MOST_LINES))
    ordered: dict[str, Branch] = {}
    for branch in known.values():
        path = [branch]
        while path[-1].parent and path[-1].parent not in ordered:
            if len(path) > len(known):
                raise Unreadable("circle", branch.name)
            path.append(known[path[-1].parent])
        for part in reversed(path):
            if len(part.name) > _LONGEST_NAME:
                raise Unreadable("long_name", part.name[:20])
            ordered.setdefault(part.name, part)
    return list(ordered.values())


def _workbook(content: bytes) -> Sequence[Sequence[str]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(nrows=MOST_LINES + 2)
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError) as fault:
        raise Unreadable("no_workbook", type(fault).__name__) from fault
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def _delimited(content: bytes) -> Sequence[Sequence[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as fault:
            raise Unreadable("no_text", fault.reason) from fault
    first = text.partition("\n")[0]
    separator = max("\t;,", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=separator))
