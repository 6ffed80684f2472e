"""The one page of staff that the records kit does not make: a fresh invitation, shown once."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.interfaces.portal import services
from zhike.interfaces.portal.models import PortalAccount
from zhike.interfaces.portal.policy import PortalPolicy


@require_POST
@route(area=Area.PROFILE, level=Level.EDIT)
def link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a new link and show it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    token = services.link_make(viewer=viewer, uid=uid)
    account = scope.one(viewer, PortalAccount.objects.all(), uid=uid)
    context = {
        "uid": uid,
        "name": account.name,
        "link": request.build_absolute_uri(reverse("portal_welcome", args=[token])),
        "days": current(clock.now()).get(PortalPolicy).invite_days,
    }
    return render(request, "portal/staff/link.html", context)
