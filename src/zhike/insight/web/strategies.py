"""《客户关系细分与策略表》: the ready strategies, with the numbers of the policies in force, to read and to print."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhike.customers.public import states_by_band
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import current
from zhike.segment.rules.strategies import COLUMNS, strategy_rows

COLUMN_WORDS = {
    "dimension": _("Segment"),
    "features": _("Features"),
    "relation": _("Relation"),
    "goal": _("Goal"),
    "measures": _("Measures"),
    "owner": _("Responsible"),
    "timing": _("When"),
    "metrics": _("Metrics"),
    "resources": _("Resources"),
    "effect": _("Expected effect"),
}


@require_GET
@route(area=Area.STRATEGY, level=Level.BASIC)
def strategies_page(request: HttpRequest) -> HttpResponse:
    """The eight columns with resources and expected effect, and how many visible customers each row applies to."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    counts = states_by_band(viewer, "strategy_row")
    rows = [
        {
            "cells": [(str(COLUMN_WORDS[name]), row.column(name, viewer.language)) for name in COLUMNS],
            "count": counts.get(row.code, 0) if row.variant_of is None else None,
            "link": f"/customers/?strategy_row={row.code}",
        }
        for row in strategy_rows(current())
    ]
    context = {"rows": rows, "heads": [COLUMN_WORDS[name] for name in COLUMNS]}
    return render(request, "insight/strategies.html", context)
