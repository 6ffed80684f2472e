"""One issue of a report: read, compared, drawn, taken along as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhike.foundation.access.deciding import is_own
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records.writing import exact
from zhike.foundation.reports import comparing, exporting, reading
from zhike.foundation.reports.declare import Report
from zhike.foundation.reports.heading import span_words
from zhike.foundation.reports.models import Edition, Issue, IssueState
from zhike.foundation.reports.showing import ShownPart
from zhike.foundation.reports.web.archive import TONES
from zhike.foundation.reports.writers.document import remarks_of

PAGE = 100
FILES = (
    ("xlsx", "Excel"), ("csv", "CSV"), ("docx", "Word"), ("pdf", "PDF"), ("png", _("Picture (PNG)")),
    ("svg", _("Picture (SVG)")),
)  # fmt: skip


@require_GET
@signed_in
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The newest edition that the viewer may see, or the one asked for; a draft can be completed here."""
    return page_of(request, uid)


def page_of(request: HttpRequest, uid: UUID, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page of an issue, with what was refused where something was."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    issue = reading.issue_get(viewer, uid)
    declared = reading.report_of(issue)
    edition = reading.edition_get(viewer, issue, _edition(request))
    document = exporting.document_of(viewer, issue, edition)
    page = max(typed.whole_or_none(request.GET.get("page", "1"), most=typed.LARGEST // PAGE) or 1, 1)
    acts = acts_of(viewer, declared, issue, edition)
    before = reading.issue_before(viewer, issue)
    parts = [_turned(part, page, is_draft="complete" in acts) for part in document.shown.parts]
    context = {
        "issue": issue,
        "report": declared,
        "edition": edition,
        "document": document,
        "parts": parts,
        "acts": acts,
        "state_tone": TONES[IssueState(issue.state)],
        "files": [(code, words) for code, words in FILES if code in declared.formats and _drawable(code, document)],
        "editions": reading.editions_of(viewer, issue),
        "before": before,
        "before_words": span_words(viewer, declared, before) if before else "",
        "page": page,
        "has_more": any(item["has_more"] for item in parts),
        "problem": problem,
    }
    return render(request, "reports/report.html", context, status=status)


def acts_of(viewer: Viewer, report: Report, issue: Issue, edition: Edition) -> set[str]:
    """What the viewer may do with the issue, seen from this edition."""
    acts: set[str] = set()
    if edition.number != issue.edition:
        return acts
    if report.owned_by(viewer) and issue.state == IssueState.DRAFT:
        acts |= {"complete", "refresh", "submit" if report.approved_by else "publish"}
    if report.owned_by(viewer) and issue.state == IssueState.PUBLISHED:
        acts.add("reopen")
    authors = (issue.submitted_by_id, edition.written_by_id, edition.drafted_by_id)
    if report.decided_by(viewer) and issue.state == IssueState.SUBMITTED and not is_own(viewer, *authors):
        acts |= {"approve", "return"}
    return acts


def _drawable(file_format: str, document: Any) -> bool:
    return file_format not in ("png", "svg") or bool(document.shown.charts)


def _turned(part: ShownPart, page: int, *, is_draft: bool) -> dict[str, Any]:
    """One page of a part's rows. Readers do not see what the owner left out."""
    rows = part.rows if is_draft else part.kept
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return {
        "part": replace(part, rows=shown),
        "rows": [{"row": row, "cells": list(zip(row.cells, part.heads, part.numeric, strict=True))} for row in shown],
        "count": len(rows),
        "out": len(part.rows) - len(part.kept),
        "remarks": remarks_of(part),
        "has_more": len(rows) > page * PAGE,
        "is_draft": is_draft,
    }


def _edition(request: HttpRequest) -> int | None:
    text = request.GET.get("edition", "")
    return typed.whole_or_none(text, most=typed.LARGEST) if text else None


@require_GET
@signed_in
def compare(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An edition beside another one, or beside the last issue of the same report."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    issue = reading.issue_get(viewer, uid)
    declared = reading.report_of(issue)
    after = reading.edition_get(viewer, issue, _edition(request))
    before_issue, before = _earlier(viewer, issue, after, request.GET.get("with", ""))
    old, new = (exporting.document_of(viewer, i, e) for i, e in ((before_issue, before), (issue, after)))
    context = {
        "issue": issue,
        "report": declared,
        "old": old,
        "new": new,
        "old_as_of": exact(before.as_of),
        "new_as_of": exact(after.as_of),
        "parts": comparing.compared(old.shown, new.shown),
    }
    return render(request, "reports/compare.html", context)


def _earlier(viewer: Viewer, issue: Issue, after: Edition, wanted: str) -> tuple[Issue, Edition]:
    """The edition named, else the one before, else the last issue. Raises: NotFound."""
    number = typed.whole_or_none(wanted, most=typed.LARGEST) if wanted else None
    if number is not None:
        return issue, reading.edition_get(viewer, issue, number)
    older = [edition.number for edition in reading.editions_of(viewer, issue) if edition.number < after.number]
    if older and wanted != "issue":
        return issue, reading.edition_get(viewer, issue, older[0])
    last = reading.issue_before(viewer, issue)
    if last is None:
        raise NotFound(edition="before")
    return last, reading.edition_get(viewer, last, last.published)


@require_GET
@signed_in
def chart(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """A chart of the report as SVG."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    drawn = exporting.chart_svg(viewer, uid, code, _edition(request))
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


@require_GET
@signed_in
def export(request: HttpRequest, uid: UUID, file_format: str) -> HttpResponse:
    """The report as a file, by the viewer's rights; it is logged."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    file = exporting.report_export(viewer, uid, file_format, _edition(request))
    response = HttpResponse(file.body, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "private, no-store"
    return response
