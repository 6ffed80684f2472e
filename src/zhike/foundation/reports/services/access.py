"""What every act on a report asks first: the row locked, the right post, the right state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Forbidden, Refusal, Stale
from zhike.foundation.records import rows
from zhike.foundation.reports import reading
from zhike.foundation.reports.declare import Report
from zhike.foundation.reports.models import Issue, IssueState


class WrongState(Refusal):
    """The report is not where this act begins."""

    code = "report_state"
    sentence = _("Somebody has already moved this report on. Reload the page to see where it stands.")


def locked(viewer: Viewer, uid: UUID, version: int | None) -> Issue:
    """The issue, locked, as the caller read it. Raises: NotFound, Stale."""
    seen = reading.issue_get(viewer, uid)
    issue = Issue.objects.select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
    if version is not None and issue.version != version:
        raise Stale(version=issue.version)
    return issue


def own(viewer: Viewer, issue: Issue) -> Report:
    """The report, if the viewer completes it. Raises: Forbidden."""
    report = reading.report_of(issue)
    if not (viewer.is_system or report.owned_by(viewer)):
        raise Forbidden(report=report.code)
    return report


def require_state(issue: Issue, *states: str) -> None:
    """Raises: WrongState."""
    if issue.state not in states:
        raise WrongState(state=str(IssueState(issue.state).label))


def cleaned(text: str) -> str:
    """What somebody typed, without spaces around it and the character that no database keeps."""
    return text.replace("\0", "").strip()


def saved(viewer: Viewer, issue: Issue, action: str, *, reason: str = "", **after: Any) -> None:
    """Save the next version of the issue and note it."""
    rows.renewed(viewer, issue)
    noted(viewer, issue, action, reason, after)


def noted(viewer: Viewer, issue: Issue, action: str, reason: str, after: dict[str, Any]) -> None:
    """One entry in the log about a report."""
    audit.record(
        viewer, action, kind="report", object_id=issue.pk, object_uid=issue.uid,
        after={"code": issue.code, "period": issue.period, **after}, reason=reason,
    )  # fmt: skip
