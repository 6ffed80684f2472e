"""The system page: how every part stands and what to do; parked deliveries and failed jobs, run again from here."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import public, route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.jobs.models import JobRun
from zhike.foundation.jobs.registry import jobs
from zhike.foundation.jobs.runs import broken_jobs, retry
from zhike.foundation.kit import typed
from zhike.foundation.outbox import parking
from zhike.foundation.ui import system

_PARKED_SHOWN = 50
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


@require_GET
@route(area=Area.SETTINGS, level=Level.BASIC)
def system_page(request: HttpRequest) -> HttpResponse:
    """Every part with its state; what asks for a hand first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    lines = [(part, system.seen(part)) for part in system.parts()]
    order = list(system.State)
    context = {
        "lines": sorted(lines, key=lambda line: (-order.index(line[1].state), line[0].order)),
        "worst": max((found.state for _, found in lines), key=order.index),
        "open": sum(found.state != system.State.WELL for _, found in lines),
        "parked": [_shown(delivery) for delivery in parking.parked(viewer)[:_PARKED_SHOWN]],
        "failed": [(_title(run), run.error.partition(":")[0][:80], run) for run in broken_jobs()],
        "may_act": viewer.may(Area.SETTINGS, Level.EDIT),
    }
    return render(request, "web/system.html", context)


def _title(run: JobRun) -> str:
    declared = jobs().get(run.job)
    return str(declared.title) if declared else run.job


def _shown(delivery: Any) -> dict[str, Any]:
    """What failed and how. The words of an exception may repeat a value: its kind says enough here."""
    return {
        "id": delivery.pk, "event": delivery.event.name, "subscriber": delivery.subscriber, "at": delivery.event.at,
        "fault": delivery.error.partition(":")[0][:80], "tries": delivery.tries,
    }  # fmt: skip


@require_POST
@route(area=Area.SETTINGS, level=Level.EDIT)
def replay(request: HttpRequest) -> HttpResponse:
    """Deliver parked events again: those that were ticked."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    count = parking.replay(viewer, list(_numbers(request.POST.getlist("delivery"))))
    said = ngettext("%(n)d event is delivered again.", "%(n)d events are delivered again.", count) % {"n": count}
    messages.success(request, said if count else gettext("Nothing was ticked."))
    return redirect("system")


@require_POST
@route(area=Area.SETTINGS, level=Level.EDIT)
def run_again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Run a failed job again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    run = retry(viewer, uid)
    messages.success(request, gettext("«%(job)s» runs again within a second.") % {"job": _title(run)})
    return redirect("system")


def _numbers(texts: Iterable[str]) -> Iterable[int]:
    for text in texts:
        number = typed.whole_or_none(text, most=typed.LARGEST_ID)
        if number is not None:
            yield number


@require_GET
@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus: with the token of ``ZHIKE_METRICS_TOKEN_FILE``, or from this machine itself.

    To everybody else there is nothing at this address.
    """
    if not _may_scrape(request):
        raise Http404
    body = system.exposition()
    return HttpResponse(body, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN_FILE:
        wanted = Path(settings.METRICS_TOKEN_FILE).read_text(encoding="utf-8").strip()
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
    # What comes through a reverse proxy of this machine has its address too, so it must not have come through one.
    is_direct = not any(request.headers.get(name) for name in _FORWARDED) and not settings.PROXIES
    return is_direct and request.META.get("REMOTE_ADDR") in _LOOPBACK
