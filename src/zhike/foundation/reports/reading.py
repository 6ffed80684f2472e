"""Reading reports: what is due, drafts, what waits for approval, the archive, one issue. First argument: the viewer.

Owners see every issue of their reports, those who approve see it from its submission on, readers once it is published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhike.foundation import obligations
from zhike.foundation.access import scope
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records import find as record_type_of
from zhike.foundation.reports import declare
from zhike.foundation.reports.declare import Content, Report
from zhike.foundation.reports.freezing import unpacked
from zhike.foundation.reports.models import Edition, Issue, IssueState

DUE_WITHIN = dt.timedelta(days=7)


def reports_of(viewer: Viewer) -> tuple[Report, ...]:
    """The reports that the viewer's posts own, decide on or read."""
    return tuple(report for report in declare.every() if report.read_by(viewer))


def reports_owned(viewer: Viewer) -> tuple[Report, ...]:
    """The reports that the viewer's posts complete."""
    return tuple(report for report in declare.every() if report.owned_by(viewer))


def issues(viewer: Viewer) -> QuerySet[Issue]:
    """Issues that the viewer may see, the newest first."""
    within = Q(pk__in=[])
    for report in reports_of(viewer):
        within |= Q(code=report.code) & _stage(viewer, report) & _about(viewer, report)
    return Issue.objects.filter(within, deleted_at=None).select_related("owner").order_by("-created_at", "-id")


def _stage(viewer: Viewer, report: Report) -> Q:
    """How far an issue has to be for the viewer."""
    if viewer.is_system or report.owned_by(viewer):
        return Q()
    if report.decided_by(viewer):
        return Q(published__isnull=False) | Q(state=IssueState.SUBMITTED)
    return Q(published__isnull=False)


def _about(viewer: Viewer, report: Report) -> Q:
    """A report about one record is seen by whoever sees the record."""
    kind = record_type_of(report.subject) if report.subject else None
    if kind is None:
        return Q()
    return Q(subject_id__in=scope.visible(viewer, kind.model._default_manager.all()).order_by().values("pk"))


def drafts(viewer: Viewer) -> QuerySet[Issue]:
    """Issues that the viewer completes."""
    owned = [report.code for report in reports_owned(viewer)]
    return issues(viewer).filter(code__in=owned, state=IssueState.DRAFT)


def to_approve(viewer: Viewer) -> QuerySet[Issue]:
    """Issues that wait for the viewer's decision."""
    decided = [report.code for report in declare.every() if report.decided_by(viewer)]
    return issues(viewer).filter(code__in=decided, state=IssueState.SUBMITTED) if decided else Issue.objects.none()


def archive(viewer: Viewer, code: str = "") -> QuerySet[Issue]:
    """Published issues, of one report if named, the last published first."""
    found = issues(viewer).filter(published__isnull=False)
    if code:
        found = found.filter(code=code)
    return found.select_related("published_by").order_by("-published_at", "-id")


def issue_get(viewer: Viewer, uid: UUID) -> Issue:
    """One issue. Raises: NotFound."""
    found = issues(viewer).select_related("submitted_by", "published_by").filter(uid=uid).first()
    if found is None:
        raise NotFound(uid=str(uid))
    return found


def report_of(issue: Issue) -> Report:
    """What an issue is an issue of. Raises NotFound when no room declares it any more."""
    found = declare.find(issue.code)
    if found is None:
        raise NotFound(code=issue.code)
    return found


def editions_of(viewer: Viewer, issue: Issue) -> Sequence[Edition]:
    """Editions of an issue already seen, the newest first: all of them for owners, else what was published."""
    found = issue.editions.defer("content").select_related("written_by", "published_by").order_by("-number")
    report = report_of(issue)
    if viewer.is_system or report.owned_by(viewer):
        return list(found)
    allowed = Q(published_at__isnull=False)
    if report.decided_by(viewer) and issue.state == IssueState.SUBMITTED:
        allowed |= Q(number=issue.edition)
    return list(found.filter(allowed))


def edition_get(viewer: Viewer, issue: Issue, number: int | None = None) -> Edition:
    """One edition of an issue already seen; without a number the newest that the viewer may see. Raises: NotFound."""
    allowed = [edition.number for edition in editions_of(viewer, issue)]
    wanted = number if number is not None else next(iter(allowed), None)
    if wanted is None or wanted not in allowed:
        raise NotFound(edition=str(number))
    return issue.editions.select_related("written_by", "published_by").get(number=wanted)


def issue_before(viewer: Viewer, issue: Issue) -> Issue | None:
    """The last published issue of the same report before this one."""
    earlier = archive(viewer, issue.code).exclude(pk=issue.pk).filter(subject_id=issue.subject_id)
    return earlier.filter(created_at__lt=issue.created_at).first()


@dataclass(frozen=True)
class Owed:
    """A duty of mine that a report fulfils, with its draft where there is one."""

    report: Report
    duty: Duty
    issue: Issue | None


def due_this_week(viewer: Viewer, within: dt.timedelta = DUE_WITHIN) -> list[Owed]:
    """Reports that the viewer owes within the next days, or owes late; the next first."""
    return _owed(viewer, obligations.duties_of(viewer).filter(due_at__lt=clock.now() + within))


def owed(viewer: Viewer) -> list[Owed]:
    """All reports that the viewer owes now."""
    return _owed(viewer, obligations.duties_of(viewer))


def _owed(viewer: Viewer, duties: QuerySet[Duty]) -> list[Owed]:
    by_duty = {report.duty: report for report in reports_owned(viewer) if report.duty}
    if not by_duty:
        return []
    found = list(duties.filter(code__in=by_duty))
    mine = {(issue.code, issue.period): issue for issue in drafts(viewer).filter(period__in=[d.period for d in found])}
    return [Owed(by_duty[d.code], d, mine.get((by_duty[d.code].code, d.period))) for d in found]


def link_of_duty(duty: Duty) -> str:
    """Where a duty that a report fulfils is done; empty for any other duty."""
    report = declare.of_duty(duty.code)
    return reverse("report", args=[report.code, duty.period]) if report is not None else ""


def issue_at(viewer: Viewer, code: str, period: str) -> Issue:
    """The issue of a period. Raises: NotFound."""
    is_possible = declare.find(code) is not None and period.isprintable()
    found = issues(viewer).filter(code=code, period=period, subject_id=0).first() if is_possible else None
    if found is None:
        raise NotFound(code=code, period=period)
    return found


def issue_about(viewer: Viewer, code: str, subject_id: int) -> Issue | None:
    """The issue about one record that the viewer may see, or None."""
    return issues(viewer).filter(code=code, subject_id=subject_id).first()


def rows_of(issues_shown: Iterable[Issue]) -> dict[int, int]:
    """How many rows the newest edition of each issue has."""
    wanted = {issue.pk: issue.edition for issue in issues_shown}
    found = Edition.objects.filter(issue__in=list(wanted)).values_list("issue_id", "number", "rows")
    return {issue_id: rows for issue_id, number, rows in found if wanted[issue_id] == number}


def last_content(code: str, subject_id: int = 0) -> Content | None:
    """What the last published issue held, for a query that says what changed since; None before there is one."""
    last = Issue.objects.filter(code=code, subject_id=subject_id, published__isnull=False, deleted_at=None)
    found = last.order_by("-published_at", "-id").first()
    return None if found is None else unpacked(found.editions.get(number=found.published).content)
