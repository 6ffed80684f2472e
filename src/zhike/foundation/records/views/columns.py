"""The column chooser: which, in which order, how wide, how dense; for oneself, or for the own view that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from zhike.foundation.records import preferences, saved, values
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import Klass, RecordType
from zhike.foundation.records.views import tabs
from zhike.foundation.records.views.listing import way_back


def columns(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The chooser; what is sent is kept, and the list comes back."""
    if request.method == "POST":
        return _moved(request, record_type) if "up" in request.POST else _keep(request, record_type)
    asked = queries.parse(request.viewer, record_type, request.GET)  # type: ignore[attr-defined]
    preference, _view = tabs.looks(request, record_type, asked)
    shown = preference.columns or record_type.list_columns
    return _page(request, record_type, shown, preference.density, asked.encoded())


def _page(request: HttpRequest, record_type: RecordType, shown: Sequence[str], density: str, here: str) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "type": record_type,
        "columns": _choices(viewer, record_type, shown),
        "widths": preferences.WIDTHS,
        "density": density,
        "here": here,
        "fragment": bool(request.headers.get("HX-Request")),
    }
    return render(request, "records/columns.html", context)


def _choices(viewer: Any, record_type: RecordType, shown: Sequence[str]) -> list[dict[str, Any]]:
    """The shown columns in their order, then the others."""
    offered = {
        f.key: str(f.label)
        for f in values.readable(viewer, record_type)
        if f.key != record_type.name_field and f.klass is Klass.ORDINARY
    }
    chosen = dict(preferences.split(column) for column in shown)
    keys = [*(key for key in chosen if key in offered), *(key for key in offered if key not in chosen)]
    return [
        {"key": key, "label": offered[key], "is_shown": key in chosen, "width": chosen.get(key, ""), "may_rise": at > 0}
        for at, key in enumerate(keys)
    ]


def _sent(request: HttpRequest) -> list[str]:
    """The ticked columns in the order of the form, each with its width."""
    given = request.POST.getlist("columns")
    return [f"{key}:{request.POST.get(f'width.{key}', '')}".rstrip(":") for key in given]


def _moved(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """One column a place further to the front; nothing is kept yet."""
    order, key = request.POST.getlist("order"), request.POST["up"]
    if key in order[1:]:
        at = order.index(key)
        order[at - 1], order[at] = order[at], order[at - 1]
    ticked = {column.partition(":")[0]: column for column in _sent(request)}
    ticked.setdefault(key, key)  # who moves a column wants to see it
    shown = [ticked[one] for one in order if one in ticked]
    return _page(request, record_type, shown, request.POST.get("density", ""), request.POST.get("here", ""))


def _keep(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, QueryDict(request.POST.get("here", "")))
    view = saved.one_of(viewer, record_type, request.user.rights_version, asked.view)  # type: ignore[union-attr]
    chosen = () if "reset" in request.POST else _sent(request)
    density = request.POST.get("density", "")
    if view is not None and view.is_own:
        saved.view_columns(viewer, record_type, view.uid, chosen, density)
        return redirect(way_back(request, record_type))
    preferences.choose(viewer, request.session, record_type, columns=chosen, density=density)
    if view is not None:  # a colleague's view keeps its columns: the own choice is seen outside of it
        return redirect(f"/{record_type.code}/?{asked.encoded(view='')}")
    return redirect(way_back(request, record_type))
