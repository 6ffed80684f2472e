"""Create, edit and delete through the room's services; what was typed is never lost."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext

from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.records import conflict, selector, storing, undo, values
from zhike.foundation.records.conditions import day_of
from zhike.foundation.records.declare import Act, Kind, RecordType
from zhike.foundation.records.forms import RecordForm
from zhike.foundation.records.problems import said
from zhike.foundation.records.registry import find


def create(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The empty form, or what was sent: made, or shown again with what stands in the way."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if record_type.create is None:
        raise NotFound(code=record_type.code)
    start = _prefilled(viewer, record_type, request)
    form = RecordForm(viewer, record_type, creating=True, data=request.POST or None, start=start)
    confirm, alike = None, ()
    if request.method == "POST" and form.is_valid():
        try:
            made = storing.create(viewer, record_type, form.arguments(), **_confirmed(request, record_type))
        except Invalid as refusal:
            form.refuse(refused_fields(refusal))
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            confirm = next((c for c in record_type.confirms if c.refusal == refusal.code), None)
            alike = refusal.data.get("numbers", ())
        else:
            words = record_type.created(made) if record_type.created else gettext("Created.")
            return _done(request, record_type, made.uid, words)
    heading = gettext("New: %(kind)s") % {"kind": record_type.title}
    context = {"type": record_type, "form": form, "heading": heading, "confirm": confirm, "alike": alike}
    return render(request, "records/form.html", context, status=422 if form.errors else 200)


def _confirmed(request: HttpRequest, asking: RecordType | Act) -> dict[str, bool]:
    """The keywords of the boxes that were ticked."""
    return {c.keyword: True for c in asking.confirms if request.POST.get(c.keyword) == "1"}


def edit(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """The filled form. If somebody saved meanwhile, both versions are shown and saving again decides."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if record_type.update is None:
        raise NotFound(code=record_type.code)
    fields = values.writable(viewer, record_type, creating=False)
    start = values.typed(viewer, record_type, uid, fields)
    plan = values.plan(viewer, record_type)
    row = selector.one_row(viewer, plan, uid)
    shown = {c.field.key: c.text(c.read(row)) for c in plan.columns}
    narrow = values.held_within(viewer, record_type, uid, fields)
    form = RecordForm(
        viewer, record_type, creating=False, data=request.POST or None, start=start, shown=shown, narrow=narrow
    )
    form.initial["opened_with"] = conflict.opened(form)
    conflict.chosen(form, request.POST)
    context: dict[str, Any] = {
        "type": record_type,
        "form": form,
        "uid": uid,
        "heading": gettext("Edit: %(name)s") % {"name": shown.get(record_type.name_field, "")},
    }
    if request.method == "POST" and form.is_valid():
        try:
            changed = _update(viewer, record_type, uid, form, start)
        except Stale:
            context["conflict"] = conflict.compared(form, shown, request.POST)
            context["last"] = selector.last_change(record_type, uid)
            form.data = form.data.copy()
            form.data["version"], form.data["opened_with"] = start["version"], form.initial["opened_with"]
            return render(request, "records/form.html", context, status=409)
        except Invalid as refusal:
            form.refuse(refused_fields(refusal))
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            context["alike"] = refusal.data.get("numbers", ())
        else:
            undoing = f"/{record_type.code}/{uid}/undo/" if changed else ""
            return _done(request, record_type, uid, gettext("Saved."), undoing)
    return render(request, "records/form.html", context, status=422 if form.errors else 200)


def _update(viewer: Any, record_type: RecordType, uid: UUID, form: RecordForm, start: dict[str, Any]) -> bool:
    """Whether there was anything to save, and it was."""
    changed = [key for key in form.changed_data if key not in ("version", "opened_with")]
    if not changed:
        return False
    version = form.cleaned_data.get("version")
    if version is None:
        version = start["version"]
    undo.updating(viewer, record_type, uid, version, form.arguments(changed))
    return True


