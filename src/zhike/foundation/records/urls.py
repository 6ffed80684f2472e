"""Routes of every declared kind of record. Each declares the area and level it asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_http_methods

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.routes import Door, Route, guarded
from zhike.foundation.records import values
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.registry import every
from zhike.foundation.records.views import (
    acts,
    builder,
    bulk,
    columns,
    files,
    inline,
    listing,
    many,
    record,
    recycling,
    tabs,
    undo,
    writing,
)


def patterns() -> list[URLPattern | URLResolver]:
    """All routes of all record types declared so far, and the recycle bin of all.

    One branch for each type: a request passes thirty types at one comparison each, instead of a thousand routes.
    """
    branches = [path(f"{kind.code}/", include(of(kind))) for kind in every()]
    return [path("bin/", recycling.everything, name="bin"), *branches]


At: TypeAlias = Callable[..., URLPattern]
_BOTH = ("GET", "POST")


def of(record_type: RecordType) -> list[URLPattern]:
    """Routes of one record type under ``/<code>/``."""
    at = functools.partial(_at, record_type)
    routes = [*_of_lists(at), *_of_many(at), *_of_one(at)]
    routes += _of_bins(at) if record_type.restore is not None else []
    return routes + (_of_files(at) if record_type.files is not None else [])


def _at(
    record_type: RecordType, address: str, view: Callable[..., HttpResponse], name: str, level: Level = Level.BASIC,
    *methods: str,
) -> URLPattern:  # fmt: skip
    served = functools.partial(_served, view, record_type, level)
    allowed = require_http_methods([*(methods or ("GET",)), "HEAD"])(served)
    declared = Route(Door.AREA, record_type.area, level)
    return path(address, guarded(allowed, declared), name=f"{record_type.code}.{name}")


def _served(
    view: Callable[..., HttpResponse], record_type: RecordType, level: Level, request: HttpRequest, **named: Any
) -> HttpResponse:  # fmt: skip
    """One record is read and written as far as it is open: who sees it by a share alone has no more than the share."""
    if "uid" in named:
        viewer = request.viewer  # type: ignore[attr-defined]
        reader = request.viewer = values.seen_by(viewer, record_type, named["uid"])  # type: ignore[attr-defined]
        if level is Level.EDIT and not reader.may(record_type.area, level):
            raise scope.SharedToRead()
    return view(request, record_type=record_type, **named)


def _of_lists(at: At) -> list[URLPattern]:
    return [
        at("", listing.list_page, "list"),
        at("total/", listing.total, "total"),
        at("pick/", record.pick, "pick"),
        at("filters/", listing.filters, "filters"),
        at("conditions/", builder.build, "conditions", Level.BASIC, *_BOTH),
        at("columns/", columns.columns, "columns", Level.BASIC, *_BOTH),
        at("views/", tabs.views, "views", Level.BASIC, *_BOTH),
        at("views/new/", tabs.new, "view_new"),
        at("views/arrange/", tabs.arrange, "views_arrange", Level.BASIC, "POST"),
        at("views/<uuid:uid>/", tabs.change, "view_change", Level.BASIC, "POST"),
        at("views/<uuid:uid>/delete/", tabs.delete, "view_delete", Level.BASIC, "POST"),
        at("export.<str:file_format>", listing.export_file, "export", Level.BASIC, *_BOTH),
    ]


def _of_many(at: At) -> list[URLPattern]:
    return [
        at("many/", many.change, "many", Level.BASIC, "POST"),
        at("many/<uuid:uid>/", many.result, "many_result"),
        at("many/<uuid:uid>/undo/", undo.of_many, "many_undo", Level.BASIC, *_BOTH),
        at("bulk/<str:action>/", bulk.bulk, "bulk", Level.BASIC, "POST"),
    ]


def _of_one(at: At) -> list[URLPattern]:
    return [
        at("new/", writing.create, "new", Level.EDIT, *_BOTH),
        at("<uuid:uid>/", record.record_page, "page"),
        at("<uuid:uid>/peek/", record.peek, "peek"),
        at("<uuid:uid>/edit/", writing.edit, "edit", Level.EDIT, *_BOTH),
        at("<uuid:uid>/field/<str:key>/", inline.change, "field", Level.EDIT, *_BOTH),
        at("<uuid:uid>/undo/", undo.one, "undo", Level.EDIT, *_BOTH),
        at("<uuid:uid>/delete/", writing.delete, "delete", Level.EDIT, *_BOTH),
        at("<uuid:uid>/do/<str:action>/", acts.act, "do", Level.BASIC, *_BOTH),
        at("<uuid:uid>/reveal/<str:key>/", record.reveal, "reveal", Level.BASIC, *_BOTH),
    ]


def _of_files(at: At) -> list[URLPattern]:
    return [
        at("<uuid:uid>/files/", files.files, "files", Level.FULL, *_BOTH),
        at("<uuid:uid>/files/<uuid:file_uid>/", files.download, "file", Level.FULL),
        at("<uuid:uid>/files/<uuid:file_uid>/remove/", files.remove, "file_remove", Level.EDIT, *_BOTH),
    ]


def _of_bins(at: At) -> list[URLPattern]:
    return [
        at("bin/", recycling.deleted, "bin", Level.EDIT),
        at("<uuid:uid>/restore/", recycling.restore, "restore", Level.EDIT, *_BOTH),
    ]
