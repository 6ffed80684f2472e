"""Routes of every declared kind of record. Each declares the area and level it asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from zhike.foundation.access.matrix import Level
from zhike.foundation.access.routes import Door, Route, guarded
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.registry import every
from zhike.foundation.records.views import acts, builder, bulk, columns, listing, many, record, recycling, tabs, writing


def patterns() -> list[URLPattern]:
    """All routes of all record types declared so far, and the recycle bin of all."""
    return [path("bin/", recycling.everything, name="bin"), *(pattern for kind in every() for pattern in of(kind))]


def of(record_type: RecordType) -> list[URLPattern]:
    """Routes of one record type under ``/<code>/``."""
    code = record_type.code

    def at(
        address: str, view: Callable[..., HttpResponse], name: str, level: Level = Level.BASIC, *methods: str
    ) -> URLPattern:
        served = functools.partial(view, record_type=record_type)
        allowed = require_http_methods([*(methods or ("GET",)), "HEAD"])(served)
        declared = Route(Door.AREA, record_type.area, level)
        return path(f"{code}/{address}", guarded(allowed, declared), name=f"{code}.{name}")

    edit, both = Level.EDIT, ("GET", "POST")
    routes: list[Any] = [
        at("", listing.list_page, "list"),
        at("total/", listing.total, "total"),
        at("pick/", record.pick, "pick"),
        at("filters/", listing.filters, "filters"),
        at("conditions/", builder.build, "conditions", Level.BASIC, *both),
        at("columns/", columns.columns, "columns", Level.BASIC, *both),
        at("views/", tabs.views, "views", Level.BASIC, *both),
        at("views/new/", tabs.new, "view_new"),
        at("views/arrange/", tabs.arrange, "views_arrange", Level.BASIC, "POST"),
        at("views/<uuid:uid>/", tabs.change, "view_change", Level.BASIC, "POST"),
        at("views/<uuid:uid>/delete/", tabs.delete, "view_delete", Level.BASIC, "POST"),
        at("export.<str:file_format>", listing.export_file, "export", Level.BASIC, *both),
        at("new/", writing.create, "new", edit, *both),
        at("many/", many.change, "many", Level.BASIC, "POST"),
        at("many/<uuid:uid>/", many.result, "many_result"),
        at("bulk/<str:action>/", bulk.bulk, "bulk", Level.BASIC, "POST"),
        at("<uuid:uid>/", record.record_page, "page"),
        at("<uuid:uid>/peek/", record.peek, "peek"),
        at("<uuid:uid>/edit/", writing.edit, "edit", edit, *both),
        at("<uuid:uid>/delete/", writing.delete, "delete", edit, *both),
        at("<uuid:uid>/do/<str:action>/", acts.act, "do", Level.BASIC, *both),
        at("<uuid:uid>/reveal/<str:key>/", record.reveal, "reveal", Level.BASIC, *both),
    ]
    binned = [
        at("bin/", recycling.deleted, "bin", edit),
        at("<uuid:uid>/restore/", recycling.restore, "restore", edit, *both),
    ]
    return [*routes, *(binned if record_type.restore is not None else ())]
