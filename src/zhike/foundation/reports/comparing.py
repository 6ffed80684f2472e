"""Two editions of a report side by side: rows that came, went or changed, as the reader sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zhike.foundation.reports.showing import Shown, ShownPart, ShownRow


@dataclass(frozen=True)
class ChangedRow:
    """A row of both editions with the cells that differ: (head, before, after)."""

    row: ShownRow
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ComparedPart:
    """One table or set of figures of both editions."""

    part: ShownPart
    came: tuple[ShownRow, ...]
    went: tuple[ShownRow, ...]
    changed: tuple[ChangedRow, ...]
    same: int


def compared(before: Shown, after: Shown) -> list[ComparedPart]:
    """What ``after`` has that ``before`` had not, and the other way round, part by part."""
    earlier = {part.code: part for part in before.tables}
    return [_part(earlier.get(part.code), part) for part in after.tables]


def _part(before: ShownPart | None, after: ShownPart) -> ComparedPart:
    old = {row.key: row for row in before.kept} if before is not None else {}
    new = {row.key: row for row in after.kept}
    changed = tuple(_changed(before, after, old, new)) if before is not None else ()
    return ComparedPart(
        after,
        came=tuple(row for key, row in new.items() if key not in old),
        went=tuple(row for key, row in old.items() if key not in new),
        changed=changed,
        same=sum(key in old for key in new) - len(changed),
    )


def _changed(
    before: ShownPart, after: ShownPart, old: dict[str, ShownRow], new: dict[str, ShownRow]
) -> Iterator[ChangedRow]:
    place = {key: number for number, key in enumerate(before.keys)}
    for key, row in new.items():
        if key not in old:
            continue
        found = tuple(
            (head, old[key].cells[place[column]].text, cell.text)
            for column, head, cell in zip(after.keys, after.heads, row.cells, strict=True)
            if column in place and old[key].cells[place[column]].text != cell.text
        )
        if found:
            yield ChangedRow(row, found)
