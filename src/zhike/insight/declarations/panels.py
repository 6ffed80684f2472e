"""What insight shows on the pages of others: measures with their reasons, and what the night found."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.customers.public import LIFECYCLES, TIERS, cards_of
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import money
from zhike.foundation.ui import panels
from zhike.insight.selectors import newest_night, trend_of
from zhike.insight.wording import row_sentences, sentence, title
from zhike.retain.public import warning_counts, warning_of, warnings_listed, warnings_of_case

DIMENSIONS = ("health_stability", "health_service", "health_interaction", "health_usage")
_WIDTH, _HEIGHT = 160, 36


def _choice(choices: Any, code: str) -> Any:
    return next((choice for choice in choices if choice.code == code), None)


def _head(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    state = getattr(customer, "state", None)
    if state is None or state.as_of is None:
        return None
    may_health = viewer.may(Area.HEALTH, Level.BASIC)
    may_strategy = viewer.may(Area.STRATEGY, Level.BASIC)
    return {
        "tier": _choice(TIERS, state.tier) if may_strategy else None,
        "lifecycle": _choice(LIFECYCLES, state.lifecycle) if may_strategy else None,
        "health": state.health if may_health else None,
        "fell": state.health_before is not None and state.health is not None and state.health < state.health_before,
        "cause": _titled(state.main_cause, viewer.language) if may_health else "",
    }


def _titled(code: str, language: str) -> str:
    try:
        return title(code, language) if code else ""
    except KeyError:
        return code


def _health(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    """Health as points that add up, the sentences behind them, and its course over the last nights."""
    state = getattr(customer, "state", None)
    if state is None or state.as_of is None:
        return None
    told = _told(state, viewer.language)
    parts = [
        {"title": title(code.removeprefix("health_"), viewer.language), "points": state.reasons.get(code)}
        for code in DIMENSIONS
        if state.reasons.get(code) is not None
    ]
    points = [row.health for row in trend_of(viewer, customer.pk) if row.health is not None]
    return {
        "state": state,
        "parts": parts,
        "reasons": told.get("health", []),
        "signals": told.get("signals", []),
        "coverage": round(100 * (state.health_coverage or 0)),
        "trend": _polyline(points) if len(points) > 1 else "",
    }


def _told(state: Any, language: str) -> dict[str, list[str]]:
    reasons = state.reasons
    row = {
        "reasons": reasons.get("inputs"), "tier_basis": reasons.get("tier_basis"),
        "lifecycle_cause": state.lifecycle_cause, "health_reasons": reasons.get("health_reasons"),
        "signals": reasons.get("signals"), "main_cause": state.main_cause,
    }  # fmt: skip
    try:
        return row_sentences(row, language)
    except KeyError:
        return {}


def _polyline(points: list[float]) -> str:
    """Coordinates of a small line chart: 0 to 100 from bottom to top."""
    step = _WIDTH / (len(points) - 1)
    return " ".join(f"{i * step:.1f},{_HEIGHT - 2 - p / 100 * (_HEIGHT - 4):.1f}" for i, p in enumerate(points))


def _value(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    state = getattr(customer, "state", None)
    if state is None or state.as_of is None:
        return None
    may_orders = viewer.may(Area.ORDERS, Level.BASIC)
    may_money = viewer.may(Area.ORDERS, Level.FULL)
    # Why somebody stands where he stands is said in orders and amounts.
    told = _told(state, viewer.language) if may_orders else {}
    return {
        "state": state,
        "tier": _choice(TIERS, state.tier),
        "tier_why": told.get("tier", []),
        "lifecycle": _choice(LIFECYCLES, state.lifecycle),
        "lifecycle_why": told.get("lifecycle", []),
        "may_orders": may_orders,
        "may_money": may_money,
        "clv_range": _range(state, viewer.language) if may_money else "",
    }


def _range(state: Any, language: str) -> str:
    if state.clv_low_minor is None or state.clv_high_minor is None:
        return ""
    low, high = (money.short(v, state.currency, language) for v in (state.clv_low_minor, state.clv_high_minor))
    return f"{low} – {high}"


def _warning(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    warning = warning_of(viewer, customer.pk)
    if warning is None:
        return None
    evidence = _evidence(warning, viewer.language)
    return {"warning": warning, "cause": _titled(warning.main_cause, viewer.language), "evidence": evidence}


def _evidence(warning: Any, language: str) -> list[str]:
    """The signals of a warning in words, each with what it rests on."""
    said = []
    for signal in warning.signals:
        try:
            said.append(sentence(signal["code"], signal.get("evidence") or {}, language))
        except KeyError:
            said.append(str(signal["code"]))
    return said


def _of_warning(viewer: Viewer, warning: Any) -> dict[str, Any]:
    """On the page of a warning: its evidence as it stood when it was proposed."""
    return {"cause": _titled(warning.main_cause, viewer.language), "evidence": _evidence(warning, viewer.language)}


def _of_case(viewer: Viewer, case: Any) -> dict[str, Any] | None:
    """Why a retention case was opened: the warnings that belong to it, as they stood when they were proposed."""
    found = [
        {"warning": w, "cause": _titled(w.main_cause, viewer.language), "evidence": _evidence(w, viewer.language)}
        for w in warnings_of_case(viewer, case.pk)
    ]
    return {"found": found} if found else None


def _found(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """What the night found, for those whom it concerns."""
    night = newest_night(viewer)
    if night is None:
        return None
    counts = warning_counts(viewer)
    first = warnings_listed(viewer, state="proposed", size=5) if counts.get("proposed") else []
    cards = cards_of(viewer, [w.customer_id for w in first])
    items = [
        {"customer": cards[w.customer_id], "warning": w, "cause": _titled(w.main_cause, viewer.language)}
        for w in first
        if w.customer_id in cards
    ]
    return {"night": night, "counts": counts, "items": items, "pages": math.ceil(counts.get("proposed", 0) / 25)}


# Management sees warnings by risk and cause (cockpit.py); service sees them at the customer, not at home.
_ACT_ON_WARNINGS = frozenset({
    "sales_lead", "sales_specialist", "customer_manager", "success_manager", "data_specialist",
    "data_analyst", "customer_analyst", "operations_analyst", "operations_planner",
})  # fmt: skip
_SIDE = "customer.side"
for panel in (
    panels.Panel("customer.head", "measures", "", "insight/_head.html", _head, order=10),
    panels.Panel(_SIDE, "warning", _("Churn warning"), "insight/_warning.html", _warning, Area.HEALTH, order=5),
    panels.Panel(_SIDE, "health", _("Health"), "insight/_health.html", _health, Area.HEALTH, order=10),
    panels.Panel(_SIDE, "value", _("Value and stage"), "insight/_value.html", _value, Area.STRATEGY, order=20),
    panels.Panel(
        "retentions.main", "evidence", _("Why this customer was warned"), "insight/_case_evidence.html", _of_case,
        Area.HEALTH, order=10,
    ),
    panels.Panel(
        "warnings.main", "evidence", _("Why this customer was warned"), "insight/_evidence.html", _of_warning,
        Area.HEALTH, order=10,
    ),
    panels.Panel("home", "night", _("What the night found"), "insight/_found.html", _found, Area.HEALTH, order=40,
                 posts=_ACT_ON_WARNINGS),
):  # fmt: skip
    panels.add(panel)
