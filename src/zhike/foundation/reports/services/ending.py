"""How a draft becomes a report: submitted, approved or returned, published."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import messages, outbox
from zhike.foundation.access.deciding import require_other
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Refusal
from zhike.foundation.reports import reading
from zhike.foundation.reports.declare import Report, Table
from zhike.foundation.reports.events import ReportPublished, ReportSubmitted
from zhike.foundation.reports.freezing import packed, unpacked
from zhike.foundation.reports.models import Edition, Issue, IssueState
from zhike.foundation.reports.services.access import cleaned, locked, own, require_state, saved


class NeedsApproval(Refusal):
    """The report is approved before it is published."""

    code = "report_needs_approval"
    sentence = _("This report is approved before it is published. Submit it instead.")


class NeedsNone(Refusal):
    """The report is published by its owner."""

    code = "report_needs_no_approval"
    sentence = _("This report needs no approval. Publish it yourself.")


@transaction.atomic
def report_submit(*, viewer: Viewer, uid: UUID, version: int) -> Issue:
    """Hand a draft in for approval. Raises: NotFound, Forbidden, Stale, WrongState, NeedsNone."""
    issue = locked(viewer, uid, version)
    report = own(viewer, issue)
    require_state(issue, IssueState.DRAFT)
    if not report.approved_by:
        raise NeedsNone()
    issue.state, issue.returned_reason = IssueState.SUBMITTED, ""
    issue.submitted_at, issue.submitted_by_id = clock.now(), viewer.person_id
    saved(viewer, issue, "report.submit", edition=issue.edition)
    outbox.publish(ReportSubmitted(report=report.code, period=issue.period, issue_id=issue.pk))
    _tell(report, issue, "report.submitted", report.approved_by, besides=viewer.person_id)
    return issue


@transaction.atomic
def report_return(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Issue:
    """Give a submitted report back to its owner, with what is to be changed.

    Raises: NotFound, Forbidden, OwnWork, Stale, WrongState, Invalid (no reason).
    """
    issue = locked(viewer, uid, version)
    _require_decider(viewer, reading.report_of(issue), issue)
    require_state(issue, IssueState.SUBMITTED)
    if not cleaned(reason):
        raise Invalid(fields={"reason": "required"})
    issue.state, issue.returned_reason = IssueState.DRAFT, cleaned(reason)[:400]
    saved(viewer, issue, "report.return", reason=issue.returned_reason, edition=issue.edition)
    words = {"report": issue.code, "period": issue.period}
    about = f"{issue.uid}/{issue.version}"
    messages.tell([issue.submitted_by_id], "report.returned", words, link=f"/reports/{issue.uid}/", about=about)
    return issue


@transaction.atomic
def report_publish(*, viewer: Viewer, uid: UUID, version: int) -> Issue:
    """Put the newest edition into the archive for its readers: by its owner, or by who approves it.

    What the report sets going (warnings published with their list) happens in the same transaction; the duty of its
    period is done. Raises: NotFound, Forbidden, OwnWork, Stale, WrongState, NeedsApproval.
    """
    issue = locked(viewer, uid, version)
    report = reading.report_of(issue)
    if report.approved_by:
        if issue.state == IssueState.DRAFT and report.owned_by(viewer):
            raise NeedsApproval()
        _require_decider(viewer, report, issue)
        require_state(issue, IssueState.SUBMITTED)
    else:
        own(viewer, issue)
        require_state(issue, IssueState.DRAFT)
    return _publish(viewer, report, issue, viewer.person_id)


def publish_by_itself(viewer: Viewer, issue: Issue, *, author_id: int | None = None) -> Issue:
    """Publish an issue whose approval happened elsewhere, or that has no owner; inside the caller's transaction."""
    return _publish(viewer, reading.report_of(issue), issue, author_id)


def _publish(viewer: Viewer, report: Report, issue: Issue, author_id: int | None) -> Issue:
    edition = issue.editions.get(number=issue.edition)
    now = clock.now()
    if report.on_publish is not None:
        _amend(viewer, report, edition)
    edition.published_at, edition.published_by_id = now, author_id
    edition.save(update_fields=["content", "published_at", "published_by"])
    issue.state, issue.published, issue.returned_reason = IssueState.PUBLISHED, edition.number, ""
    issue.published_at, issue.published_by_id = now, author_id
    saved(viewer, issue, "report.publish", edition=edition.number, rows=edition.rows)
    outbox.publish(
        ReportPublished(report=report.code, period=issue.period, issue_id=issue.pk, edition=edition.number, at=now)
    )
    _tell(report, issue, "report.published", report.readers, besides=viewer.person_id)
    return issue


def _amend(viewer: Viewer, report: Report, edition: Edition) -> None:
    """Let the room act on the rows that stay and on those left out, and keep what this changed in the rows."""
    content = unpacked(edition.content)
    for part in report.parts:
        if not isinstance(part, Table) or not part.excludes or report.on_publish is None:
            continue
        notes = edition.notes.get(part.code, {})
        rows = content.parts.get(part.code, [])
        out = {key: note["out"] for key, note in notes.items() if note.get("out")}
        amended = report.on_publish(
            viewer=viewer, kept=[row for row in rows if str(row["key"]) not in out],
            out=[(row, out[str(row["key"])]) for row in rows if str(row["key"]) in out],
        )  # fmt: skip
        content.parts[part.code] = [{**row, **(amended or {}).get(str(row["key"]), {})} for row in rows]
    edition.content = packed(content)


def _require_decider(viewer: Viewer, report: Report, issue: Issue) -> None:
    if not report.decided_by(viewer):
        raise Forbidden(report=report.code)
    edition = issue.editions.only("written_by", "drafted_by").get(number=issue.edition)
    require_other(viewer, issue.submitted_by_id, edition.written_by_id, edition.drafted_by_id)


def _tell(report: Report, issue: Issue, code: str, posts: tuple[str, ...], *, besides: int | None) -> None:
    people = {person.pk for post in posts for person in holders_of(post)} - {besides}
    if report.subject:
        people = set()  # Whoever may see the record finds it there; a post as a whole may not.
    messages.tell(
        sorted(people), code, {"report": report.code, "period": issue.period}, link=f"/reports/{issue.uid}/",
        about=f"{issue.uid}/{issue.version}",
    )  # fmt: skip
