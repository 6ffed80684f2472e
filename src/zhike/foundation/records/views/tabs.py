"""The tabs above a list and the page that arranges them: names, audience, order, the one that opens first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhike.foundation.access.matrix import posts
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import conditions, preferences, saved
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.preferences import Preference
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.views import board
from zhike.foundation.records.views.writing import refused_fields

ALL = "all"


def tabs(
    viewer: Any, record_type: RecordType, asked: ListQuery, version: int, chosen: Preference
) -> list[dict[str, Any]]:
    """All tabs in the person's order: the whole list, the room's views, saved ones."""
    now = sorted(asked.parameters)
    found = [*_shipped(viewer, record_type, now, asked.view)]
    for one in saved.tabs_of(viewer, record_type, version).saved:
        held = QueryDict(one.query)
        pairs = sorted((k, v) for k in held if k != "sort" for v in held.getlist(k))
        has_looks = bool(one.columns or one.density or one.layout)
        question = "&".join(part for part in (f"view={one.key}" if has_looks else "", one.query) if part)
        found.append({
            "key": one.key, "title": one.title, "url": "?" + question, "uid": one.uid, "is_own": one.is_own,
            "audience": one.audience, "is_shared": one.audience != "own",
            "is_now": asked.view == one.key or (pairs == now and bool(now) and not has_looks),
        })  # fmt: skip
    place = {key: at for at, key in enumerate(chosen.tabs)}
    return sorted(found, key=lambda tab: place.get(tab["key"], len(place)))


def _shipped(viewer: Any, record_type: RecordType, now: list[tuple[str, str]], view: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if all(one.filters for one in record_type.views):
        found.append({"key": ALL, "title": gettext("All"), "url": "?", "is_now": not now and view in ("", ALL)})
    allowed = {p for f in queries.filters_for(viewer, record_type) for p in conditions.parameters_of(f)}
    for one in record_type.views:
        if set(one.filters) <= allowed:
            query = QueryDict(mutable=True)
            query.update(one.filters)
            is_now = sorted(one.filters.items()) == now and (bool(now) or view in ("", one.code))
            if one.sort:
                query["sort"] = one.sort
            found.append({"key": one.code, "title": str(one.title), "url": "?" + query.urlencode(), "is_now": is_now})
    return found


def opening(request: HttpRequest, record_type: RecordType, chosen: Preference) -> str:
    """Where a list goes that was opened without a question: to the first view of the person, or of the post."""
    viewer, version = request.viewer, request.user.rights_version  # type: ignore[attr-defined]
    first = chosen.first or saved.tabs_of(viewer, record_type, version).first
    if not first:
        return ""
    nothing = queries.ListQuery()
    urls = {tab["key"]: tab["url"] for tab in tabs(viewer, record_type, nothing, version, chosen)}
    return "" if urls.get(first, "?") == "?" else f"/{record_type.code}/{urls[first]}"


def looks(request: HttpRequest, record_type: RecordType, asked: ListQuery) -> tuple[Preference, saved.SavedTab | None]:
    """Columns and density: of the view that is open, else of the person; and that view."""
    viewer = request.viewer  # type: ignore[attr-defined]
    chosen = preferences.of(viewer, request.session, record_type)
    view = saved.one_of(viewer, record_type, request.user.rights_version, asked.view) if asked.view else None  # type: ignore[union-attr]
    if view is None:
        return chosen, None
    return chosen._replace(columns=view.columns or chosen.columns, density=view.density or chosen.density), view


def views(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The page that arranges the tabs; posted to, it keeps the present question as a view."""
    if request.method == "POST":
        return _save(request, record_type)
    return _page(request, record_type)


