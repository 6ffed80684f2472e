"""The greetings of the next weeks and of the last, for who looks after them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.correspond.public import templates_in_use
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.serve import greetings as reads
from zhike.serve import reminders


@require_GET
@route(area=Area.LOYALTY, level=Level.BASIC)
def greetings(request: HttpRequest) -> HttpResponse:
    """Counts by day and occasion; each number opens its list."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    shown = reads.outlook(viewer)
    may_see_messages = viewer.may(Area.TIMELINE, Level.BASIC)
    context = {
        "ahead": shown.ahead,
        "behind": shown.behind,
        "reasons": shown.reasons,
        "days": shown.horizon_days,
        "calls": shown.calls,
        "planned": sum(row.planned for row in shown.ahead),
        "holidays": shown.holidays,
        "templates": len(templates_in_use()),
        "may_see_templates": may_see_messages,
        "reminders": reminders.lately(viewer, shown.horizon_days) if may_see_messages else [],
    }
    return render(request, "serve/greetings.html", context)
