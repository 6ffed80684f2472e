"""REST routes of attachments, under ``/api/v1/<code>/<uid>/files``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Router

from zhike.foundation.access.matrix import Level
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import attachments, openapi
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.views.files import as_file


def add_routes(router: Router, record_type: RecordType) -> None:
    """List, add, download and remove."""

    def add(method: str, path: str, level: Level, view: Callable[..., Any], name: str, success: int) -> None:
        view.route = Route(Door.AREA, record_type.area, level)  # type: ignore[attr-defined]
        router.add_api_operation(
            "/{uuid:uid}/files" + path, [method], view, operation_id=f"{record_type.code}_{name}",
            summary=f"{name} {record_type.code}", openapi_extra=openapi.of_files(name, success),
        )  # fmt: skip

    add("GET", "", Level.FULL, _lister(record_type), "files", 200)
    add("POST", "", Level.EDIT, _adder(record_type), "add_file", 201)
    add("GET", "/{uuid:file_uid}", Level.FULL, _getter(record_type), "get_file", 200)
    add("DELETE", "/{uuid:file_uid}", Level.EDIT, _remover(record_type), "remove_file", 204)


def _lister(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        found = attachments.listed(_viewer(request), record_type, uid)
        items = [
            {"uid": one.uid, "name": one.name or None, "media_type": one.media_type, "size": one.size,
             "created_at": one.at, "created_by": one.by}
            for one in found
        ]  # fmt: skip
        return _json({"items": items})

    return view


def _adder(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = _viewer(request)
        viewer.require(record_type.area, Level.EDIT)
        file = request.FILES.get("file")
        if file is None:
            raise Invalid(fields={"file": "required"})
        made = attachments.add(viewer, record_type, uid, file)
        response = _json({"uid": made.uid, "media_type": made.media_type, "size": made.size}, 201)
        response["Location"] = f"/api/v1/{record_type.code}/{uid}/files/{made.uid}"
        return response

    return view


def _getter(record_type: RecordType) -> Callable[..., HttpResponseBase]:
    def view(request: HttpRequest, uid: UUID, file_uid: UUID) -> HttpResponseBase:
        return as_file(*attachments.open_one(_viewer(request), record_type, uid, file_uid))

    return view


def _remover(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID, file_uid: UUID) -> HttpResponse:
        attachments.remove(_viewer(request), record_type, uid, file_uid)
        return HttpResponse(status=204)

    return view


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