def delete(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """Name what will be deleted and ask; then delete through the service."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if record_type.delete is None:
        raise NotFound(code=record_type.code)
    plan = values.plan(viewer, record_type, (record_type.name_field,))
    row = selector.one_row(viewer, plan, uid)
    name = plan.columns[0].text(plan.columns[0].read(row))
    context = {"type": record_type, "uid": uid, "name": name, "version": row[2]}
    if request.method != "POST":
        return render(request, "records/delete.html", context)
    try:
        record_type.delete(viewer=viewer, uid=uid, version=_version(request, row[2]))
    except NotFound:
        raise
    except Refusal as refusal:
        context["problem"] = words_of(refusal)
        return render(request, "records/delete.html", context, status=refusal.status)
    words = gettext("Deleted: %(name)s") % {"name": name}
    return _done(request, record_type, None, words, f"/{record_type.code}/{uid}/restore/")


def _version(request: HttpRequest, present: int) -> int:
    """The version that the person saw; what is none cannot be the present one."""
    given = request.POST.get("version")
    return (typed.whole_or_none(given) or 0) if given else present


def toast(words: str, undo: str = "") -> str | dict[str, str]:
    """What the toast says, with the button that takes it back by a POST to ``undo``."""
    return {"words": words, "undo": undo, "label": gettext("Undo")} if undo else words


def with_undo(words: str, undo: str = "") -> str:
    """The same as a line of the next page."""
    return format_html('{} <a href="{}">{}</a>', words, undo, gettext("Undo")) if undo else words


def _done(
    request: HttpRequest, record_type: RecordType, uid: UUID | None, words: str, undoing: str = "", *,
    closes: bool = True,
) -> HttpResponse:  # fmt: skip
    """Close the drawer and refresh what lies behind it; without htmx go to the record. No words: nothing is said."""
    selector.forget_totals()
    if request.headers.get("HX-Request"):
        # Closing comes last: events start at the form, and one that has left the page tells nobody.
        said = {"toast": toast(words, undoing)} if words else {}
        events = {"records:changed": {"code": record_type.code}, **said, **({"drawer:close": True} if closes else {})}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    if words:
        messages.success(request, with_undo(words, undoing))
    is_seen = uid is not None and selector.is_visible(request.viewer, record_type, uid)  # type: ignore[attr-defined]
    return redirect(record_type.link(uid) if uid and is_seen else f"/{record_type.code}/")


def _prefilled(viewer: Any, record_type: RecordType, request: HttpRequest) -> dict[str, Any]:
    """Values that the address carries: the customer whose page the form was opened from, a date."""
    start: dict[str, Any] = {}
    for field in values.writable(viewer, record_type, creating=True):
        text = request.GET.get(field.key)
        if not text:
            continue
        if field.kind is Kind.RELATION:
            start[field.key] = _related_start(viewer, field.relation, text)
        elif field.kind is Kind.DATE:
            try:
                start[field.key] = day_of(text)
            except ValueError:
                continue
        elif field.kind in (Kind.TEXT, Kind.CHOICE, Kind.BADGE):
            start[field.key] = text[:200]
    return start


def _related_start(viewer: Any, code: str, text: str) -> Any:
    related = find(code)
    if related is None:
        return None
    try:
        plan = values.plan(viewer, related, (related.name_field,))
        row = selector.one_row(viewer, plan, UUID(text))
    except (ValueError, NotFound):
        return None
    return (row[1], plan.columns[0].text(plan.columns[0].read(row)))


def refused_fields(refusal: Invalid) -> dict[str, str]:
    """What a service says of single fields, in the reader's language."""
    given = refusal.data.get("fields", {})
    return {key: said(words) if isinstance(words, str) else str(words) for key, words in given.items()}


def words_of(refusal: Refusal) -> str:
    """The sentence, and for a gate the names of what is missing."""
    words = gettext(refusal.sentence)
    words = words % refusal.data if "%(" in words else words
    missing = [said(str(code)) for code in refusal.data.get("missing", ())]
    return f"{words} {' · '.join(missing)}" if missing else words
