"""Saved and lost: what became of the retention cases of a period, split, every number opening its rows (MEAS-02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhike.customers.public import TIERS
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, typed
from zhike.foundation.records import names
from zhike.retain.selectors.results import LOST, CasesCounted, Result, cases_counted
from zhike.retain.wording import cause_words, measure_words

MONTHS_SHOWN = 12


@require_GET
@route(area=Area.HEALTH, level=Level.BASIC)
def results(request: HttpRequest) -> HttpResponse:
    """Closed cases between two days, the last twelve months unless asked otherwise."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = clock.today()
    start = _day(request.GET.get("from", ""), clock.months_before(today, MONTHS_SHOWN))
    end = _day(request.GET.get("to", ""), today)
    counted = cases_counted(viewer, start, end)
    return render(
        request,
        "retain/results.html",
        {
            "start": start,
            "end": end,
            "total": _cells(counted, counted.total, {}),
            "parts": _parts(counted, viewer.language),
            "is_empty": not (counted.total.saved or counted.total.lost),
        },
    )


def _parts(counted: CasesCounted, language: str) -> list[dict[str, Any]]:
    tiers = {choice.code: str(choice.label) for choice in TIERS}
    return [
        _part(counted, (_("By cause"), _("Cause")), counted.by_cause, lambda code: cause_words(code, language),
              lambda code: {"cause": code or "none"}),
        _part(counted, (_("By measure"), _("Measure")), counted.by_measure,
              lambda code: measure_words(code, language) if code else str(_("no plan")),
              lambda code: {"measure": code or "none"}),
        _part(counted, (_("By tier"), _("Tier")), counted.by_tier, lambda code: tiers.get(code, "–"),
              lambda code: {"tier": code or "none"}),
        _part(counted, (_("By lead"), _("Led by")), counted.by_owner, _name, _led_by),
        _part(counted, (_("By month"), _("Month")), dict(sorted(counted.by_month.items(), reverse=True)),
              lambda month: f"{month:%Y-%m}", lambda month: _within(counted, month)),
    ]  # fmt: skip


def _part(
    counted: CasesCounted, words_of: tuple[Any, Any], results_by: Mapping[Any, Result], words: Callable[[Any], str],
    narrowed: Callable[[Any], dict[str, str]],
) -> dict[str, Any]:  # fmt: skip
    rows = [{"label": words(key)} | _cells(counted, result, narrowed(key)) for key, result in results_by.items()]
    return {"title": words_of[0], "head": words_of[1], "rows": rows}


def _cells(counted: CasesCounted, result: Result, narrowed: dict[str, str]) -> dict[str, Any]:
    period = {"closed_at__from": counted.start.isoformat(), "closed_at__to": counted.end.isoformat()}
    asked = period | narrowed
    share = result.saved_share
    limits = result.limits
    return {
        "result": result,
        "share": None if share is None else round(100 * share),
        "low": None if limits is None else round(100 * limits.low),
        "high": None if limits is None else round(100 * limits.high),
        "saved_link": "/retentions/?" + urlencode(asked | {"state": "saved"}),
        "lost_link": "/retentions/?" + urlencode([*asked.items(), *(("state", state) for state in LOST)]),
    }


def _within(counted: CasesCounted, month: dt.date) -> dict[str, str]:
    last = clock.months_before(month, -1) - dt.timedelta(days=1)
    return {
        "closed_at__from": max(month, counted.start).isoformat(),
        "closed_at__to": min(last, counted.end).isoformat(),
    }


def _name(person_id: int | None) -> str:
    found = names.people.get(person_id)
    return found.name if found else "–"


def _led_by(person_id: int | None) -> dict[str, str]:
    found = names.people.get(person_id)
    return {"lead": str(found.uid) if found else "none"}


def _day(text: str, otherwise: dt.date) -> dt.date:
    """The day that was asked for; what is no day is passed over."""
    try:
        return typed.day(text) if text else otherwise
    except ValueError:
        return otherwise
