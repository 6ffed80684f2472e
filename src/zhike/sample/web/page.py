"""The sample company: one click in, one click out, with the progress between."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhike.customers.public import customers_exist
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.jobs import is_worker_alive
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.sample.services.asking import CUSTOMERS, LOAD, REMOVE, load_ask, remove_ask, under_way
from zhike.sample.services.removal import is_loaded


@require_GET
@route(area=Area.SETTINGS, level=Level.EDIT)
def sample_page(request: HttpRequest) -> HttpResponse:
    """How it stands: not here, under way, or here."""
    run = under_way()
    last = JobRun.objects.filter(job__in=(LOAD, REMOVE)).order_by("-id").first()
    context = {
        "run": run,
        "is_loading": run is not None and run.job == LOAD,
        "is_loaded": is_loaded(),
        "has_customers": customers_exist(),
        "has_failed": run is None and last is not None and last.state == RunState.FAILED,
        "has_worker": is_worker_alive(),
        "customers": CUSTOMERS,
    }
    is_part = request.headers.get("HX-Target") == "sample-state"
    return render(request, "sample/_state.html" if is_part else "sample/sample.html", context)


@require_POST
@route(area=Area.SETTINGS, level=Level.EDIT)
def load(request: HttpRequest) -> HttpResponse:
    """One click in."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    load_ask(viewer=viewer, customers=CUSTOMERS)
    return redirect("sample")


@require_POST
@route(area=Area.SETTINGS, level=Level.EDIT)
def remove(request: HttpRequest) -> HttpResponse:
    """One click out."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    remove_ask(viewer=viewer)
    return redirect("sample")
