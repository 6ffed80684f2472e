"""流失率 Churn rate: by period, tier, cause, owner and department, with the rows behind every number."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhike.customers.public import TIERS, cards_of
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import names
from zhike.insight.benchmarks import benchmarks
from zhike.insight.churn import PERIODS, Behind, Churn, Part, churn, churn_told, periods_of, relations_behind
from zhike.insight.wording import title
from zhike.retain.rules.churn_rate import PeriodChurn

PAGE = 50
PERIOD_WORDS = {
    "month": gettext_lazy("By month"),
    "quarter": gettext_lazy("By quarter"),
    "year": gettext_lazy("By year"),
}
SPLIT_WORDS = {
    "tier": (gettext_lazy("By tier"), gettext_lazy("Tier")),
    "department": (gettext_lazy("By department"), gettext_lazy("Department")),
    "owner": (gettext_lazy("By owner"), gettext_lazy("Owner")),
}
WIDTH, HEIGHT, BASE, ROOM = 640, 190, 160, 24


@require_GET
@route(area=Area.HEALTH, level=Level.BASIC)
def churn_page(request: HttpRequest) -> HttpResponse:
    """The rate of the chosen period, its trend, its parts, and how it is counted."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = churn(viewer, request.GET.get("period", ""), _day(request.GET.get("start", "")))
    context: dict[str, Any] = {"found": found, "told": churn_told(viewer) if found is None else found.told}
    context["may_ask"] = viewer.may(Area.HEALTH, Level.FULL) and viewer.may(Area.ORDERS, Level.FULL)
    context["benchmarks"] = benchmarks("churn", viewer.language)
    if found is not None:
        context |= {
            "tabs": [(code, words, code == found.period) for code, words in PERIOD_WORDS.items()],
            "chosen": _row(found, found.chosen),
            "before": moved(found),
            "rows": [_row(found, row) for row in reversed(found.rows)],
            "chart": _chart(found),
            "splits": [_split(found, name, words, viewer.language) for name, words in SPLIT_WORDS.items()],
            "causes": [_part(found, "cause", part, viewer.language) for part in found.causes],
        }
    return render(request, "insight/churn.html", context)


def _day(text: str) -> dt.date | None:
    try:
        return typed.day(text) if text else None
    except ValueError:
        return None


