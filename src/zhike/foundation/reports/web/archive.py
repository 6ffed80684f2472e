"""报告: what I owe, drafts, what waits for my approval, and the archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.records import names
from zhike.foundation.reports import declare, reading
from zhike.foundation.reports.heading import span_words
from zhike.foundation.reports.models import Issue, IssueState

PAGE = 30
TONES = {IssueState.DRAFT: "info", IssueState.SUBMITTED: "warn", IssueState.PUBLISHED: "good"}


@require_GET
@signed_in
def reports(request: HttpRequest) -> HttpResponse:
    """All that the viewer has to do with reports, the most pressing first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    known = reading.reports_of(viewer)
    chosen = next((report for report in known if report.code == request.GET.get("report")), None)
    page = max(typed.whole_or_none(request.GET.get("page", "1"), most=typed.LARGEST // PAGE) or 1, 1)
    found = list(reading.archive(viewer, chosen.code if chosen else "")[(page - 1) * PAGE : page * PAGE + 1])
    owed = reading.owed(viewer)
    in_hand = {item.issue.pk for item in owed if item.issue is not None}
    context = {
        "owed": [{"owed": item, "period": _covered(viewer, item)} for item in owed],
        "drafts": _items(viewer, reading.drafts(viewer).exclude(pk__in=in_hand)[:PAGE]),
        "to_approve": _items(viewer, reading.to_approve(viewer)[:PAGE]),
        "archive": _items(viewer, found[:PAGE]),
        "reports": known,
        "chosen": chosen,
        "page": page,
        "has_more": len(found) > PAGE,
    }
    return render(request, "reports/index.html", context)


def _covered(viewer: Viewer, item: reading.Owed) -> str:
    return span_words(viewer, item.report, item.issue) if item.issue is not None else item.duty.period


def _items(viewer: Viewer, issues: Iterable[Issue]) -> list[dict[str, Any]]:
    shown = list(issues)
    rows = reading.rows_of(shown)
    return [
        {
            "issue": issue,
            "report": report,
            "period": span_words(viewer, report, issue),
            "author": found.name if (found := names.people.get(issue.published_by_id or issue.owner_id)) else "",
            "rows": rows.get(issue.pk, 0),
            "tone": TONES[IssueState(issue.state)],
        }
        for issue in shown
        if (report := declare.find(issue.code)) is not None
    ]


@require_GET
@signed_in
def of_period(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The issue of a period, for links from duties. 404 before it is drafted."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return redirect("report_issue", reading.issue_at(viewer, code, period).uid)
