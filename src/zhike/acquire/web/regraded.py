"""The open leads that other numbers of grading would move: the rows behind the preview of a change."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.acquire.declarations.previews import words_of
from zhike.acquire.models import Lead
from zhike.acquire.regrading import moved
from zhike.foundation import policies
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.policies.load import entries

PAGE = 50
KEYS = ("acquire.grading.", "acquire.target_industries.", "acquire.target_regions.")


@require_GET
@route(area=Area.LEADS, level=Level.BASIC)
def regraded(request: HttpRequest) -> HttpResponse:
    """Those among the leads that the viewer sees which would get another grade by the value asked about."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    key, value = _asked(request)
    number = max(typed.whole_or_none(request.GET.get("page", "1"), most=typed.LARGEST // PAGE) or 1, 1)
    before = policies.current()
    moves, _count = moved(before, before.with_values({key: value}), scope.visible(viewer, Lead.objects.all()))
    shown = moves[(number - 1) * PAGE : number * PAGE]
    rows = {row["pk"]: row for row in _rows([move.lead_id for move in shown])}
    context = {
        "key": key,
        "title": entries(key.split(".")[0])[key].title.said_in(viewer.language),
        "items": [
            {"lead": rows[move.lead_id], "before": words_of(move.before), "after": words_of(move.after)}
            for move in shown
        ],
        "total": len(moves),
        "page": number,
        "has_more": number * PAGE < len(moves),
        "query": urlencode({"key": key, "value": json.dumps(value)}),
    }
    return render(request, "acquire/regraded.html", context)


def _asked(request: HttpRequest) -> tuple[str, Any]:
    """The number of grading and the value asked about. Raises NotFound for anything else."""
    key = request.GET.get("key", "")
    try:
        value = json.loads(request.GET.get("value", ""))
        if not key.startswith(KEYS):
            raise NotFound(key=key)
        policies.check(key, value)
    except (ValueError, Invalid):
        raise NotFound(key=key) from None
    return key, value


def _rows(numbers: list[int]) -> Any:
    return Lead.objects.filter(pk__in=numbers).values("pk", "uid", "need", "customer__name")
