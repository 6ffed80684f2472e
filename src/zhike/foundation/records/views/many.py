"""Changing many records: choose what, fill it in, look at what would change, have it made, read what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit import ids
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import many, operations, selector, undo, values
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.models import BulkChange, BulkState
from zhike.foundation.records.operations import Operation
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.views.listing import selected_uids

REFUSED_SHOWN = 200


def change(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """One step after the other, each a form of its own: nothing is changed before the last."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, QueryDict(request.POST.get("question", "")))
    chosen, is_whole = selected_uids(request), request.POST.get("whole") == "1"
    if not chosen and not is_whole:
        raise Invalid(fields={"uid": _("Select at least one row.")})
    context: dict[str, Any] = {
        "type": record_type, "question": asked.encoded(), "uids": chosen, "is_whole": is_whole,
        "found": selector.counted(viewer, record_type, asked, selector.limits(), seen=len(chosen)),
        "groups": operations.grouped(operations.offered(viewer, record_type)),
        "what": request.POST.get("operation", ""),
    }  # fmt: skip
    if not context["what"]:
        return render(request, "records/many.html", context)
    operation = operations.one(viewer, record_type, context["what"])
    step = request.POST.get("do", "")
    form = operation.form(viewer, record_type, request.POST if step in ("preview", "run") else None)
    context |= {"operation": operation, "form": form}
    if step not in ("preview", "run") or not form.is_valid():
        return render(request, "records/many.html", context, status=422 if form.errors else 200)
    uids = many.uids_of(viewer, record_type, asked) if is_whole else [UUID(text) for text in chosen]
    if step == "run":
        return _begun(request, record_type, operation, uids)
    context |= {
        "preview": many.preview(viewer, record_type, operation, uids, form.arguments()),
        "typed": [(f.key, text) for f in operation.fields for text in request.POST.getlist(f.key)],
        "token": ids.uid(),
    }
    return render(request, "records/many.html", context)


def token_of(request: HttpRequest) -> UUID:
    """What makes pressing the button twice one change. Raises Invalid."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise Invalid(fields={"token": _("A selected row has no valid identifier.")}) from None


def _begun(request: HttpRequest, record_type: RecordType, operation: Operation, uids: list[UUID]) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    made = many.begin(viewer, record_type, operation, uids, request.POST, token_of(request))
    if made.total <= selector.limits().bulk_at_once:
        many.work_off(made, viewer)
    target = f"/{record_type.code}/many/{made.uid}/"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def result(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """What came of a change of many: how many were made, which were refused and why."""
    viewer = request.viewer  # type: ignore[attr-defined]
    made = many.change_of(viewer, record_type, uid)
    counts = many.counted(made)
    context = {
        "type": record_type,
        "change": made,
        "title": _title(viewer, record_type, made),
        "counts": counts,
        "undo": f"/{record_type.code}/many/{uid}/undo/" if undo.may_be_undone(made) else "",
        "is_done": made.state == BulkState.DONE or not counts["waiting"],
        "refused": _refused(viewer, record_type, made),
        "more": max(0, counts["refused"] - REFUSED_SHOWN),
    }
    return render(request, "records/many_result.html", context)


def _title(viewer: Any, record_type: RecordType, made: BulkChange) -> str:
    if made.what.startswith("undo:"):
        return gettext("Undo")
    found = next((o for o in operations.offered(viewer, record_type) if o.what == made.what), None)
    return found.title if found else made.what.partition(":")[2]


def _refused(viewer: Any, record_type: RecordType, made: BulkChange) -> list[dict[str, str]]:
    """Refused records with their names, where the viewer still sees them."""
    rows = list(made.records.filter(state=BulkState.REFUSED).order_by("place")[:REFUSED_SHOWN])
    plan = values.plan(viewer, record_type, (record_type.name_field,))
    numbers = selector.ids_of(viewer, record_type, ListQuery(), [str(row.record_uid) for row in rows])
    names = {row[1]: plan.columns[0].text(plan.columns[0].read(row)) for row in selector.rows_of(plan, numbers)}
    return [
        {
            "name": names.get(row.record_uid, ""),
            "link": record_type.link(row.record_uid) if row.record_uid in names else "",
            "reason": row.reason,
        }
        for row in rows
    ]
