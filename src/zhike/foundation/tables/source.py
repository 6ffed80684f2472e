"""What a table looks like to the rest of intake, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

Row = Sequence[str]


@dataclass(frozen=True)
class Refused:
    """A row that could not be used: where it stood, why (a code of ``texts.toml``), and what it said."""

    line: int
    code: str
    data: dict[str, str]
    text: str


@dataclass
class Chunk:
    """Some rows of equal width with their line numbers and original text, and those that had no such shape."""

    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """Where the table begins: names of its columns, and the line after which its rows follow."""

    names: tuple[str, ...]
    has_header: bool
    rows_after_line: int

    @property
    def width(self) -> int:
        return len(self.names)


class Source(Protocol):
    """One table: a text file, or one sheet of a workbook."""

    path: Path
    label: str
    layout: Layout
    notes: list[tuple[str, dict[str, str]]]

    def chunks(self, size: int) -> Iterator[Chunk]:
        """All rows after the header, in order; can be called again."""
        ...

    def facts(self) -> dict[str, object]:
        """How the file was read, for the manifest: encoding, delimiter, sheet."""
        ...
