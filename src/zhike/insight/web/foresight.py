"""Who would move if a policy were changed: the rows behind the numbers of the preview."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhike.customers.public import cards_of
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.policies.load import entries
from zhike.foundation.policies.models import TEMPLATE_KEY
from zhike.insight.foresight import band_words, foresight_moves, measure_words

PAGE = 50


@require_GET
@route(area=Area.PROFILE, level=Level.BASIC)
def foresight_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Customers who would move in one measure; the selector asks for the area of the measure."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    measure = request.GET.get("measure", "tier")
    page = max(typed.whole_or_none(request.GET.get("page", "1"), most=typed.LARGEST // PAGE) or 1, 1)
    row, moves, total = foresight_moves(viewer, uid, measure, offset=(page - 1) * PAGE, size=PAGE)
    found = list(moves)
    cards = cards_of(viewer, [move.customer_id for move in found])
    items: list[dict[str, Any]] = [
        {
            "card": cards[move.customer_id],
            "before": band_words(measure, move.before),
            "after": band_words(measure, move.after),
        }
        for move in found
        if move.customer_id in cards
    ]
    context = {
        "row": row,
        "title": _title(row.key, viewer.language),
        "back": reverse("templates") if row.key == TEMPLATE_KEY else reverse("policy", args=[row.key]),
        "measure": measure_words(measure),
        "items": items,
        "total": total,
        "page": page,
        "has_more": page * PAGE < total,
        "query": urlencode({"measure": measure}),
    }
    return render(request, "insight/foresight.html", context)


def _title(key: str, language: str) -> str:
    return _("Industry templates") if key == TEMPLATE_KEY else entries(key.split(".")[0])[key].title.said_in(language)
