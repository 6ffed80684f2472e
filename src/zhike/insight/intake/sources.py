"""Open the files a person named: each text file, and each sheet of a workbook, is a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from zhike.insight.intake.delimited import DelimitedSource, sized
from zhike.insight.intake.faults import UnusableInput, WrongUse
from zhike.insight.intake.mapping import ColumnMap
from zhike.insight.intake.source import Source
from zhike.insight.intake.workbook import SheetSource, guard, is_workbook, sheets_of

_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"%PDF": "PDF"}


def open_sources(paths: Sequence[Path], told: ColumnMap) -> list[Source]:
    """All sources in the order named. WrongUse for a path that is no file, UnusableInput for one that is no table."""
    found: list[Source] = []
    for path, label in zip(paths, _labels(paths), strict=True):
        if not path.is_file():
            raise WrongUse("folder" if path.is_dir() else "no_such_file", file=str(path))
        found += _open(path, label, told)
    return found


def _labels(paths: Sequence[Path]) -> list[str]:
    """File names; with the folder where two files are called the same."""
    counts = Counter(path.name for path in paths)
    return [path.name if counts[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in paths]


def _open(path: Path, label: str, told: ColumnMap) -> list[Source]:
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
        return _open_workbook(path, label, told)
    sized(path, label)
    said = told.for_file(label)
    return [DelimitedSource(path, label, delimiter=said.delimiter, encoding=said.encoding, header=said.header)]


def _open_workbook(path: Path, label: str, told: ColumnMap) -> list[Source]:
    notes = guard(path, label)
    sheets = sheets_of(path, label)
    if not sheets:
        raise UnusableInput("empty_file", file=label)
    found: list[Source] = []
    for sheet in sheets:
        name = label if len(sheets) == 1 else f"{label}[{sheet.name}]"
        source = SheetSource(path, name, sheet, header=told.for_file(name).header)
        source.notes += notes
        found.append(source)
    return found