def new(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The form that keeps the present question, fetched when its menu is opened."""
    viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "type": record_type,
        "here": queries.parse(viewer, record_type, request.GET).encoded(),
        "audiences": _audiences(viewer, record_type),
        "fragment": bool(request.headers.get("HX-Request")),
    }
    return render(request, "records/view_new.html", context)


def _page(request: HttpRequest, record_type: RecordType, problems: dict[str, str] | None = None) -> HttpResponse:
    viewer, version = request.viewer, request.user.rights_version  # type: ignore[attr-defined]
    chosen = preferences.of(viewer, request.session, record_type)
    shown = tabs(viewer, record_type, queries.ListQuery(), version, chosen)
    context = {
        "type": record_type,
        "tabs": shown,
        "first": chosen.first,
        "audiences": _audiences(viewer, record_type),
        "problems": problems or {},
        "posts": _posts(record_type) if saved.may_set_for_posts(viewer) else [],
        "open_tabs": [tab for tab in shown if tab.get("audience", "all") == "all"],
    }  # fmt: skip
    return render(request, "records/views.html", context, status=422 if problems else 200)


def _posts(record_type: RecordType) -> list[dict[str, str]]:
    firsts = saved.firsts_of_posts(record_type)
    return [{"code": p.code, "title": str(p.title), "first": firsts.get(p.code, "")} for p in posts().values()]


def _audiences(viewer: Any, record_type: RecordType) -> list[tuple[str, str]]:
    found = [("own", gettext("only me"))]
    if saved.may_share(viewer, record_type):
        if viewer.department_id is not None:
            found.append(("department", gettext("my department")))
        found.append(("all", gettext("all colleagues")))
    return found


def _save(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    question = request.POST.get("question", "")
    asked = queries.parse(viewer, record_type, QueryDict(question))
    chosen, _view = looks(request, record_type, asked)
    is_whole = request.POST.get("looks") == "1"
    view = saved.view_save(
        viewer,
        record_type,
        title=request.POST.get("title", ""),
        query=asked.encoded(view=""),
        audience=request.POST.get("audience", "own"),
        columns=(chosen.columns or record_type.list_columns) if is_whole else (),
        density=chosen.density if is_whole else "",
        layout=board.layout_of(request, record_type) if is_whole and len(board.layouts(record_type)) > 1 else "",
    )
    return redirect(f"/{record_type.code}/?{asked.encoded(view=str(view.uid) if is_whole else '')}")


def change(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """Rename one's own view, or say who sees it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    try:
        saved.view_change(
            viewer, record_type, uid,
            title=request.POST.get("title", ""), audience=request.POST.get("audience", "own"),
        )  # fmt: skip
    except Invalid as refusal:
        return _page(request, record_type, {str(uid): " ".join(refused_fields(refusal).values())})
    return redirect(f"/{record_type.code}/views/")


def delete(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """Delete one's own saved view."""
    saved.view_delete(request.viewer, record_type, uid)  # type: ignore[attr-defined]
    return redirect(f"/{record_type.code}/views/" if request.POST.get("stay") else f"/{record_type.code}/")


def arrange(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Move a tab one place, or say which one opens first: for oneself, or for a post."""
    viewer, version = request.viewer, request.user.rights_version  # type: ignore[attr-defined]
    key, post = request.POST.get("key", ""), request.POST.get("post", "")
    if post:
        saved.first_for_post(viewer, record_type, post=post, key=key)
        return redirect(f"/{record_type.code}/views/")
    chosen = preferences.of(viewer, request.session, record_type)
    keys = [tab["key"] for tab in tabs(viewer, record_type, queries.ListQuery(), version, chosen)]
    first = chosen.first
    if "first" in request.POST:
        first = request.POST["first"] if request.POST["first"] in keys else ""
    preferences.arrange(viewer, request.session, record_type, tabs=_moved(keys, key, request.POST), first=first)
    return redirect(f"/{record_type.code}/views/")


def _moved(keys: Sequence[str], key: str, posted: QueryDict) -> list[str]:
    found, step = list(keys), {"up": -1, "down": 1}.get(posted.get("move", ""), 0)
    if key in found and step:
        at = found.index(key)
        found.insert(max(0, min(at + step, len(found) - 1)), found.pop(at))
    return found
