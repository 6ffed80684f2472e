"""REST routes of every declared kind of record, under ``/api/v1/<code>``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext_noop as _
from ninja import Router

from zhike.foundation import search
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records import (
    acts,
    describing,
    files_api,
    inputs,
    keyset,
    openapi,
    recycling,
    selector,
    storing,
    undo,
    values,
)
from zhike.foundation.records import query as queries
from zhike.foundation.records.custom import known
from zhike.foundation.records.declare import Act, RecordType
from zhike.foundation.records.query import ListQuery

_DEFAULT_ROWS = 50
_PARAMETERS = ("limit", "after", "total")


def router_of(record_type: RecordType) -> Router:
    """List, get, create, patch and delete: as far as the declaration names services."""
    router = Router(tags=[str(record_type.code)])

    def add(method: str, path: str, level: Level, view: Callable[..., Any], name: str, success: int = 200) -> None:
        view.route = Route(Door.AREA, record_type.area, level)  # type: ignore[attr-defined]
        router.add_api_operation(
            path,
            [method],
            view,
            operation_id=f"{record_type.code}_{name}",
            summary=f"{name} {record_type.code}",
            openapi_extra=openapi.operation(record_type, name, success),
        )

    add("GET", "", Level.BASIC, _lister(record_type), "list")
    add("GET", "/{uuid:uid}", Level.BASIC, _getter(record_type), "get")
    if record_type.create:
        add("POST", "", Level.EDIT, _creator(record_type), "create", 201)
    if record_type.update:
        add("PATCH", "/{uuid:uid}", Level.EDIT, _patcher(record_type), "patch")
        add("POST", "/{uuid:uid}/undo", Level.EDIT, _undoer(record_type), "undo")
    if record_type.delete:
        add("DELETE", "/{uuid:uid}", Level.EDIT, _deleter(record_type), "delete", 204)
    if record_type.files is not None:
        files_api.add_routes(router, record_type)
    if record_type.restore:
        add("GET", "/deleted", Level.EDIT, _deleted_lister(record_type), "deleted")
        add("POST", "/{uuid:uid}/restore", Level.EDIT, _restorer(record_type), "restore")
    if record_type.acts:
        add("GET", "/{uuid:uid}/acts", Level.BASIC, _offerer(record_type), "acts")
    for act in record_type.acts:
        level = act.level if act.area in (None, record_type.area) else Level.BASIC
        add("POST", f"/{{uuid:uid}}/{act.code}", level, _doer(record_type, act), f"do_{act.code}")
    return router


def _lister(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.BASIC)
        limit, asked = _asked(request, record_type)
        plan = values.plan(viewer, record_type)
        found = keyset.after(viewer, plan, asked, request.GET.get("after", ""), limit)
        items = [_item(plan, row) for row in found.rows]
        body: dict[str, Any] = {
            "items": items,
            "next": found.cursor or None,
            "withheld": values.withheld(viewer, record_type),
        }
        if asked.words and (note := search.note()):
            body["search"] = note
        if request.GET.get("total") == "1":
            total = selector.counted(viewer, record_type, asked, selector.limits(), seen=len(found.rows))
            body["total"] = {"count": total.count, "exact": total.exact}
        return _json(body)

    return view


def _getter(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.BASIC)
        return _json(_read(viewer, record_type, uid) | {"withheld": values.withheld(viewer, record_type)})

    return view


def _creator(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.EDIT)
        body = _body(request)
        confirmed = _confirmed(record_type, body)
        given = inputs.arguments(viewer, record_type, body, creating=True)
        made = storing.create(viewer, record_type, given, **confirmed)
        selector.forget_totals()
        response = _json(_made(viewer, record_type, made), status=201)
        response["Location"] = f"/api/v1/{record_type.code}/{made.uid}"
        return response

    return view


def _patcher(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.EDIT)
        body = _body(request)
        read_version = inputs.version(body)
        changes = {key: value for key, value in body.items() if key != "version"}
        given = inputs.arguments(viewer, record_type, changes, creating=False)
        undo.updating(viewer, record_type, uid, read_version, given)
        return _json(_read(viewer, record_type, uid))

    return view


def _undoer(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.EDIT)
        undo.undo(viewer, record_type, uid)
        return _json(_read(viewer, record_type, uid))

    return view


def _deleter(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.EDIT)
        plan = values.plan(viewer, record_type, ())
        row = selector.one_row(viewer, plan, uid)
        record_type.delete(viewer=viewer, uid=uid, version=row[2])  # type: ignore[misc]
        selector.forget_totals()
        return HttpResponse(status=204)

    return view


def _deleted_lister(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.EDIT)
        given = request.GET.get("after", "")
        before = typed.whole_or_none(given, most=typed.LARGEST_ID)
        if given and not before:
            raise Invalid(fields={"after": _("This cursor belongs to another list. Start again without it.")})
        found = recycling.deleted(viewer, record_type, before=before, most=_DEFAULT_ROWS)
        items = [_item(found.plan, one.row) | {"deleted_at": one.at, "deleted_by": one.by} for one in found.found]
        return _json({"items": items, "next": str(found.older) if found.older else None})

    return view


def _restorer(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.EDIT)
        body = _body(request)
        confirmed = _confirmed(record_type, body)
        if body:
            raise Invalid(fields=dict.fromkeys(body, "unknown_field"))
        restored = recycling.restore(viewer, record_type, uid, **confirmed)
        return _json(_made(viewer, record_type, restored))

    return view


def _offerer(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.BASIC)
        row = acts.row_of(viewer, record_type, uid)
        items = [
            describing.act(act, acts.fields_of(viewer, act, row)) for act in acts.offered(viewer, record_type, row)
        ]
        return _json({"items": items, "version": row.version})

    return view


def _doer(record_type: RecordType, act: Act) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request, record_type, Level.BASIC)
        acts.asked(viewer, record_type, act.code)
        row = acts.row_of(viewer, record_type, uid)
        body = _body(request)
        read_version = inputs.version(body)
        confirmed = _confirmed(act, body)
        given = inputs.answers(
            viewer, acts.fields_of(viewer, act, row), {key: value for key, value in body.items() if key != "version"}
        )
        acts.run(viewer, act, row, read_version, given | confirmed)
        selector.forget_totals()
        return _json(_made(viewer, record_type, record_type.model._base_manager.get(pk=row.pk)))

    return view


def _confirmed(asking: RecordType | Act, body: dict[str, Any]) -> dict[str, bool]:
    """Take the keywords of overruled refusals out of the body."""
    return {c.keyword: body.pop(c.keyword) is True for c in asking.confirms if c.keyword in body}


def _viewer(request: HttpRequest, record_type: RecordType, level: Level) -> Any:
    viewer = request.viewer  # type: ignore[attr-defined]
    uid = request.resolver_match.kwargs.get("uid") if request.resolver_match is not None else None
    if uid is not None:  # one record is open as far as a share goes, where the caller sees it by that alone
        viewer = values.seen_by(viewer, record_type, uid)
    viewer.require(record_type.area, level)
    return viewer


def _asked(request: HttpRequest, record_type: RecordType) -> tuple[int, ListQuery]:
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, request.GET)
    problems = dict(asked.problems)
    most = selector.limits().api_rows_max
    text = request.GET.get("limit", str(_DEFAULT_ROWS))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= limit <= most:
        problems["limit"] = _("This number of rows is not offered.")
    if problems:
        raise Invalid(fields=problems)
    return limit, asked


def _read(viewer: Any, record_type: RecordType, uid: UUID) -> dict[str, Any]:
    plan = values.plan(viewer, record_type)
    return _item(plan, selector.one_row(viewer, plan, uid))


def _made(viewer: Any, record_type: RecordType, made: Any) -> dict[str, Any]:
    """What was made; of a record that belongs to somebody else from the start only that it was made."""
    try:
        return _read(viewer, record_type, made.uid)
    except NotFound:
        return {"uid": made.uid, "version": made.version}


def _item(plan: values.Plan, row: Any) -> dict[str, Any]:
    found = {"uid": row[1], "version": row[2], **plan.data(row)}
    if known.takes(plan.record_type):
        found["custom"] = {c.field.key: found.pop(c.field.key) for c in plan.columns if c.field.custom}
    return found


def _body(request: HttpRequest) -> Any:
    try:
        body = orjson.loads(request.body)
    except (orjson.JSONDecodeError, RawPostDataException):  # a form was sent, and read already
        raise Invalid(fields={"body": _("This is not valid JSON.")}) from None
    if not isinstance(body, dict):
        raise Invalid(fields={"body": _("Send a JSON object.")})
    return body


def _json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
