"""The customer's own projects: what is to be accepted, comments on it, and the signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.portal.visitor import Visitor, at_home
from zhike.onboard import public as onboard

TEXT_MAX, NAME_MAX = 4_000, 64


@at_home
def project(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One project with its acceptance; another customer's does not exist."""
    return _page(request, uid)


@require_POST
def _comment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write about one criterion, or about all of it."""
    form = request.POST
    try:
        onboard.acceptance_comment(
            **_who(request), uid=uid, seen=form.get("seen", ""), text=form.get("text", "")[:TEXT_MAX],
            criterion=typed.whole_or_none(form.get("criterion", "")) or 0,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, uid, refusal, typed=form)
    messages.success(request, _("Your comment has arrived. The implementation manager was told."))
    return redirect("portal_project", uid=uid)


@require_POST
def _sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign passed, or not yet with the reasons."""
    form = request.POST
    try:
        signed = onboard.acceptance_sign(
            **_who(request), uid=uid, seen=form.get("seen", ""), outcome=form.get("outcome", ""),
            signed_name=form.get("signed_name", "")[:NAME_MAX], reasons=form.get("reasons", "")[:TEXT_MAX],
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, uid, refusal, typed=form)
    if signed.outcome == "passed":
        messages.success(request, _("Thank you. The acceptance is signed and recorded."))
    else:
        messages.success(request, _("Noted. We rectify what you named and ask you to test again."))
    return redirect("portal_project", uid=uid)


def _page(request: HttpRequest, uid: UUID, refusal: Refusal | None = None, **more: Any) -> HttpResponse:
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    acceptance = onboard.acceptance_of(visitor.customer_id, uid)
    if acceptance is None:
        raise NotFound(uid=str(uid))
    context = {"acceptance": acceptance, "plan": acceptance.plan, **more}
    if refusal is None:
        return render(request, "portal/project.html", context)
    if isinstance(refusal, Invalid):
        context["problems"] = refusals.field_problems(refusal)
    else:
        context["problems"] = {"": refusals.sentence(refusal)}
    return render(request, "portal/project.html", context, status=refusal.status)


def _who(request: HttpRequest) -> dict[str, Any]:
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    return {"viewer": visitor.viewer, "customer_id": visitor.customer_id, "contact_id": visitor.contact_id}


comment, sign = at_home(_comment), at_home(_sign)
