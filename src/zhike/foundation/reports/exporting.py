"""Reports as files: by the reader's rights like the page, and logged."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit, policies
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.reports import reading
from zhike.foundation.reports.freezing import unpacked
from zhike.foundation.reports.heading import heading
from zhike.foundation.reports.models import Edition, Issue
from zhike.foundation.reports.policy import DraftPolicy
from zhike.foundation.reports.showing import shown
from zhike.foundation.reports.writers.document import Document, printed

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
}


class NoChart(Refusal):
    """The picture speaks of all customers, and the viewer sees some only."""

    code = "report_no_chart"
    status = 403
    sentence = _("The chart speaks of all customers. It is shown to posts that see all customers.")


class ChartNotMeasured(Refusal):
    """The edition holds no chart, because there was nothing to draw."""

    code = "report_chart_not_measured"
    sentence = _("This edition holds no chart: what it would show was not measured. The report says why.")


@dataclass(frozen=True)
class File:
    """A finished file."""

    name: str
    content_type: str
    body: bytes


def document_of(viewer: Viewer, issue: Issue, edition: Edition) -> Document:
    """An edition that the viewer may see, in the active language."""
    report = reading.report_of(issue)
    content = unpacked(edition.content)
    return Document(
        heading(viewer, report, issue, edition), shown(viewer, report, content, edition.notes), edition.summary,
        get_language() or viewer.language,
    )  # fmt: skip


def report_export(viewer: Viewer, uid: UUID, file_format: str, edition_number: int | None = None) -> File:
    """One edition as a file. Raises: NotFound (the report, or such a format of it), NoChart, ChartNotMeasured."""
    issue = reading.issue_get(viewer, uid)
    report = reading.report_of(issue)
    if file_format not in report.formats:
        raise NotFound(format=file_format)
    edition = reading.edition_get(viewer, issue, edition_number)
    document = document_of(viewer, issue, edition)
    body = _written(document, file_format)
    audit.record(
        viewer, "report.export", kind="report", object_id=issue.pk, object_uid=issue.uid,
        after={
            "code": issue.code, "period": issue.period, "edition": edition.number, "format": file_format,
            "rows": sum(len(part.kept) for part in document.shown.tables),
        },
    )  # fmt: skip
    name = "-".join(filter(None, (issue.code.replace("_", "-"), issue.period or str(issue.uid)[-8:])))
    return File(f"{name}-{edition.number}.{file_format}", TYPES[file_format], body)


def chart_svg(viewer: Viewer, uid: UUID, code: str, edition_number: int | None = None) -> str:
    """A chart for the page. Raises: NotFound, NoChart, ChartNotMeasured."""
    issue = reading.issue_get(viewer, uid)
    document = document_of(viewer, issue, reading.edition_get(viewer, issue, edition_number))
    return _chart(document, code)


def _written(document: Document, file_format: str) -> bytes:
    from zhike.foundation.reports.writers import docx_file, sheets, typeset

    match file_format:
        case "csv":
            return sheets.csv_of(document)
        case "xlsx":
            return sheets.xlsx_of(document)
        case "docx":
            return docx_file.docx_of(printed(document, _printed_rows()))
        case "pdf":
            return typeset.pdf_of(printed(document, _printed_rows()))
    svg = _chart(document)
    return svg.encode() if file_format == "svg" else typeset.png_of(svg)


def _printed_rows() -> int:
    return policies.current().get(DraftPolicy).printed_rows


def _chart(document: Document, code: str = "") -> str:
    """The named chart, or the first. Raises: NoChart, ChartNotMeasured."""
    found = next((part.svg for part in document.shown.charts if code in ("", part.code)), None)
    if found is None:
        raise NoChart() if document.shown.is_partial else ChartNotMeasured()
    return found
