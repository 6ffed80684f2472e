"""The night's page: what ran, on what data, with which policies, what it changed, what it could not say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.insight.models import ModelRun, NightRun
from zhike.insight.selectors import models_of, night_get, nights
from zhike.insight.web.figures import figures_of
from zhike.insight.wording import sentence

STEP_WORDS = {
    "snapshot": _("Snapshot of the facts"),
    "scores": _("Scores"),
    "measures": _("Measures written"),
    "news": _("Changes told"),
    "proposals": _("Warnings proposed"),
    "tasks": _("Strategy tasks"),
}
COUNT_WORDS = {
    "customers": _("customers"), "contacts": _("contacts"), "orders": _("orders"), "bills": _("bills"),
    "usage": _("months of use"), "deals": _("opportunities"), "losses": _("losses by a case"),
    "contracts": _("contracts"), "tickets": _("tickets"),
    "complaints": _("complaints"), "interactions": _("follow-ups"), "state": _("customers updated"),
    "relations": _("relations"),
    "history": _("rows of history"), "tier_changed": _("tier changed"), "lifecycle_changed": _("lifecycle changed"),
    "health_fell": _("health fell below the limit"), "compared_with": _("compared with"),
    "warnings_new": _("new warnings"), "warnings_refreshed": _("warnings refreshed"),
    "warnings_resting": _("at rest after a decision"), "warnings_withdrawn": _("warnings withdrawn"),
    "older_than_newest": _("older than the newest night"), "tasks_begun": _("tasks begun"),
    "tasks_cancelled": _("tasks cancelled"),
}  # fmt: skip
MODEL_WORDS = {
    "rfm": _("RFM"), "bgnbd": _("Purchases (BG/NBD)"), "gammagamma": _("Spend (Gamma-Gamma)"),
    "clv_fitted": _("Lifetime value, fitted"), "clv_handbook": _("Lifetime value, handbook formula"),
    "clv_fitted:firm": _("Lifetime value, fitted (firms)"),
    "clv_fitted:person": _("Lifetime value, fitted (persons)"),
    "churn": _("Churn"), "health": _("Health"),
}  # fmt: skip


@require_GET
@signed_in
def nights_page(request: HttpRequest) -> HttpResponse:
    """The newest nights; the selector refuses posts that read neither strategy nor health."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return render(request, "insight/nights.html", {"runs": [_headline(run) for run in nights(viewer)]})


def _headline(run: NightRun) -> dict[str, Any]:
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    return {"run": run, "seconds": seconds, "changes": run.changes}


@require_GET
@signed_in
def night_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One night."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    run = night_get(viewer, uid)
    steps = [
        {
            "words": STEP_WORDS.get(step.name, step.name),
            "seconds": (step.finished_at - step.started_at).total_seconds() if step.finished_at else None,
            "counts": [(COUNT_WORDS.get(key, key), _count(n)) for key, n in step.counts.items() if n is not None],
        }
        for step in run.steps.all()
    ]
    context = _headline(run) | {
        "steps": steps,
        "gaps": [_gap(gap, viewer.language) for gap in run.not_computed],
        "models": [_model(model) for model in models_of(viewer, run)],
        "policies": sorted(run.policy_versions.values()),
    }
    return render(request, "insight/night.html", context)


def _count(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else value


def _gap(gap: dict[str, Any], language: str) -> str:
    try:
        return sentence(gap["code"], gap.get("data") or {}, language)
    except KeyError:
        return str(gap["code"])


def _model(model: ModelRun) -> dict[str, Any]:
    """Name, version and figures of a model's report."""
    return {
        "name": MODEL_WORDS.get(model.name, model.name),
        "version": model.version,
        "figures": figures_of(model.report),
    }
