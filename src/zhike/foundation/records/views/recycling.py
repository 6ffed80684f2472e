"""Pages of the recycle bin: all kinds at a glance, one kind in full, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from zhike.foundation.access.routes import signed_in
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.records import recycling, values, writing
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.views.writing import _confirmed, words_of

AT_A_GLANCE = 10
IN_FULL = 50


@require_GET
@signed_in
def everything(request: HttpRequest) -> HttpResponse:
    """The newest deleted records of each kind that the viewer's posts may restore."""
    viewer = request.viewer  # type: ignore[attr-defined]
    blocks = [_block(viewer, kind, most=AT_A_GLANCE) for kind in recycling.kinds(viewer)]
    return render(request, "records/bin.html", {"blocks": [block for block in blocks if block["rows"]], "is_all": True})


def deleted(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The deleted records of one kind, page by page."""
    before = typed.whole_or_none(request.GET.get("before", ""), most=typed.LARGEST_ID)
    block = _block(request.viewer, record_type, before=before, most=IN_FULL)  # type: ignore[attr-defined]
    return render(request, "records/bin.html", {"blocks": [block], "type": record_type, "is_all": False})


def _block(viewer: Any, record_type: RecordType, *, before: int | None = None, most: int) -> dict[str, Any]:
    found = recycling.deleted(viewer, record_type, before=before, most=most)
    return {
        "type": record_type,
        "heads": [str(column.field.label) for column in found.plan.columns],
        "rows": [
            {
                "uid": one.row[1],
                "name": found.plan.columns[0].text(found.plan.columns[0].read(one.row)),
                "cells": _cells(found.plan, one.row),
                "at": values.safe([writing.of(_AT).html(one.at)]),
                "by": one.by,
            }
            for one in found.found
        ],
        "older": found.older,
    }


_AT = values.Field("deleted_at", "", Kind.DATETIME)


def _cells(plan: values.Plan, row: tuple[Any, ...]) -> list[Any]:
    """The cells; what is itself a record is written without its link, for that one may lie in the bin too."""
    return [
        escape(column.text(column.read(row)) or "–") if column.field.kind is Kind.RELATION else values.safe([html])
        for column, html in zip(plan.columns[1:], plan.htmls(row)[1:], strict=True)
    ]


def restore(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """Take a record back; where something stands against it, say what, and offer the box that overrules it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    name = recycling.name_of(viewer, record_type, uid)
    context: dict[str, Any] = {"type": record_type, "uid": uid, "name": name}
    if request.method != "POST":
        return render(request, "records/restore.html", context)
    try:
        restored = recycling.restore(viewer, record_type, uid, **_confirmed(request, record_type))
    except NotFound:
        raise
    except Refusal as refusal:
        context["problem"] = words_of(refusal)
        context["confirm"] = next((c for c in record_type.confirms if c.refusal == refusal.code), None)
        return render(request, "records/restore.html", context, status=refusal.status)
    messages.success(request, gettext("Restored: %(name)s") % {"name": name})
    target = record_type.link(restored.uid)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)
