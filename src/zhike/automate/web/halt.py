"""How automation stands, and the switch that holds all rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhike.automate.selectors import how_it_stands
from zhike.automate.services.rule import rules_halt, rules_resume, standing_halt
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.ui import refusals


@require_GET
@route(area=Area.AUTOMATION, level=Level.BASIC)
def automation(request: HttpRequest) -> HttpResponse:
    """Counts that open their lists, and the switch."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "standing": how_it_stands(),
        "halt": standing_halt(),
        "may_edit": viewer.may(Area.AUTOMATION, Level.EDIT),
        "may_set": viewer.may(Area.SETTINGS, Level.BASIC),
    }
    return render(request, "automate/automation.html", context)


@require_POST
@route(area=Area.AUTOMATION, level=Level.EDIT)
def halt(request: HttpRequest) -> HttpResponse:
    """Hold all rules."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        rules_halt(viewer=viewer, reason=request.POST.get("reason", ""))
        messages.success(request, _("All rules stand still."))
    except Invalid:
        messages.error(request, _("Say why."))
    except Refusal as refusal:
        messages.error(request, refusals.sentence(refusal))
    return redirect("automation")


@require_POST
@route(area=Area.AUTOMATION, level=Level.EDIT)
def resume(request: HttpRequest) -> HttpResponse:
    """Let them run again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        rules_resume(viewer=viewer)
        messages.success(request, _("The rules run again."))
    except Refusal as refusal:
        messages.error(request, refusals.sentence(refusal))
    return redirect("automation")
