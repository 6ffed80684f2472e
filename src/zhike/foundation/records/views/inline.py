"""One field changed where it stands: the pencil beside a fact, without the whole form."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.records import operations, selector, values
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.forms import RecordForm
from zhike.foundation.records.views.writing import _done, _update, refused_fields, words_of


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
    narrow = values.held_within(viewer, record_type, uid, (field,))
    form = RecordForm(
        viewer, record_type, creating=False, data=request.POST or None, start=start, narrow=narrow, only=(field,)
    )
    status, problem = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            changed = _update(viewer, record_type, uid, form, start)
        except Stale:
            # What was typed stays in the field; sent again it is meant to replace what the other one wrote.
            form.data = form.data.copy()
            form.data["version"] = start["version"]
            status, problem = 409, _overtaken(viewer, record_type, uid, field)
        except Invalid as refusal:
            form.refuse(refused_fields(refusal))
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
        else:
            words, undoing = (gettext("Saved."), f"/{record_type.code}/{uid}/undo/") if changed else ("", "")
            return _done(request, record_type, uid, words, undoing, closes=False)
    context = {
        "type": record_type, "uid": uid, "key": key, "field": form[key], "form": form, "problem": problem,
        "link": record_type.link(uid), "fragment": bool(request.headers.get("HX-Request")),
        "heading": gettext("Edit: %(name)s") % {"name": field.label},
    }  # fmt: skip
    return render(request, "records/inline.html", context, status=422 if form.errors else status)


def _overtaken(viewer: Viewer, record_type: RecordType, uid: UUID, field: Field) -> str:
    """Who saved meanwhile, and what stands in the field now."""
    plan = values.plan(viewer, record_type, (field.key,))
    now = plan.columns[0].text(plan.columns[0].read(selector.one_row(viewer, plan, uid))) or "–"
    name, _at = selector.last_change(record_type, uid)
    told = {"name": name, "now": now}
    if name:
        return gettext("%(name)s saved this record meanwhile; it now says: %(now)s. Save again to replace that.") % told
    return gettext("This record was saved meanwhile; it now says: %(now)s. Save again to replace that.") % told
