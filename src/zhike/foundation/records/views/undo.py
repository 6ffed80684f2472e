"""Taking back: of one record at a click, of many after a look at what would happen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhike.foundation.kit import ids
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.records import many, operations, selector, undo
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.views.many import token_of
from zhike.foundation.records.views.writing import _done, words_of


def one(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """What stood in the record before one's own last change; posted to, it stands there again."""
    viewer = request.viewer  # type: ignore[attr-defined]
    context: dict[str, Any] = {"type": record_type, "uid": uid}
    try:
        context["differences"] = undo.differences(viewer, record_type, undo.last(viewer, record_type, uid))
        if request.method == "POST":
            undo.undo(viewer, record_type, uid)
            return _done(request, record_type, uid, gettext("Undone."))
    except NotFound:
        raise
    except Refusal as refusal:
        context["problem"] = words_of(refusal)
        return render(request, "records/undo.html", context, status=refusal.status if request.method == "POST" else 200)
    return render(request, "records/undo.html", context)


def of_many(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """Try out the taking back of a change of many, with what was changed since and stays; posted to, have it made."""
    viewer = request.viewer  # type: ignore[attr-defined]
    context: dict[str, Any] = {"type": record_type, "uid": uid}
    try:
        operation = operations.taking_back(viewer, record_type, uid)
    except NotFound:
        raise
    except Refusal as refusal:
        context["problem"] = words_of(refusal)
        return render(request, "records/undo.html", context, status=refusal.status)
    uids = undo.uids_of(undo.change_of_many(viewer, record_type, uid))
    if request.method == "POST":
        made = many.begin(viewer, record_type, operation, uids, QueryDict(), token_of(request))
        if made.total <= selector.limits().bulk_at_once:
            many.work_off(made, viewer)
        messages.success(request, gettext("Undone."))
        target = f"/{record_type.code}/many/{made.uid}/"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return redirect(target)
    context |= {"preview": many.preview(viewer, record_type, operation, uids, {}), "token": ids.uid()}
    return render(request, "records/undo.html", context)
