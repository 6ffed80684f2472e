"""A new secret of a subscription, shown once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhike.automate.selectors import webhook_get
from zhike.automate.services.webhook import webhook_secret
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid


@never_cache
@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.EDIT)
def secret(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask, then make it and show it: there is no second time. That of a robot is entered, and never shown."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    hook, made, problem = webhook_get(viewer, uid), "", ""
    if request.method == "POST":
        try:
            hook, made = webhook_secret(viewer=viewer, uid=uid, given=request.POST.get("secret", ""))
        except Invalid:
            problem = _("Enter the secret as the service shows it, 200 characters at most.")
        else:
            if hook.is_robot:
                messages.success(request, _("The secret is kept."))
                return redirect(f"/webhooks/{uid}/")
    return render(request, "automate/secret.html", {"hook": hook, "secret": made, "problem": problem})
