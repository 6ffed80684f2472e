"""What is done to an issue from its page: completed, submitted, approved, returned, published, drawn anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.records.problems import said
from zhike.foundation.reports.services.completing import report_complete
from zhike.foundation.reports.services.drafting import report_refresh, report_reopen
from zhike.foundation.reports.services.ending import report_publish, report_return, report_submit
from zhike.foundation.reports.web.one import page_of

_DONE = {
    "complete": gettext_lazy("Saved."),
    "refresh": gettext_lazy("The data are drawn anew. Comments stayed with their rows."),
    "submit": gettext_lazy("Submitted for approval."),
    "approve": gettext_lazy("Approved and published."),
    "publish": gettext_lazy("Published. The readers have been told."),
    "return": gettext_lazy("Returned to its owner."),
    "reopen": gettext_lazy("A new edition has begun. Readers keep the published one until then."),
}


@require_POST
@signed_in
def do(request: HttpRequest, uid: UUID, act: str) -> HttpResponse:
    """Run one act; a refusal is said on the page. What was typed into a draft is saved before it moves on."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if act not in _DONE:
        raise NotFound(act=act)
    try:
        _run(viewer, uid, act, request)
    except Invalid as refusal:
        words = " ".join(said(problem) for problem in refusal.data.get("fields", {}).values())
        return page_of(request, uid, problem=words or gettext(refusal.sentence), status=422)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return page_of(request, uid, problem=gettext(refusal.sentence) % refusal.data, status=refusal.status)
    messages.success(request, str(_DONE[act]))
    return redirect("report_issue", uid)


def _run(viewer: Viewer, uid: UUID, act: str, request: HttpRequest) -> None:
    version = typed.whole_or_none(request.POST.get("version", ""), most=typed.LARGEST)
    if version is None:
        raise Invalid(fields={"version": "required"})
    if act == "complete" or (act in ("submit", "publish") and "summary" in request.POST):
        row = report_complete(viewer=viewer, uid=uid, version=version, **_typed(request))
        version = row.version
    match act:
        case "refresh":
            report_refresh(viewer=viewer, uid=uid, version=version)
        case "submit":
            report_submit(viewer=viewer, uid=uid, version=version)
        case "publish" | "approve":
            report_publish(viewer=viewer, uid=uid, version=version)
        case "return":
            report_return(viewer=viewer, uid=uid, version=version, reason=request.POST.get("reason", ""))
        case "reopen":
            report_reopen(viewer=viewer, uid=uid, version=version)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Summary and notes of the form: ``comment:<part>:<row>`` and ``out:<part>:<row>``."""
    notes: dict[str, dict[str, dict[str, str]]] = {}
    for name, value in request.POST.items():
        what, _colon, place = name.partition(":")
        part, _colon, key = place.partition(":")
        if what in ("comment", "out") and key:
            notes.setdefault(part, {}).setdefault(key, {})[what] = str(value)
    return {"summary": request.POST.get("summary", ""), "notes": notes}
