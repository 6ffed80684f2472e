"""One field changed where it stands: the pencil beside a fact, without the whole form."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.records import operations, selector, undo, values
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.forms import ActionForm, PickerWidget
from zhike.foundation.records.views.writing import refused_fields, toast, with_undo, words_of


def fields_of(viewer: Viewer, record_type: RecordType) -> dict[str, Field]:
    """What may be changed in its place: no value of a natural person, whose form explains what it does, and no tags."""
    if record_type.update is None:
        return {}
    writable = values.writable(viewer, record_type, creating=False)
    return {f.key: f for f in writable if operations.is_plain(f) and f.kind is not Kind.TAGS}


def change(request: HttpRequest, record_type: RecordType, uid: UUID, key: str) -> HttpResponse:
    """The field as a small form; sent, it is saved by the room's service, in the version that was seen."""
    viewer = request.viewer  # type: ignore[attr-defined]
    field = fields_of(viewer, record_type).get(key)
    if field is None:
        raise NotFound(field=key)
    start = values.typed(viewer, record_type, uid, (field,))
    form = ActionForm(viewer, record_type, (field,), request.POST or None, start=start)
    widget = form.fields[key].widget
    if isinstance(widget, PickerWidget):
        widget.held = values.held_within(viewer, record_type, uid, (field,)).get(key, "")
    status, problem = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, record_type, uid, form, start)
        except Stale:
            # What was typed stays in the field; sent again it is meant to replace what the other one wrote.
            form.data = form.data.copy()
            form.data["version"] = start["version"]
            status, problem = 409, _overtaken(viewer, record_type, uid, field)
        except Invalid as refusal:
            form.refuse(refused_fields(refusal))
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
    context = {
        "type": record_type, "uid": uid, "key": key, "form": form, "problem": problem, "link": record_type.link(uid),
        "fragment": bool(request.headers.get("HX-Request")),
        "heading": gettext("Edit: %(name)s") % {"name": field.label},
    }  # fmt: skip
    return render(request, "records/inline.html", context, status=422 if form.errors else status)


def _saved(
    request: HttpRequest, record_type: RecordType, uid: UUID, form: ActionForm, start: dict[str, Any]
) -> HttpResponse:
    """Save what differs, and let the page draw itself anew. Raises what the service refuses."""
    viewer = request.viewer  # type: ignore[attr-defined]
    undoing = ""
    if any(name != "version" for name in form.changed_data):
        version = form.cleaned_data.get("version")
        undo.updating(viewer, record_type, uid, start["version"] if version is None else version, form.arguments())
        selector.forget_totals()
        undoing = f"/{record_type.code}/{uid}/undo/"
    if request.headers.get("HX-Request"):
        events: dict[str, Any] = {"records:changed": {"code": record_type.code}}
        if undoing:
            events["toast"] = toast(gettext("Saved."), undoing)
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    if undoing:
        messages.success(request, with_undo(gettext("Saved."), undoing))
    return redirect(record_type.link(uid))


def _overtaken(viewer: Viewer, record_type: RecordType, uid: UUID, field: Field) -> str:
    """Who saved meanwhile, and what stands in the field now."""
    plan = values.plan(viewer, record_type, (field.key,))
    now = plan.columns[0].text(plan.columns[0].read(selector.one_row(viewer, plan, uid))) or "–"
    name, _at = selector.last_change(record_type, uid)
    told = {"name": name, "now": now}
    if name:
        return gettext("%(name)s saved this record meanwhile; it now says: %(now)s. Save again to replace that.") % told
    return gettext("This record was saved meanwhile; it now says: %(now)s. Save again to replace that.") % told
