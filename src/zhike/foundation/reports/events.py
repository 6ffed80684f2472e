"""What reports tell the rooms. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zhike.foundation.outbox.event import Event, event


@dataclass(frozen=True, kw_only=True)
class ReportEvent(Event):
    """Something happened to one issue of a report; ``period`` is that of its duty, empty where it has none."""

    report: str
    period: str
    issue_id: int

    @property
    def key(self) -> str:
        return f"report:{self.report}"


@event("reports.ReportDrafted")
class ReportDrafted(ReportEvent):
    """The system has made a draft for its owner."""


@event("reports.ReportSubmitted")
class ReportSubmitted(ReportEvent):
    """The owner has handed it in; who approves it decides."""


@event("reports.ReportPublished")
class ReportPublished(ReportEvent):
    """It stands in the archive for its readers: edition ``edition`` of this issue."""

    edition: int
