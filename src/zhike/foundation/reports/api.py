"""REST routes of reports: listed, read and moved on with the rights of the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import selector
from zhike.foundation.reports import declare, exporting, reading
from zhike.foundation.reports.models import Issue, IssueState
from zhike.foundation.reports.services.completing import report_complete
from zhike.foundation.reports.services.drafting import report_refresh, report_reopen
from zhike.foundation.reports.services.ending import report_publish, report_return, report_submit
from zhike.foundation.reports.showing import ShownPart

router = Router(tags=["reports"])
_DEFAULT_ROWS = 50
_STAFF = Route(Door.STAFF)


class IssueOut(Schema):
    """One issue: ``edition`` is the newest, ``published`` the one that readers see, null before there is one."""

    uid: UUID
    version: int
    code: str
    title: str
    period: str
    since: dt.date | None
    until: dt.date | None
    state: str
    edition: int
    published: int | None
    published_at: dt.datetime | None


class IssuesOut(Schema):
    """Issues, the newest first; ``next`` is what to send as ``after`` for more, null at the end."""

    items: list[IssueOut]
    next: str | None


class RowOut(Schema):
    """A row: its key, its values by column, the owner's comment, and why it was left out."""

    key: str
    values: dict[str, Any]
    comment: str
    out: str


class PartOut(Schema):
    """A part: ``kind`` is table, figures, letter or chart; ``hidden`` rows lie outside the caller's reach."""

    code: str
    title: str
    kind: str
    columns: list[str]
    rows: list[RowOut]
    paragraphs: list[str]
    hidden: int


class ReportOut(IssueOut):
    """An issue with the parts that the caller may see of one edition, and what is not in it."""

    as_of: dt.datetime
    shown: int
    summary: str
    parts: list[PartOut]
    remarks: list[str]


class ActIn(Schema):
    """The version that was read."""

    version: int = Field(ge=1, le=2_147_483_647)


class ReturnIn(ActIn):
    """Why it goes back to its owner."""

    reason: str = Field(min_length=1, max_length=400)


class CompleteIn(ActIn):
    """The summary, and by part and row key ``comment`` and ``out``; what is left out stays as it is."""

    summary: str | None = Field(default=None, max_length=10_000)
    notes: dict[str, dict[str, dict[str, str]]] = {}


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@router.get("", response=IssuesOut, operation_id="reports_list", summary="list of reports")
def report_list(
    request: HttpRequest, code: str = "", state: str = "", after: UUID | None = None, limit: int = _DEFAULT_ROWS
) -> dict[str, Any]:
    """Issues that the caller may see, the newest first."""
    viewer = _viewer(request)
    if not 1 <= limit <= selector.limits().api_rows_max:
        raise Invalid(fields={"limit": "not_an_option"})
    if state and state not in IssueState.values:
        raise Invalid(fields={"state": "not_an_option"}, options=list(IssueState.values))
    if code and declare.find(code) is None:
        raise Invalid(fields={"code": "not_an_option"}, options=[report.code for report in reading.reports_of(viewer)])
    rows = reading.issues(viewer)
    rows = rows.filter(code=code) if code else rows
    rows = rows.filter(state=state) if state else rows
    if after is not None:
        rows = rows.filter(pk__lt=reading.issue_get(viewer, after).pk)
    found = list(rows.order_by("-id")[: limit + 1])
    more = str(found[limit - 1].uid) if len(found) > limit else None
    return {"items": [_issue(issue) for issue in found[:limit]], "next": more}


@router.get("/{uuid:uid}", response=ReportOut, operation_id="reports_read", summary="read a report")
def report_read(request: HttpRequest, uid: UUID, edition: int | None = None) -> dict[str, Any]:
    """One edition as the caller may see it: the newest one, or ``edition``."""
    return _whole(_viewer(request), uid, edition)


@router.post("/{uuid:uid}/complete", response=IssueOut, operation_id="reports_complete", summary="complete a draft")
def complete(request: HttpRequest, uid: UUID, body: CompleteIn) -> dict[str, Any]:
    """Write the summary and the notes of a draft."""
    given = {"summary": body.summary, "notes": body.notes}
    return _issue(report_complete(viewer=_viewer(request), uid=uid, version=body.version, **given))


@router.post("/{uuid:uid}/refresh", response=IssueOut, operation_id="reports_refresh", summary="draw data anew")
def refresh(request: HttpRequest, uid: UUID, body: ActIn) -> dict[str, Any]:
    """Draw the data of a draft anew."""
    return _issue(report_refresh(viewer=_viewer(request), uid=uid, version=body.version))


@router.post("/{uuid:uid}/submit", response=IssueOut, operation_id="reports_submit", summary="submit for approval")
def submit(request: HttpRequest, uid: UUID, body: ActIn) -> dict[str, Any]:
    """Hand a draft in for approval."""
    return _issue(report_submit(viewer=_viewer(request), uid=uid, version=body.version))


@router.post("/{uuid:uid}/publish", response=IssueOut, operation_id="reports_publish", summary="publish or approve")
def publish(request: HttpRequest, uid: UUID, body: ActIn) -> dict[str, Any]:
    """Publish a draft that needs no approval, or approve one that was submitted."""
    return _issue(report_publish(viewer=_viewer(request), uid=uid, version=body.version))


@router.post("/{uuid:uid}/return", response=IssueOut, operation_id="reports_return", summary="return to its owner")
def send_back(request: HttpRequest, uid: UUID, body: ReturnIn) -> dict[str, Any]:
    """Return a submitted report, with what is to be changed."""
    return _issue(report_return(viewer=_viewer(request), uid=uid, version=body.version, reason=body.reason))


@router.post("/{uuid:uid}/reopen", response=IssueOut, operation_id="reports_reopen", summary="begin a new edition")
def reopen(request: HttpRequest, uid: UUID, body: ActIn) -> dict[str, Any]:
    """Begin a new edition of a published report."""
    return _issue(report_reopen(viewer=_viewer(request), uid=uid, version=body.version))


for _view in (report_list, report_read, complete, refresh, submit, publish, send_back, reopen):
    _view.route = _STAFF  # type: ignore[attr-defined]


def _issue(issue: Issue) -> dict[str, Any]:
    names = ("uid", "version", "code", "period", "since", "until", "state", "edition", "published", "published_at")
    return {name: getattr(issue, name) for name in names} | {"title": str(reading.report_of(issue).title)}


def _whole(viewer: Viewer, uid: UUID, number: int | None) -> dict[str, Any]:
    issue = reading.issue_get(viewer, uid)
    edition = reading.edition_get(viewer, issue, number)
    document = exporting.document_of(viewer, issue, edition)
    is_owner = reading.report_of(issue).owned_by(viewer)
    return _issue(issue) | {
        "as_of": edition.as_of,
        "shown": edition.number,
        "summary": edition.summary,
        "parts": [_part(part, with_out=is_owner) for part in document.shown.parts],
        "remarks": document.remarks,
    }


def _part(part: ShownPart, *, with_out: bool) -> dict[str, Any]:
    rows = part.rows if with_out else part.kept
    return {
        "code": part.code, "title": part.title, "kind": part.kind, "columns": list(part.keys),
        "rows": [
            {"key": row.key, "comment": row.comment, "out": row.out,
             "values": dict(zip(part.keys, (cell.data for cell in row.cells), strict=True))}
            for row in rows
        ],
        "paragraphs": list(part.paragraphs), "hidden": part.hidden,
    }  # fmt: skip
