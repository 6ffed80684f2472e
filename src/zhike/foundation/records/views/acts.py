"""One act on one record: the form in the drawer, what stands in its way, what happens after it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.records import acts, selector, values
from zhike.foundation.records.declare import Act, Field, RecordType
from zhike.foundation.records.forms import ActionForm
from zhike.foundation.records.views.writing import _confirmed, _done, _version, refused_fields, words_of


def act(request: HttpRequest, record_type: RecordType, uid: UUID, action: str) -> HttpResponse:
    """Ask what the act needs to know; then run it through the room's service. What was typed is never lost."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = acts.asked(viewer, record_type, action)
    row = acts.row_of(viewer, record_type, uid)
    fields = acts.fields_of(viewer, found, row)
    start = {**(found.start(row) if found.start else {}), "version": row.version}
    form = ActionForm(viewer, record_type, fields, request.POST or None, start=start)
    status, confirm = 200, None
    if request.method == "POST":
        if form.is_valid():
            try:
                answers = form.arguments() | _confirmed(request, found)
                made = acts.run(viewer, found, row, _version(request, row.version), answers)
            except Stale as refusal:
                form.add_error(None, words_of(refusal))
                # Saving again from here decides: the person has read that somebody was faster.
                form.data = form.data.copy()
                form.data["version"] = row.version
                status = 409
            except NotFound:
                raise
            except Invalid as refusal:
                form.refuse(refused_fields(refusal))
            except Refusal as refusal:
                form.add_error(None, words_of(refusal))
                confirm = next((c for c in found.confirms if c.refusal == refusal.code), None)
            else:
                return _after(request, record_type, found, row, made)
        status = 422 if status == 200 else status
    context = {
        "type": record_type, "act": found, "form": form, "uid": uid, "name": _name(viewer, record_type, uid),
        "confirm": confirm,
    }  # fmt: skip
    return render(request, "records/act.html", context, status=status)


def _after(request: HttpRequest, record_type: RecordType, found: Act, row: Any, made: Any) -> HttpResponse:
    words = str(found.done) if found.done else gettext("%(act)s: done.") % {"act": found.title}
    if found.then is None:
        return _done(request, record_type, row.uid, words)
    target = found.then(made)
    messages.success(request, words)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _name(viewer: Any, record_type: RecordType, uid: UUID) -> str:
    field: Field | None = record_type.field(record_type.name_field)
    if field is None:
        return str(record_type.title)
    plan = values.plan(viewer, record_type, (record_type.name_field,))
    if not plan.columns:
        return str(record_type.title)
    return plan.columns[0].text(plan.columns[0].read(selector.one_row(viewer, plan, uid)))
