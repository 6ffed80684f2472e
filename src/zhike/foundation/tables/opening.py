"""Open a file that a person named: a text file is one table, each sheet of a workbook is another."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhike.foundation.tables.delimited import DelimitedSource, sized
from zhike.foundation.tables.faults import UnusableInput, WrongUse
from zhike.foundation.tables.source import Source
from zhike.foundation.tables.workbook import SheetSource, guard, is_workbook, sheets_of

_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"%PDF": "PDF"}


@dataclass(frozen=True)
class Told:
    """What a person said of a file; None is judged from the file."""

    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None


def _nothing(_label: str) -> Told:
    return Told()


def open_tables(
    path: Path, label: str, *, known: Collection[str] = (), told: Callable[[str], Any] = _nothing
) -> list[Source]:
    """The tables of a file; ``told`` gives a :class:`Told` for a label, ``known`` names of columns.

    WrongUse for what cannot be read, UnusableInput for what is no table.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as fault:
        raise WrongUse("unreadable", file=str(path), detail=fault.strerror or str(fault)) from fault
    if path.stat().st_size == 0:
        raise UnusableInput("empty_file", file=label)
    if packed := next((name for start, name in _PACKED.items() if magic.startswith(start)), None):
        raise UnusableInput("packed_file", file=label, kind=packed)
    if is_workbook(path):
        return _open_workbook(path, label, known, told)
    sized(path, label)
    said = told(label)
    return [
        DelimitedSource(path, label, delimiter=said.delimiter, encoding=said.encoding, header=said.header, known=known)
    ]


def _open_workbook(path: Path, label: str, known: Collection[str], told: Callable[[str], Any]) -> list[Source]:
    notes = guard(path, label)
    sheets = sheets_of(path, label)
    if not sheets:
        raise UnusableInput("empty_file", file=label)
    found: list[Source] = []
    for sheet in sheets:
        name = label if len(sheets) == 1 else f"{label}[{sheet.name}]"
        source = SheetSource(path, name, sheet, header=told(name).header, known=known)
        source.notes += notes
        found.append(source)
    return found
