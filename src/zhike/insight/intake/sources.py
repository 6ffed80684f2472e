"""Open the files a person named: each text file, and each sheet of a workbook, is a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from zhike.foundation.tables.faults import WrongUse
from zhike.foundation.tables.opening import open_tables
from zhike.foundation.tables.source import Source
from zhike.insight.intake.mapping import ColumnMap
from zhike.insight.intake.meanings import known_names


def open_sources(paths: Sequence[Path], told: ColumnMap) -> list[Source]:
    """All sources in the order named. WrongUse for a path that is no file, UnusableInput for one that is no table."""
    found: list[Source] = []
    for path, label in zip(paths, _labels(paths), strict=True):
        if not path.is_file():
            raise WrongUse("folder" if path.is_dir() else "no_such_file", file=str(path))
        found += open_tables(path, label, known=known_names(), told=told.for_file)
    return found


def _labels(paths: Sequence[Path]) -> list[str]:
    """File names; with the folder where two files are called the same."""
    counts = Counter(path.name for path in paths)
    return [path.name if counts[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in paths]
