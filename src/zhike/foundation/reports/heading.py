"""What stands at the head of a report: its name, what it looks at, its state, author and data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations.rules import period_of
from zhike.foundation.records import find as record_type_of
from zhike.foundation.records import names
from zhike.foundation.records.links import links_of
from zhike.foundation.records.writing import exact
from zhike.foundation.reports.declare import Report
from zhike.foundation.reports.models import Edition, Issue

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Heading:
    """The head of one edition, in words."""

    title: str
    period: str
    author: str
    edition: int
    as_of: str
    published: str
    is_published: bool

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Name and value, for the first lines of a file."""
        state = (_("Published"), self.published) if self.is_published else (_("State"), _("draft, not published"))
        return (
            (_("Period"), self.period),
            (_("Author"), self.author),
            (_("Edition"), str(self.edition)),
            (_("Data as of"), self.as_of),
            state,
        )


def heading(viewer: Viewer, report: Report, issue: Issue, edition: Edition) -> Heading:
    """The head of an edition that the viewer may see."""
    author = names.people.get(edition.published_by_id or edition.written_by_id or issue.owner_id)
    return Heading(
        title=str(report.title),
        period=span_words(viewer, report, issue),
        author=author.name if author else _("the system"),
        edition=edition.number,
        as_of=exact(edition.as_of),
        published=exact(edition.published_at) if edition.published_at else "",
        is_published=edition.published_at is not None,
    )


def span_words(viewer: Viewer, report: Report, issue: Issue) -> str:
    """``2026-W48 · 2026-11-23 – 2026-11-29``: what the issue looks at; of a report about a record its name."""
    if report.subject:
        link = links_of(viewer, [(report.subject, issue.subject_id)], kind_of=record_type_of)
        return next((found.name for found in link.values()), "")
    if issue.since is None or issue.until is None:
        return issue.period
    last = issue.until - _DAY
    days = issue.since.isoformat() if issue.since == last else f"{issue.since.isoformat()} – {last.isoformat()}"
    # The issue is due in one period and may look at the one before it: what it looks at is named.
    key = period_of(report.rhythm, issue.since).key if report.rhythm else issue.period
    return days if days == key else f"{key} · {days}"
