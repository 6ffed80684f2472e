"""The monitor of the service: for who answers for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.foundation import obligations
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import current
from zhike.serve import monitor as figures
from zhike.serve.policy import DeskPolicy
from zhike.serve.records.words import CLASSES


@require_GET
@route(area=Area.TICKETS, level=Level.FULL)
def monitor(request: HttpRequest) -> HttpResponse:
    """Open items, clocks, speed and resolution, by class; each number opens its rows."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    labels = {one.code: one.label for one in CLASSES}
    titles = {code: declared.title for code, declared in obligations.declared().items()}
    rows = figures.by_class(viewer)
    context = {
        "rows": [{"row": r, "label": labels.get(r.code, ""), "percent": _percent(r.solved_share)} for r in rows],
        "clocks": [
            {"row": r, "title": titles.get(r.code, r.code), "percent": _percent(r.kept_share)}
            for r in figures.clocks(viewer)
        ],
        "open": sum(row.open for row in rows),
        "breached": sum(row.breached for row in rows),
        "at_risk": sum(row.at_risk for row in rows),
        "days": current().get(DeskPolicy).window_days,
    }
    return render(request, "serve/monitor.html", context)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
