"""The warning desk: what the night proposes, with the evidence in words; publish or dismiss with one click."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhike.customers.public import RISKS, TIERS, cards_of
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records import names
from zhike.foundation.ui import refusals
from zhike.insight.wording import sentence, title
from zhike.retain.public import (
    PUBLISHERS,
    WarningCard,
    warning_counts,
    warning_dismiss,
    warning_publish,
    warnings_listed,
)

TABS = (
    ("proposed", gettext_lazy("Proposed")),
    ("published", gettext_lazy("Published")),
    ("contacted", gettext_lazy("Contacted")),
    ("dismissed", gettext_lazy("Dismissed")),
)
PAGE = 25


@require_GET
@route(area=Area.HEALTH, level=Level.BASIC)
def desk(request: HttpRequest) -> HttpResponse:
    """Warnings of one state, the highest risk and value first."""
    return _desk(request)


def _desk(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    state = request.GET.get("state", "proposed")
    state = state if state in dict(TABS) else "proposed"
    page = max(typed.whole_or_none(request.GET.get("page", "1"), most=typed.LARGEST // PAGE) or 1, 1)
    found = warnings_listed(viewer, state=state, offset=(page - 1) * PAGE, size=PAGE + 1)
    cards = cards_of(viewer, [w.customer_id for w in found])
    counts = warning_counts(viewer)
    context = {
        "tabs": [{"code": code, "label": label, "count": counts.get(code, 0)} for code, label in TABS],
        "state": state,
        "items": [_item(w, cards.get(w.customer_id), viewer.language) for w in found[:PAGE]],
        "page": page,
        "has_more": len(found) > PAGE,
        "may_decide": viewer.may(Area.HEALTH, Level.EDIT) and viewer.holds(*PUBLISHERS),
        "problem": problem,
    }
    return render(request, "insight/desk.html", context, status=status)


def _item(warning: WarningCard, card: Any, language: str) -> dict[str, Any]:
    evidence = [_said(signal["code"], signal.get("evidence") or {}, language) for signal in warning.signals]
    return {
        "warning": warning,
        "customer": card,
        "risk": next((c for c in RISKS if c.code == warning.risk), None),
        "tier": next((c for c in TIERS if c.code == warning.tier), None),
        "cause": _titled(warning.main_cause, language),
        "evidence": evidence,
        "owner": owner.name if (owner := names.people.get(warning.owner_id)) else "",
    }


def _said(code: str, evidence: dict[str, Any], language: str) -> str:
    try:
        return sentence(code, evidence, language)
    except KeyError:
        return code


def _titled(code: str, language: str) -> str:
    try:
        return title(code, language) if code else ""
    except KeyError:
        return code


@require_POST
@route(area=Area.HEALTH, level=Level.EDIT)
def publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put the customer on the list; the contact clock of the customer manager starts."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        warning_publish(viewer=viewer, uid=uid)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _desk(request, problem=refusals.sentence(refusal), status=409)
    messages.success(request, _("Published. The customer manager's contact clock is running."))
    return redirect("desk")


@require_POST
@route(area=Area.HEALTH, level=Level.EDIT)
def dismiss(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set the proposal aside, with a reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        warning_dismiss(viewer=viewer, uid=uid, reason=request.POST.get("reason", ""))
    except Invalid:
        return _desk(request, problem=_("Say why the warning is set aside: it teaches the model."), status=422)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _desk(request, problem=refusals.sentence(refusal), status=409)
    messages.success(request, _("Dismissed."))
    return redirect("desk")
