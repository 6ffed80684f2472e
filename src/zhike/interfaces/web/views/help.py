"""Help: what one's posts are there for, where to find it, and whom to ask."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.foundation.access.people import holders_of
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import nav
from zhike.interfaces.web.help import work_of

_MOST_ASKED = 5


@require_GET
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Duties by post with the time allowed today, all pages by stage, keys, and who looks after the system."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "work": work_of(viewer),
        "sections": nav.frame(viewer).sections,
        "helpers": [person.name for person in holders_of("it_team")][:_MOST_ASKED],
    }
    return render(request, "web/help.html", context)
