"""测算 What-if: how much a change of the churn rate might bring, with the chosen assumption beside the answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import conditions
from zhike.foundation.records.declare import Field, Kind
from zhike.insight import whatif
from zhike.insight.benchmarks import assumptions
from zhike.insight.web.churn import PERIOD_WORDS

_MOST_PROFIT_MINOR = 10**14
# As what the typed numbers are read; they stand in no record.
_POINTS, _PROFIT = Field("points", "", Kind.NUMBER), Field("profit", "", Kind.MONEY)


@require_GET
@route(area=Area.HEALTH, level=Level.FULL)
def whatif_page(request: HttpRequest) -> HttpResponse:
    """The question in the address, so that an answer can be sent to somebody; nothing is stored."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = whatif.standing(viewer)
    known = assumptions(viewer.language)
    chosen = next((one for one in known if one.code == request.GET.get("by")), None)
    points, points_wrong = _points(request.GET.get("points", "1"))
    profit, profit_wrong = _profit(request.GET.get("profit", ""))
    context: dict[str, Any] = {
        "now": now, "known": known, "chosen": chosen, "points": request.GET.get("points", "1"),
        "profit": request.GET.get("profit", ""), "points_wrong": points_wrong, "profit_wrong": profit_wrong,
    }  # fmt: skip
    if now is not None:
        context["period_words"] = PERIOD_WORDS[now.period]
        context["percent"], context["retention"] = 100 * now.rate, 100 * now.retention
    is_wrong = bool(points_wrong or profit_wrong)
    if now is not None and not is_wrong and points is not None:
        found = whatif.estimate(now, points, chosen, profit)
        context |= {"found": found, "needs_profit": found is None}
        if found is not None:
            context |= {"then": 100 * found.rate_then, "moved": abs(found.points),
                        "moved_plural": 1 if abs(found.points) == 1 else 2, "is_less": found.points >= 0,
                        "is_cut": found.points < points, "kept": abs(found.kept),
                        "gain": abs(found.money_minor or 0), "is_gain": (found.money_minor or 0) >= 0}  # fmt: skip
            if found.retention_then is not None:
                context["retention_then"] = 100 * found.retention_then
    return render(request, "insight/whatif.html", context, status=422 if is_wrong else 200)


def _points(text: str) -> tuple[float | None, str]:
    try:
        found = float(conditions.number_of(_POINTS, text.strip().replace("−", "-").removesuffix("%")))
    except ValueError:
        return None, _("Give a number of points, such as 1 or 0.5.")
    if abs(found) > whatif.MOST_POINTS:
        return None, _("Give at most %(most)g points.") % {"most": whatif.MOST_POINTS}
    return found, ""


def _profit(text: str) -> tuple[int | None, str]:
    if not text.strip():
        return None, ""
    try:
        found = int(conditions.number_of(_PROFIT, text.strip()))
    except ValueError:
        found = _MOST_PROFIT_MINOR + 1
    if abs(found) > _MOST_PROFIT_MINOR:
        return None, _("Give an amount in yuan, such as 3000000.")
    return found, ""
