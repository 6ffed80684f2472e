"""One's own duties in one's own calendar: a secret address, made and ended on a page, read by programs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhike.foundation.access.address import address_of
from zhike.foundation.access.routes import public, signed_in
from zhike.interfaces.api import pace
from zhike.interfaces.web import feeds


@require_http_methods(["GET", "POST"])
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Make the address, which is shown once, or end it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    secret = ""
    if request.method == "POST" and request.POST.get("act") == "end":
        feeds.feed_end(viewer=viewer)
        messages.success(request, _("The address is ended. Calendars that read it find nothing from now on."))
        return redirect("calendar_feed")
    if request.method == "POST":
        secret = feeds.feed_make(viewer=viewer)
    address = request.build_absolute_uri(f"/calendar/{secret}.ics") if secret else ""
    response = render(request, "web/calendar_feed.html", {"feed": feeds.running(viewer.person_id), "address": address})
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar itself. Who knows the address reads it, so often and no more; an ended one is not found."""
    pace.take(f"calendar:{feeds.digest(token)}")
    text = feeds.calendar_at(token, address=address_of(request))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="zhike.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