def named(period: str, start: dt.date) -> str:
    """``2026-07``, ``2026 Q3`` or ``2026``, as people write a period."""
    if period == "month":
        return f"{start:%Y-%m}"
    if period == "quarter":
        return _("%(year)s Q%(quarter)s") % {"year": start.year, "quarter": (start.month + 2) // 3}
    return str(start.year)


def _row(found: Churn, row: PeriodChurn) -> dict[str, Any]:
    asked = {"period": found.period, "start": row.start.isoformat()}
    return {
        "name": named(found.period, row.start),
        "row": row,
        "last_day": row.end - dt.timedelta(days=1),
        "percent": None if row.rate is None else 100 * row.rate,
        "retention": None if row.rate is None else 100 * (1 - row.rate),
        "is_chosen": row.start == found.chosen.start,
        "url": f"?{urlencode(asked)}",
        "lost_url": behind(asked | {"who": "lost"}),
        "start_url": behind(asked | {"who": "start"}),
    }


def behind(asked: dict[str, str]) -> str:
    """The address of the customers behind a number."""
    return f"{reverse('churn_customers')}?{urlencode(asked)}"


def moved(found: Churn) -> dict[str, Any] | None:
    """The period before the chosen one, and by how many points the rate moved."""
    place = found.rows.index(found.chosen)
    if not place or found.chosen.rate is None or (rate := found.rows[place - 1].rate) is None:
        return None
    points = 100 * (found.chosen.rate - rate)
    return {"name": named(found.period, found.rows[place - 1].start), "points": points, "size": abs(points)}


def _chart(found: Churn) -> dict[str, Any]:
    """Bars of the rate, to be drawn; the table beside it says the same."""
    most = max((row.rate or 0 for row in found.rows), default=0) or 1
    step = WIDTH / len(found.rows)
    bars = []
    for place, row in enumerate(found.rows):
        height = (BASE - ROOM) * (row.rate or 0) / most
        bars.append(
            {
                "x": round(place * step + step * 0.2, 1), "middle": round(place * step + step / 2, 1),
                "width": round(step * 0.6, 1), "y": round(BASE - height, 1), "height": round(height, 1),
                "above": round(BASE - height - 6, 1), "name": named(found.period, row.start),
                "percent": None if row.rate is None else 100 * row.rate, "is_chosen": row is found.chosen,
            }
        )  # fmt: skip
    return {"bars": bars, "width": WIDTH, "height": HEIGHT, "base": BASE, "below": BASE + 18}


def _split(found: Churn, name: str, words: Any, language: str) -> dict[str, Any]:
    parts = [_part(found, name, part, language) for part in found.splits[name]]
    return {"code": name, "words": words[0], "head": words[1], "parts": parts}


def _part(found: Churn, name: str, part: Part, language: str) -> dict[str, Any]:
    code = "" if part.code is None else str(part.code)
    asked = {"period": found.period, "start": found.chosen.start.isoformat(), name: code}
    return {
        "part": part,
        "words": said(name, part.code, language),
        "choice": next((c for c in TIERS if c.code == code), None) if name == "tier" else None,
        "percent": None if part.rate is None else 100 * part.rate,
        "of_lost": 100 * part.lost / found.chosen.lost if found.chosen.lost else 0,
        "lost_url": behind(asked | {"who": "lost"}),
        "start_url": behind(asked | {"who": "start"}),
    }


def said(name: str, code: Any, language: str) -> str:
    """A part in words: the name of the department or owner, the title of the cause."""
    if name in ("department", "owner"):
        book = names.departments if name == "department" else names.people
        found = book.get(code)
        return found.name if found else _("none")
    if name == "cause" and not code:
        return _("Unknown: no warning before the loss")
    if not code:
        return _("unknown")
    try:
        return title(code, language)
    except KeyError:
        return str(code)


@require_GET
@route(area=Area.HEALTH, level=Level.BASIC)
def churn_customers(request: HttpRequest) -> HttpResponse:
    """The customers behind a number of the churn page; a period that the page does not show is not found."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = request.GET
    period, start = form.get("period", ""), _day(form.get("start", ""))
    told = churn_told(viewer)
    if told is None or period not in PERIODS:
        raise NotFound(period=period)
    times = next((each for each in periods_of(told, period) if each[0] == start), None)
    if times is None:
        raise NotFound(start=form.get("start", ""))
    lost = form.get("who") != "start"
    only = _only(form)
    page = max(typed.whole_or_none(form.get("page", "1"), most=typed.LARGEST // PAGE) or 1, 1)
    rows, total = relations_behind(viewer, period=times, lost=lost, only=only, offset=(page - 1) * PAGE, size=PAGE)
    kept = {key: value for key, value in form.items() if key != "page"}
    context = {
        "lost": lost,
        "name": named(period, times[0]),
        "period": times,
        "parts": [said(name, code, viewer.language) for name, code in only.items()],
        "items": _items(viewer, rows),
        "total": total,
        "page": page,
        "has_more": page * PAGE < total,
        "query": urlencode(kept),
        "back": f"{reverse('churn')}?{urlencode({'period': period, 'start': times[0].isoformat()})}",
    }
    return render(request, "insight/churn_customers.html", context)


def _only(form: Any) -> dict[str, Any]:
    """The part asked for. Raises NotFound for what is no number of a department or owner."""
    only: dict[str, Any] = {}
    for name in ("tier", "cause"):
        if name in form:
            only[name] = form[name][:PAGE]
    for name in ("department", "owner"):
        if name not in form:
            continue
        code = typed.whole_or_none(form[name], most=typed.LARGEST_ID)
        if form[name] and code is None:
            raise NotFound(**{name: form[name]})
        only[name] = code
    return only


def _items(viewer: Viewer, rows: list[Behind]) -> list[dict[str, Any]]:
    cards = cards_of(viewer, [row.customer_id for row in rows])
    return [
        {
            "row": row,
            "card": cards[row.customer_id],
            "owner": owner.name if (owner := names.people.get(cards[row.customer_id].owner_id)) else "",
            "tier": next((c for c in TIERS if c.code == row.tier), None),
            "cause": said("cause", row.cause, viewer.language) if row.lost_on else "",
        }
        for row in rows
        if row.customer_id in cards
    ]
