"""The events of a subscription, chosen from the catalogue."""

from __future__ import annotations

import inspect
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.automate import declare, news
from zhike.automate.selectors import webhook_get
from zhike.automate.services.webhook import catalogue, webhook_update
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.outbox.event import declared


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.EDIT)
def choose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Boxes by room; what is ticked is sent from then on."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    hook = webhook_get(viewer, uid)
    if request.method == "POST":
        known = set(catalogue(hook.kind))
        chosen = [name for name in request.POST.getlist("event") if name in known]
        webhook_update(viewer=viewer, uid=uid, version=hook.version, events="\n".join(chosen))
        messages.success(request, _("Saved."))
        return redirect(f"/webhooks/{uid}/")
    rooms: dict[str, list[tuple[str, str, bool]]] = {}
    for name in catalogue(hook.kind):
        rooms.setdefault(_("News") if hook.is_robot else name.partition(".")[0], []).append(
            (name, _words(name, is_news=hook.is_robot), name in hook.event_names)
        )
    return render(request, "automate/events.html", {"hook": hook, "rooms": sorted(rooms.items())})


def _words(name: str, *, is_news: bool) -> str:
    """The event in words: the title of the news or of the trigger, else what its declaration says."""
    if is_news:
        return str(news.every()[name].title)
    known = declare.triggers().get(name)
    if known is not None:
        return str(known.title)
    return (inspect.getdoc(declared()[name]) or "").partition("\n")[0]
