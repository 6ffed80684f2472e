"""Word: the whole report as a document that people go on writing in."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.reports.showing import ShownPart
from zhike.foundation.reports.svg import printable
from zhike.foundation.reports.writers.document import Document, heads_of, texts_of
from zhike.foundation.reports.writers.typeset import png_of

_CHINESE, _LATIN = "宋体", "Calibri"
_WIDE_FROM = 7
_PICTURE_CM, _CELL_POINTS = 16, 8.5


def docx_of(document: Document) -> bytes:
    """Heading, summary, every part, and what is not in it."""
    # Loaded when a file is asked for: a web process that shows pages must not carry it.
    import docx

    made = docx.Document()
    _dress(made)
    if max((len(part.heads) for part in document.shown.tables if part.kind == "table"), default=0) >= _WIDE_FROM:
        _lay_on_its_side(made)
    made.core_properties.title, made.core_properties.author = document.heading.title, document.heading.author
    made.add_heading(printable(document.heading.title), level=0)
    made.add_paragraph(" · ".join(f"{name}: {printable(value)}" for name, value in document.heading.lines))
    for line in document.summary.splitlines():
        made.add_paragraph(printable(line))
    for part in document.shown.parts:
        made.add_heading(printable(part.title), level=1)
        _part(made, part)
    if document.remarks:
        made.add_heading(_("Not in it"), level=1)
        for words in document.remarks:
            made.add_paragraph(printable(words))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _dress(made: Any) -> None:
    """Latin letters in one font, Chinese ones in the font that every Word with Chinese has."""
    from docx.oxml.ns import qn

    for style in made.styles:
        if getattr(style, "font", None) is not None and style.element.rPr is not None:
            style.font.name = _LATIN
            style.element.rPr.rFonts.set(qn("w:eastAsia"), _CHINESE)


def _lay_on_its_side(made: Any) -> None:
    from docx.enum.section import WD_ORIENT

    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def _part(made: Any, part: ShownPart) -> None:
    from docx.shared import Cm

    if part.kind == "letter":
        for words in part.paragraphs:
            made.add_paragraph(printable(words))
    elif part.kind == "chart":
        made.add_picture(io.BytesIO(png_of(part.svg)), width=Cm(_PICTURE_CM))
    elif part.kind == "figures":
        pairs = zip(part.heads, part.rows[0].cells, strict=True) if part.rows else ()
        _table(made, [[head, cell.text or "–"] for head, cell in pairs], head=False)
    elif part.kept:
        _table(made, [heads_of(part), *texts_of(part)], head=True)
    else:
        made.add_paragraph(part.empty or "–")


def _table(made: Any, rows: list[list[str]], *, head: bool) -> None:
    from docx.shared import Pt

    if not rows:
        return
    table = made.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        # Asked for once a row: python-docx computes the cells of a row anew at each call.
        for cell, text in zip(table.add_row().cells, row, strict=True):
            run = cell.paragraphs[0].add_run(printable(text))
            run.font.size, run.font.bold = Pt(_CELL_POINTS), head and number == 0
