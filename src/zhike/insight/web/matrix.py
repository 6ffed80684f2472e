"""《客户价值矩阵图》 and the tiers, with the rows behind every number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.customers.public import GROUPS, LIFECYCLES, RISKS, TIERS, states_by_band
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import money
from zhike.foundation.policies import current
from zhike.insight.selectors import BANDS, Matrix, matrix, newest_night, value_by_tier
from zhike.segment.policy import TierPolicy


@require_GET
@route(area=Area.STRATEGY, level=Level.BASIC)
def matrix_page(request: HttpRequest) -> HttpResponse:
    """Value × potential, the three groups with their share of effort, and the bands of tier, stage and risk."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = matrix(viewer)
    tiers = current().get(TierPolicy)
    context = {
        "rows": _rows(found),
        "groups": _groups(found),
        "limits": found.limits,
        "without_place": found.without_place,
        "bands": _bands(viewer),
        "values": _values(viewer),
        "night": newest_night(viewer),
        "may_money": viewer.may(Area.ORDERS, Level.BASIC),
        "high_from": money.short(tiers.high_from, language=viewer.language),
        "core_from": money.short(tiers.core_from, language=viewer.language),
    }
    return render(request, "insight/matrix.html", context)


def _rows(found: Matrix) -> list[dict[str, Any]]:
    most = max((cell.customers for cell in found.cells), default=0) or 1
    by_place = {(cell.tier, cell.band): cell for cell in found.cells}
    return [
        {
            "tier": tier,
            "cells": [
                {
                    "cell": by_place[tier.code, band],
                    "size": round(100 * by_place[tier.code, band].customers / most),
                    "link": f"/customers/?tier={tier.code}&{_band_filter(band, found.limits)}",
                }
                for band in BANDS
            ],
        }
        for tier in TIERS
    ]


def _band_filter(band: str, limits: tuple[float, float]) -> str:
    """The list's range filter is closed at both ends: the upper end stays just below the next band."""
    lower, upper = limits
    just_below = 1e-9
    if band == "high":
        return f"potential__from={upper}"
    if band == "medium":
        return f"potential__from={lower}&potential__to={upper - just_below}"
    return f"potential__to={lower - just_below}"


def _groups(found: Matrix) -> list[dict[str, Any]]:
    whole = sum(group.spend_minor for group in found.groups) or 1
    labels = {choice.code: choice for choice in GROUPS}
    return [
        {
            "choice": labels[group.code],
            "group": group,
            "spend_percent": 100 * group.spend_minor / whole,
            "link": f"/customers/?group={group.code}",
        }
        for group in found.groups
    ]


def _values(viewer: Viewer) -> list[dict[str, Any]]:
    """Lifetime value by tier, for those who read amounts; the link leads to the rows, the most valuable first."""
    if not viewer.may(Area.ORDERS, Level.FULL):
        return []
    labels = {choice.code: choice for choice in TIERS}
    return [
        {"choice": labels[value.tier], "value": value, "link": f"/customers/?tier={value.tier}&sort=-clv"}
        for value in value_by_tier(viewer)
    ]


def _bands(viewer: Viewer) -> list[dict[str, Any]]:
    found = []
    for column, choices, area in (("tier", TIERS, Area.STRATEGY), ("lifecycle", LIFECYCLES, Area.STRATEGY),
                                  ("risk", RISKS, Area.HEALTH)):  # fmt: skip
        if not viewer.may(area, Level.BASIC):
            continue
        counts = states_by_band(viewer, column)
        whole = sum(counts.values()) or 1
        found.append(
            {
                "column": column,
                "entries": [
                    {
                        "choice": choice,
                        "count": counts.get(choice.code, 0),
                        "percent": 100 * counts.get(choice.code, 0) / whole,
                        "link": f"/customers/?{column}={choice.code}",
                    }
                    for choice in choices
                ],
            }
        )
    return found
