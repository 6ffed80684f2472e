"""PDF and PNG by typst, with our own template, the shipped font, and nothing of this machine."""

from __future__ import annotations

import json
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.reports import fonts
from zhike.foundation.reports.showing import ShownPart
from zhike.foundation.reports.svg import printable, shortened, width_of
from zhike.foundation.reports.writers.document import Document, heads_of, texts_of

TEMPLATE = "report.typ"
_PICTURE = '#set page(width: 1000pt, height: auto, margin: 0pt)\n#image("chart.svg", width: 1000pt)'
_PPI = 144
_WIDE_FROM = 7  # columns: from here a page lies on its side
_CELL_ROOM, _SIZE = 1300.0, 8.0  # about four lines of a wide column
_NARROWEST, _WIDEST = 4.0, 24.0  # in letters, of a column against the others
_MEASURED = 200


def pdf_of(document: Document) -> bytes:
    """The whole report as it is printed."""
    with tempfile.TemporaryDirectory(prefix="zhike-report-") as name:
        scratch = Path(name)
        (scratch / "data.json").write_text(json.dumps(_data(document, scratch), ensure_ascii=False), encoding="utf-8")
        with resources.as_file(resources.files("zhike.foundation.reports.writers").joinpath(TEMPLATE)) as template:
            shutil.copy(template, scratch / TEMPLATE)
        return _compiled(scratch, TEMPLATE, format="pdf")


def png_of(svg: str) -> bytes:
    """A drawing as a picture 2,000 points wide."""
    with tempfile.TemporaryDirectory(prefix="zhike-report-") as name:
        scratch = Path(name)
        (scratch / "chart.svg").write_text(svg, encoding="utf-8")
        (scratch / "chart.typ").write_text(_PICTURE, encoding="utf-8")
        return _compiled(scratch, "chart.typ", format="png", ppi=_PPI)


def _compiled(scratch: Path, name: str, **options: Any) -> bytes:
    # Loaded when a file is asked for: a web process that shows pages must not carry it.
    import typst

    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.folder())])
    engine = typst.Compiler(root=str(scratch), font_paths=found, ignore_system_fonts=True)
    made: bytes = engine.compile(scratch / name, **options)
    return made


def _data(document: Document, scratch: Path) -> dict[str, Any]:
    heading, is_chinese = document.heading, document.language.startswith("zh")
    parts = [_part(part, scratch) for part in document.shown.parts]
    widest = max((len(part.heads) for part in document.shown.tables if part.kind == "table"), default=0)
    return {
        "lang": "zh" if is_chinese else "en",
        "region": "cn" if is_chinese else "gb",
        "title": printable(heading.title),
        "lines": [[name, printable(value)] for name, value in heading.lines],
        "footer": printable(f"{heading.title} {heading.period}"),
        "page": _("Page {page} of {pages}"),
        "summary": [printable(line) for line in document.summary.splitlines() if line.strip()],
        "parts": parts,
        "remarks": [printable(words) for words in document.remarks],
        "remarks_title": _("Not in it"),
        "wide": widest >= _WIDE_FROM,
    }


def _part(part: ShownPart, scratch: Path) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": part.kind, "title": printable(part.title)}
    if part.kind == "letter":
        return made | {"paragraphs": [printable(words) for words in part.paragraphs]}
    if part.kind == "chart":
        file = f"{part.code}.svg"
        (scratch / file).write_text(part.svg, encoding="utf-8")
        return made | {"file": file}
    if part.kind == "figures":
        pairs = zip(part.heads, part.rows[0].cells, strict=True) if part.rows else ()
        return made | {"rows": [[printable(head), printable(cell.text or "–")] for head, cell in pairs]}
    heads, rows = heads_of(part), texts_of(part)
    cells = [[shortened(printable(text), _CELL_ROOM, _SIZE) for text in row] for row in rows]
    right = [place for place, is_number in enumerate(part.numeric) if is_number]
    return made | {"head": heads, "rows": cells, "right": right, "widths": _widths(heads, cells), "empty": part.empty}


def _widths(heads: list[str], rows: list[list[str]]) -> list[float]:
    """How wide each column is against the others: by its longest text, within limits."""
    longest = [width_of(head, 1) for head in heads]
    for row in rows[:_MEASURED]:
        longest = [max(known, width_of(text, 1)) for known, text in zip(longest, row, strict=True)]
    return [min(max(wide, _NARROWEST), _WIDEST) for wide in longest]
