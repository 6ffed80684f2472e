"""What every file of a report is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.foundation.reports.heading import Heading
from zhike.foundation.reports.showing import Shown, ShownPart


@dataclass(frozen=True)
class Document:
    """One edition as its reader sees it, in the active language."""

    heading: Heading
    shown: Shown
    summary: str
    language: str

    @property
    def remarks(self) -> list[str]:
        """What the report does not hold, and why."""
        said = [remark for part in self.shown.tables for remark in remarks_of(part)]
        if self.shown.is_partial:
            said.append(_("Sums over all customers are left out: they are shown to posts that see all customers."))
        if self.shown.withheld:
            names = ", ".join(self.shown.withheld)
            said.append(_("Columns that your post does not include are left out: %(names)s.") % {"names": names})
        return [*self.shown.gaps, *said]


def printed(document: Document, rows_max: int) -> Document:
    """The document for paper: no table longer than ``rows_max``, and a remark about what stands in the spreadsheet."""
    parts = tuple(
        replace(part, rows=part.kept[:rows_max], unprinted=max(len(part.kept) - rows_max, 0))
        for part in document.shown.parts
    )
    return replace(document, shown=replace(document.shown, parts=parts))


def remarks_of(part: ShownPart) -> list[str]:
    """Rows of a table that are not there, and why."""
    said = []
    if part.hidden:
        words = ngettext(
            "%(n)d row is about a record outside your reach and not shown.",
            "%(n)d rows are about records outside your reach and not shown.",
            part.hidden,
        )
        said.append(words % {"n": part.hidden})
    if part.unprinted:
        words = ngettext(
            "%(n)d more row of “%(title)s” stands in the Excel file.",
            "%(n)d more rows of “%(title)s” stand in the Excel file.",
            part.unprinted,
        )
        said.append(words % {"n": part.unprinted, "title": part.title})
    if part.left_out:
        words = ngettext(
            "%(n)d more row was found than a report keeps.", "%(n)d more rows were found than a report keeps.",
            part.left_out,
        )  # fmt: skip
        said.append(words % {"n": part.left_out})
    return said


def heads_of(part: ShownPart) -> list[str]:
    """Heads of a table in a file: with the comment where somebody commented."""
    return [*part.heads, _("Comment")] if part.has_comments else list(part.heads)


def texts_of(part: ShownPart) -> list[list[str]]:
    """Rows of a table in a file, without those left out."""
    extra = part.has_comments
    return [[*(cell.text for cell in row.cells), *([row.comment] if extra else [])] for row in part.kept]
