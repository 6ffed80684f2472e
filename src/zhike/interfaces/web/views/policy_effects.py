"""What a change would move, as a fragment of the pages about numbers and templates."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.policies.previews import Effect


def effect_of(key: str, value: Any, effects: list[Effect]) -> dict[str, Any]:
    """What the fragment with the effect shows; while a part is computed it asks again."""
    shares = [effect.share for effect in effects if effect.share is not None]
    asked = urlencode({"key": key, "value": json.dumps(value)})
    return {
        "effects": effects,
        "share": min(shares) if shares else None,
        "again": f"{reverse('policy_effect')}?{asked}",
    }


@require_GET
@route(area=Area.SETTINGS, level=Level.BASIC)
def effect(request: HttpRequest) -> HttpResponse:
    """The effect of a value as far as it is computed: a fragment, asked for again while it runs."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    key = request.GET.get("key", "")
    try:
        value = json.loads(request.GET.get("value", ""))
    except ValueError:
        value = None
    if not _is_askable(key, value):
        raise NotFound(key=key)
    return render(request, "web/_effects.html", effect_of(key, value, policies.preview_kept(viewer, key, value)))


def _is_askable(key: str, value: Any) -> bool:
    """Whether an effect can be asked for: a value within its bounds, or a template that goes together."""
    try:
        policies.check(key, value)
    except Invalid:
        return False
    return True
