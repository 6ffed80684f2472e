"""``rejected.csv``: every row that could not be used, where it stands, why, and what it said."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from zhike.foundation.tables.cells import harmless
from zhike.foundation.tables.source import Refused
from zhike.insight.intake.texts import said

_SHOWN = 3_000  # characters of a damaged line; all of it stands in the file itself


class Rejects:
    """Writes refused rows as they come and counts them by file and reason."""

    def __init__(self, path: Path, language: str) -> None:
        self._language = language
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(
            [said(f"rejected.{name}", language) for name in ("file", "line", "reason", "remedy", "text")]
        )
        self.counts: dict[str, Counter[str]] = {}
        self.first: dict[tuple[str, str], int] = {}
        self._waiting: list[tuple[str, Refused]] = []
        self._sentences: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[str, str]] = {}

    def add(self, label: str, refused: Refused) -> None:
        """Take one row. ``label`` names the file."""
        self.counts.setdefault(label, Counter())[refused.code] += 1
        key = (label, refused.code)
        self.first[key] = min(self.first.get(key, refused.line), refused.line)
        self._waiting.append((label, refused))

    def flush(self) -> None:
        """Write what came since the last call, in the order of lines."""
        for label, refused in sorted(self._waiting, key=lambda item: item[1].line):
            self._write(label, refused)
        self._waiting.clear()

    def _write(self, label: str, refused: Refused) -> None:
        reason, remedy = self._said(refused.code, refused.data)
        text = refused.text.rstrip("\r\n")
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        self._writer.writerow([harmless(label), refused.line, harmless(reason), remedy, harmless(shown)])

    def total(self, label: str) -> int:
        """Rows refused so far of this file."""
        return sum(self.counts.get(label, Counter()).values())

    def _said(self, code: str, data: Mapping[str, str]) -> tuple[str, str]:
        key = (code, tuple(data.items()))
        if key not in self._sentences:
            if len(self._sentences) > 10_000:
                self._sentences.clear()
            self._sentences[key] = (
                said(code, self._language, **data),
                said(f"remedy.{code.split('.')[1]}", self._language),
            )
        return self._sentences[key]

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()
        self._file.close()
