"""``summary.pdf`` and ``value-matrix.png``: typst with our own template, charts and font."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from zhike.foundation.kit import clock
from zhike.foundation.tables.faults import Fault
from zhike.insight.documents.findings import cards, findings
from zhike.insight.documents.matrix_chart import matrix_chart
from zhike.insight.documents.origin import file_names
from zhike.insight.documents.parts import Item, part, points
from zhike.insight.documents.report import Report
from zhike.insight.documents.sections import SECTIONS

TEMPLATE = "summary.typ"
_PICTURE = '#set page(width: 1000pt, height: auto, margin: 0pt)\n#image("matrix.svg", width: 1000pt)'
_PPI = 144


def fonts() -> Path:
    """The folder of the shipped fonts. Fault when they were not built."""
    folder = Path(str(resources.files("zhike.insight").joinpath("assets", "fonts")))
    if not any(folder.glob("*.ttf")):
        raise Fault("no_fonts", path=str(folder))
    return folder


def compiler(root: Path) -> typst.Compiler:
    """A typst that knows the shipped fonts and nothing of this machine."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts())])
    return typst.Compiler(root=str(root), font_paths=found, ignore_system_fonts=True)


def write_summary(report: Report, pdf: Path, png: Path, scratch: Path) -> None:
    """Write both files; ``scratch`` is an empty folder for charts and data."""
    (scratch / "matrix.svg").write_text(matrix_chart(report), encoding="utf-8")
    (scratch / "picture.typ").write_text(_PICTURE, encoding="utf-8")
    (scratch / "data.json").write_text(json.dumps(_data(report, scratch), ensure_ascii=False), encoding="utf-8")
    template = resources.files("zhike.insight.documents").joinpath(TEMPLATE)
    with resources.as_file(template) as path:
        shutil.copy(path, scratch / TEMPLATE)
    engine = compiler(scratch)
    engine.compile(scratch / "picture.typ", png, format="png", ppi=_PPI)
    engine.compile(scratch / TEMPLATE, pdf, format="pdf")


def _data(report: Report, scratch: Path) -> dict[str, Any]:
    def drawn(name: str, svg: str) -> str:
        (scratch / name).write_text(svg, encoding="utf-8")
        return name

    sections: dict[str, Item] = {"headline": part(report.words("pdf.headline"), [points(findings(report))])}
    make: Callable[[Report, Callable[[str, str], str]], list[Item]]
    for name, make in SECTIONS.items():
        if items := make(report, drawn):
            sections[name] = part(report.words(f"pdf.{name}"), items)
    moment = clock.local(report.made_at).strftime("%Y-%m-%d %H:%M")
    day = report.intake.as_of.isoformat()
    return {
        "lang": report.language,
        "region": "cn" if report.language == "zh" else "gb",
        "title": report.words("file.summary"),
        "subtitle": report.words("pdf.subtitle", day=day, files=file_names(report)),
        "footer": report.words("pdf.made", moment=moment),
        "page": report.words("pdf.page", page="{page}", pages="{pages}"),
        "cards": cards(report),
        "parts": sections,
        "order": list(sections),
    }
