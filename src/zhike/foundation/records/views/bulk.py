"""Something done to several selected records at once."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records import many, operations, selector
from zhike.foundation.records.declare import BulkAction, RecordType
from zhike.foundation.records.forms import ActionForm
from zhike.foundation.records.views.listing import selected_uids, way_back
from zhike.foundation.records.views.writing import toast, with_undo


def bulk(request: HttpRequest, record_type: RecordType, action: str) -> HttpResponse:
    """Ask what the action needs to know, or say what it destroys; then run it through its one service function."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = next((a for a in record_type.bulk if a.code == action), None)
    if found is None:
        raise NotFound(action=action)
    viewer.require(record_type.area, found.level)
    uids = selected_uids(request)
    if not uids:
        raise Invalid(fields={"uid": _("Select at least one row.")})
    is_asked = request.POST.get("sure") == "1"
    form = ActionForm(viewer, record_type, found.fields, request.POST if is_asked else None)
    if (found.fields or found.destroys) and not (is_asked and form.is_valid()):
        context = {"type": record_type, "action": found, "form": form, "uids": uids, "count": len(uids)}
        context["next"] = way_back(request, record_type)
        return render(request, "records/bulk.html", context, status=422 if form.errors else 200)
    answers = form.arguments() if found.fields else {}
    numbers = [UUID(u) for u in uids]
    operation = operations.acting_in_bulk(record_type, found)
    # One row out of reach undoes those before it.
    changed, made = many.done_at_once(
        viewer, record_type, operation, numbers, lambda: found.run(viewer=viewer, uids=numbers, **answers)
    )
    return _done(request, record_type, found, changed, f"/{record_type.code}/many/{made.uid}/undo/" if made else "")


def _done(request: HttpRequest, record_type: RecordType, action: BulkAction, changed: int, undo: str) -> HttpResponse:
    selector.forget_totals()
    words = gettext("%(title)s: %(count)d done.") % {"title": action.title, "count": changed}
    if request.headers.get("HX-Request"):
        # Closing comes last, as after writing one.
        events: dict[str, Any] = {"records:changed": {"code": record_type.code}, "toast": toast(words, undo)}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events | {"drawer:close": True})})
    messages.success(request, with_undo(words, undo))
    return redirect(way_back(request, record_type))
