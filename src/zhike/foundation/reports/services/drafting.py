"""Drafts: made on time by the system, each once; made anew when their owner asks for fresh data."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit, messages, outbox, policies
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.obligations.models import RUNNING, Duty
from zhike.foundation.obligations.rules import Period, period_of
from zhike.foundation.reports import declare
from zhike.foundation.reports.declare import Content, Report
from zhike.foundation.reports.events import ReportDrafted
from zhike.foundation.reports.freezing import cut, packed
from zhike.foundation.reports.models import Edition, Issue, IssueState
from zhike.foundation.reports.policy import DraftPolicy
from zhike.foundation.reports.services.access import locked, own, require_state, saved
from zhike.foundation.reports.services.ending import publish_by_itself

_DRAFTING = "reports are drafted"


class AlreadyDraft(Refusal):
    """There is a newer edition that is not published yet."""

    code = "report_is_draft"
    sentence = _("A new edition of this report is being made already. Complete that one.")


def draft_due(now: dt.datetime | None = None) -> list[Issue]:
    """Draft what the present periods ask for and is not there yet; idempotent. Returns what is new.

    A report that cannot be made does not keep the others from being made: ExceptionGroup at the end.
    """
    moment = now or clock.now()
    made, faults = [], []
    for report in (one for one in declare.every() if one.rhythm):
        try:
            made.append(_draft_due(report, moment))
        except Exception as fault:  # noqa: BLE001 - told at the end, with those of the others
            fault.add_note(f"while drafting {report.code}")
            faults.append(fault)
    if faults:
        raise ExceptionGroup("some reports could not be drafted", faults)
    return [issue for issue in made if issue is not None]


def _draft_due(report: Report, now: dt.datetime) -> Issue | None:
    local = clock.local(now)
    period = period_of(report.rhythm, local.date())
    is_early = local.date() == period.start and local.hour < policies.current(now).get(DraftPolicy).from_hour
    if is_early or Issue.objects.filter(code=report.code, period=period.key, subject_id=0).exists():
        return None
    return draft(viewer=system(_DRAFTING), report=report, period=period)


def covered(report: Report, period: Period) -> Period:
    """What an issue of ``period`` looks at: the period itself, or the one before it."""
    if report.covers == "present":
        return period
    return period_of(report.rhythm, period.start - dt.timedelta(days=1))


def draft(*, viewer: Viewer, report: Report, period: Period | None = None, subject_id: int = 0) -> Issue | None:
    """Make the issue of a period, or about a record, with its first edition. None where somebody else just did.

    Of a report without owner the first edition is published at once.
    """
    span = covered(report, period) if period is not None else None
    content = report.query(viewer, span) if span is not None else report.query(viewer, subject_id)
    try:
        with transaction.atomic():
            issue = Issue.objects.create(
                code=report.code, period=period.key if period else "", subject_id=subject_id,
                since=span.start if span else None, until=span.end if span else None,
                owner_id=_owner(report, period), created_by_id=viewer.person_id,
            )  # fmt: skip
            edition = edition_add(viewer, report, issue, content, number=1)
            audit.record(
                viewer, "report.draft", kind="report", object_id=issue.pk, object_uid=issue.uid,
                after={"code": report.code, "period": issue.period, "rows": edition.rows},
            )  # fmt: skip
            _tell(report, issue)
            if report.is_automatic and period is not None:
                publish_by_itself(viewer, issue)
    except IntegrityError:
        return None
    return issue


def edition_add(viewer: Viewer, report: Report, issue: Issue, content: Content, *, number: int) -> Edition:
    """Keep content as an edition of an issue."""
    kept, rows = cut(report, content, policies.current().get(DraftPolicy).rows_max)
    return Edition.objects.create(
        issue=issue, number=number, as_of=content.as_of or clock.now(), drafted_by_id=viewer.person_id,
        content=packed(kept), rows=rows,
    )  # fmt: skip


@transaction.atomic
def publish_about(report: Report, subject_id: int, *, decided_by: int | None) -> Issue:
    """Keep and publish what a record says now, inside the transaction of whoever decided on it; again: a new edition.

    Its approval happened on the record. The author is who decided.
    """
    viewer = system("decided on the record")
    issue = Issue.objects.select_for_update(of=("self",), no_key=True).filter(code=report.code, subject_id=subject_id)
    held = issue.first()
    if held is None:
        made = draft(viewer=viewer, report=report, subject_id=subject_id)
        if made is None:
            raise RuntimeError(f"{report.code} of {subject_id} is being made by somebody else")
        return publish_by_itself(viewer, made, author_id=decided_by)
    held.edition += 1
    edition_add(viewer, report, held, report.query(viewer, subject_id), number=held.edition)
    return publish_by_itself(viewer, held, author_id=decided_by)


@transaction.atomic
def report_refresh(*, viewer: Viewer, uid: UUID, version: int) -> Issue:
    """Draw the data anew. Comments stay with their rows; what was published before stays in the archive.

    Raises: NotFound, Forbidden, Stale, WrongState (it is being decided on).
    """
    issue = locked(viewer, uid, version)
    report = own(viewer, issue)
    require_state(issue, IssueState.DRAFT)
    last = issue.editions.get(number=issue.edition)
    edition = edition_add(viewer, report, issue, content_of(report, issue), number=issue.edition + 1)
    edition.notes, edition.summary, edition.written_by_id = last.notes, last.summary, last.written_by_id
    edition.save(update_fields=["notes", "summary", "written_by"])
    issue.edition = edition.number
    saved(viewer, issue, "report.refresh", edition=edition.number, rows=edition.rows)
    return issue


@transaction.atomic
def report_reopen(*, viewer: Viewer, uid: UUID, version: int) -> Issue:
    """Begin a new edition of a published issue, with fresh data; readers keep the published one until then.

    Raises: NotFound, Forbidden, Stale, AlreadyDraft.
    """
    issue = locked(viewer, uid, version)
    report = own(viewer, issue)
    if issue.state != IssueState.PUBLISHED:
        raise AlreadyDraft()
    last = issue.editions.get(number=issue.edition)
    edition = edition_add(viewer, report, issue, content_of(report, issue), number=issue.edition + 1)
    edition.notes, edition.summary = last.notes, last.summary
    edition.save(update_fields=["notes", "summary"])
    issue.edition, issue.state, issue.submitted_at, issue.submitted_by = edition.number, IssueState.DRAFT, None, None
    saved(viewer, issue, "report.reopen", edition=edition.number, rows=edition.rows)
    return issue


def content_of(report: Report, issue: Issue) -> Content:
    """What the issue's query finds now: by the system, so that one owner's reach does not narrow what others read."""
    viewer = system(_DRAFTING)
    if report.subject:
        return report.query(viewer, issue.subject_id)
    if issue.since is None or issue.until is None:
        raise ValueError(f"{issue} has neither period nor record")
    return report.query(viewer, Period(issue.period, issue.since, issue.until))


def _owner(report: Report, period: Period | None) -> int | None:
    """Who owes the duty of this period; before it has begun, the first who holds the post."""
    if not report.owner:
        return None
    duty = Duty.objects.filter(code=report.duty, state__in=RUNNING, period=period.key if period else "").first()
    if duty is not None and duty.person_id is not None:
        return int(duty.person_id)
    return next((person.pk for person in holders_of(report.owner)), None)


def _tell(report: Report, issue: Issue) -> None:
    event = ReportDrafted(report=report.code, period=issue.period, issue_id=issue.pk)
    outbox.publish(event)
    if not report.is_automatic:
        messages.tell(
            [person.pk for person in holders_of(report.owner)], "report.drafted",
            {"report": report.code, "period": issue.period}, link=f"/reports/{issue.uid}/", about=str(issue.uid),
        )  # fmt: skip
