"""The open leads that other numbers of grading would move: the rows behind the preview of a change."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.acquire.declarations.previews import words_of
from zhike.acquire.selectors import regraded_of
from zhike.foundation import policies
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
    after = before.with_values({key: value})
    shown, total = regraded_of(viewer, before, after, offset=(number - 1) * PAGE, size=PAGE)
    context = {
        "key": key,
        "title": entries(key.split(".")[0])[key].title.said_in(viewer.language),
        "items": [{"lead": row, "before": words_of(move.before), "after": words_of(move.after)} for move, row in shown],
        "total": total,
        "page": number,
        "has_more": number * PAGE < total,
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
