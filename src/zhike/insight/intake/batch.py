"""A chunk of rows on its way into the snapshot: its columns as values, and the rows it had to refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zhike.foundation.tables.numerals import is_blank
from zhike.foundation.tables.source import Chunk, Refused
from zhike.insight.intake.meanings import values
from zhike.insight.intake.readers import CellReader, Problem, reader_for
from zhike.insight.intake.registry import Registry
from zhike.insight.intake.rejects import Rejects
from zhike.insight.intake.understanding import Understanding


@dataclass
class Shortfall:
    """Cells of a column nobody needs for certain, that could not be read and count as empty."""

    cells: int = 0
    line: int = 0
    text: str = ""


@dataclass
class Journey:
    """What one reading of all files shares: customers, refusals, the last day that can be true, what was seen."""

    registry: Registry
    rejects: Rejects
    latest: dt.date
    is_as_of: bool  # whether ``latest`` is a given as-of day rather than today
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    shortfalls: dict[tuple[str, str], Shortfall] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def saw(self, days: Sequence[dt.date]) -> None:
        """Days of facts that were accepted."""
        if days:
            low, high = min(days), max(days)
            self.first_day = min(self.first_day or low, low)
            self.last_day = max(self.last_day or high, high)

    def count(self, what: str, n: int) -> None:
        """Count rows that were taken with a remark: returns, cancellations, customers made known by orders."""
        if n:
            self.counts[what] = self.counts.get(what, 0) + n


class Batch:
    """One chunk of one source."""

    def __init__(self, u: Understanding, readers: dict[str, CellReader], chunk: Chunk, journey: Journey) -> None:
        self.u, self.chunk, self.journey = u, chunk, journey
        self._readers = readers
        self._cells = list(zip(*chunk.rows, strict=True)) if chunk.rows else []
        self._read: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.chunk.rows)

    def texts(self, *codes: str) -> Sequence[str] | None:
        """The cells as they stand of the first column with one of these meanings."""
        column = self.u.column(*codes)
        return self._cells[column.index] if column and self._cells else None

    def values(self, code: str) -> list[Any]:
        """The values of the column with this meaning; all None where there is no such column."""
        if code not in self._read:
            texts = self.texts(code)
            self._read[code] = self._readers[code].read(texts) if texts is not None else [None] * len(self)
        return self._read[code]

    def has(self, code: str) -> bool:
        return self.u.column(code) is not None

    def lenient(self, code: str) -> list[Any]:
        """Like :meth:`values`, but a cell that cannot be read is None and is counted."""
        found = self.values(code)
        for i, value in enumerate(found):
            if type(value) is Problem:
                self.short(code, i, value.text)
                found[i] = None
        return found

    def short(self, code: str, i: int, text: str) -> None:
        """Note a cell that counts as empty though something stands in it."""
        column = self.u.column(code)
        key = (self.u.source.label, column.name if column else code)
        noted = self.journey.shortfalls.setdefault(key, Shortfall(0, self.chunk.lines[i], text))
        noted.cells += 1

    def customer(self, i: int, numbers: Sequence[str] | None, names: Sequence[str] | None) -> int:
        """The customer of row ``i``; 0 when the row names none."""
        number = numbers[i] if numbers is not None and not is_blank(numbers[i]) else ""
        name = names[i] if names is not None and not is_blank(names[i]) else ""
        return self.journey.registry.find(number, name)

    def refuse(self, i: int, code: str, **data: str) -> None:
        """Refuse row ``i``. A row that adds up others is called so, whatever it lacks."""
        if any(cell.strip().lower().rstrip(":：") in values("totals") for cell in self.chunk.rows[i][:4]):
            code, data = "row.total", {}
        text = self.chunk.texts[i]
        self.journey.rejects.add(self.u.source.label, Refused(self.chunk.lines[i], code, data, text))

    def refuse_problem(self, i: int, value: Any, code: str) -> None:
        """Refuse row ``i`` for a cell that is empty (None) or unreadable (a :class:`Problem`)."""
        name = self.u.column(code)
        column = name.name if name else code
        if value is None:
            self.refuse(i, "row.no_value", column=column)
        else:
            self.refuse(i, value.code, column=column, value=value.text.strip()[:60])

    def is_late(self, i: int, day: dt.date) -> bool:
        """Refuse row ``i`` and say so if ``day`` is beyond the last day that can be true."""
        if day <= self.journey.latest:
            return False
        code = "row.after_as_of" if self.journey.is_as_of else "row.future"
        self.refuse(i, code, day=day.isoformat(), latest=self.journey.latest.isoformat())
        return True


def readers_of(u: Understanding) -> dict[str, CellReader]:
    """A reader for every meaning the source has."""
    return {column.meaning: reader_for(column, u.currency) for column in u.columns if column.meaning}
