"""One record: its page, the drawer that peeks at it, masked values opened with a reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import dropwhile
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.html import escape
from django.utils.translation import gettext

from zhike.foundation import obligations
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import acts, neighbours, related, selector, undo, values, writing
from zhike.foundation.records import query as queries
from zhike.foundation.records.custom import opening
from zhike.foundation.records.declare import CUSTOM, Field, Kind, Klass, RecordType, Related
from zhike.foundation.records.registry import find
from zhike.foundation.records.views import inline
from zhike.foundation.records.views.listing import _cell_class


def record_page(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """The generic page of a record: facts by section, then related lists."""
    viewer = request.viewer  # type: ignore[attr-defined]
    context = record_context(viewer, record_type, uid)
    row = context["row"] = context["row"] or acts.row_of(viewer, record_type, uid)
    context["around"] = neighbours.of(request, record_type, row.pk)
    return render(request, "records/page.html", context | related_context(viewer, record_type, uid, row))


def peek(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """The same record in the drawer, without leaving the list."""
    viewer = request.viewer  # type: ignore[attr-defined]
    context = record_context(viewer, record_type, uid)
    if neighbours.CAME_FROM in request.GET:
        context["link"] += f"?{neighbours.CAME_FROM}={quote(request.GET[neighbours.CAME_FROM], safe='')}"
    return render(request, "records/peek.html", context)


def record_context(viewer: Viewer, record_type: RecordType, uid: UUID, held: Any = None) -> dict[str, Any]:
    """What page and drawer show of a record: usable by hand-made pages too, which may have the record already."""
    plan = values.plan(viewer, record_type)
    row = selector.one_row(viewer, plan, uid)
    html = {c.field.key: h for c, h in zip(plan.columns, plan.htmls(row), strict=True)}
    column = next((c for c in plan.columns if c.field.key == record_type.name_field), None)
    may_edit = viewer.may(record_type.area, Level.EDIT)
    needs_row = bool(record_type.acts or record_type.steps or record_type.duty_subject)
    if held is None and needs_row:
        held = acts.row_of(viewer, record_type, uid)
    in_place = inline.fields_of(viewer, record_type) if may_edit else {}
    groups = _groups(record_type, plan, row, html, in_place)
    return {
        "type": record_type,
        "uid": uid,
        "version": row[2],
        "name": column.text(column.read(row)) if column else str(record_type.title),
        "groups": groups,
        "empty_groups": [group["title"] for group in groups if group["is_empty"]],
        "may_edit": may_edit and record_type.update is not None,
        "may_undo": undo.is_offered(viewer, record_type, uid, row[2]),
        "may_see_files": record_type.files is not None and viewer.may(record_type.area, Level.FULL),
        "may_delete": may_edit and record_type.delete is not None,
        "acts": [] if held is None else _acts(viewer, record_type, held),
        "steps": [] if held is None else _steps(record_type, held),
        "clocks": _clocks(viewer, record_type, held),
        "row": held,
        "link": record_type.link(uid),
    }


def _acts(viewer: Viewer, record_type: RecordType, row: Any) -> list[dict[str, Any]]:
    """Buttons: an act that asks nothing runs at once, the others open their form."""
    return [
        {
            "code": act.code,
            "title": act.title,
            "icon": act.icon,
            "is_main": act.is_main,
            "at_once": not (acts.fields_of(viewer, act, row) or act.destroys or act.asks),
        }
        for act in acts.offered(viewer, record_type, row)
    ]


def _steps(record_type: RecordType, row: Any) -> list[dict[str, Any]]:
    """The way of the record as far as it has come; ends that were not taken are left out.

    Who came to a bad end left the way somewhere: no step counts as done then, and no good end as passed.
    """
    field = record_type.field(record_type.steps) if record_type.steps else None
    if field is None:
        return []
    now = getattr(row, field.path)
    options = list(field.options)
    from_now = [c.tone for c in dropwhile(lambda c: c.code != now, options)]
    is_lost = set(from_now) == {"bad"}
    unseen = {"bad", "good"} if is_lost else {"bad"}
    way = [c for c in options if c.code == now or c.tone not in unseen]
    at = next((i for i, c in enumerate(way) if c.code == now), -1)
    return [
        {"label": c.label, "is_done": i < at and not is_lost, "is_now": i == at, "number": i + 1}
        for i, c in enumerate(way)
    ]


def _clocks(viewer: Viewer, record_type: RecordType, row: Any) -> list[Any]:
    """Duties about this record, running ones first, for its page."""
    if row is None or not record_type.duty_subject:
        return []
    return list(obligations.duties_about(viewer, record_type.duty_subject, row.pk)[:12])


def _groups(
    record_type: RecordType, plan: values.Plan, row: Any, html: dict[str, str], in_place: Collection[str]
) -> list[dict[str, Any]]:
    fields = {c.field.key: c.field for c in plan.columns}
    texts = {c.field.key: c.text(c.read(row)) for c in plan.columns}
    sections = record_type.sections or ()
    named = [(str(s.title), [k for k in s.fields if k in fields]) for s in sections]
    if not named:
        named = [("", [k for k in fields if k != record_type.name_field and not k.startswith(CUSTOM)])]
    named.append((gettext("Custom fields"), [k for k in fields if k.startswith(CUSTOM)]))
    return [
        {
            "title": title,
            "is_empty": bool(title) and all(html[key] == writing.NOTHING for key in keys),
            "facts": [
                {
                    "key": key,
                    "label": str(fields[key].label),
                    "html": values.safe([html[key]]),
                    "opens": _opens(record_type, fields[key], texts[key]),
                    "changes": key in in_place,
                }
                for key in keys
            ],
        }
        for title, keys in named
        if keys
    ]


def _opens(record_type: RecordType, field: Field, text: str) -> bool:
    """Whether there is an eye beside the value. Whether it opens is for the room's service to say."""
    hidden = field.klass is Klass.SENSITIVE or (values.is_hidden(field) and "*" in text)
    return record_type.reveal is not None and hidden and bool(text)


def related_context(viewer: Viewer, record_type: RecordType, uid: UUID, held: Any) -> dict[str, Any]:
    """The related lists of a record that the viewer's posts include, and which of them may be added to.

    ``held`` is the record itself.
    """
    present = related.present(record_type, record_type.related, held.pk)
    blocks = (_block(viewer, one, uid, held, has_any=one.code in present) for one in record_type.related)
    found = [block for block in blocks if block is not None]
    return {"related": found, "creates": [block for block in found if block["new"]]}


def _block(viewer: Viewer, one: Related, uid: UUID, held: Any, *, has_any: bool) -> dict[str, Any] | None:
    """A short list of related records, or None where the posts do not include their area.

    ``held`` is the record on whose page they stand: a new one is for the same customer. Nothing is read where there is
    not ``has_any``.
    """
    kind = find(one.code)
    if kind is None or not viewer.may(kind.area, Level.BASIC):
        return None
    by = kind.field(one.by)
    if by is None:
        raise KeyError(f"{one.code}.{one.by}")
    columns = one.columns or tuple(c for c in kind.list_columns if c != one.by)
    # On the page of a customer a lead is not told apart by the customer's name.
    first = columns[0] if kind.name_field == by.key else kind.name_field
    plan = values.plan(viewer, kind, dict.fromkeys((first, *(c for c in columns if c != by.key))))
    rows = _first_rows(viewer, one, plan, f"{by.key}={uid}") if has_any else []
    return {
        "type": kind,
        "heads": [{"label": str(c.field.label), "class": _cell_class(kind, c.field)} for c in plan.columns],
        "rows": [_related_row(kind, plan, row) for row in rows[: one.rows]],
        "has_more": len(rows) > one.rows,
        "more": f"/{kind.code}/?{by.key}={uid}",
        "new": f"/{kind.code}/new/?{by.key}={uid}{_same_customer(kind, by, held)}"
        if kind.create and by.editable and viewer.may(kind.area, Level.EDIT)
        else "",
    }


def _first_rows(viewer: Viewer, one: Related, plan: values.Plan, filters: str) -> list[Any]:
    asked = queries.parse(viewer, plan.record_type, QueryDict(filters))
    if not asked.conditions:
        raise KeyError(f"{one.code}.{one.by} is not filterable")
    return selector.found(viewer, plan, asked, one.rows + 1)


def _same_customer(kind: RecordType, by: Field, held: Any) -> str:
    field, customer = kind.field("customer"), getattr(held, "customer", None)
    if field is None or not field.editable or by.key == "customer" or customer is None:
        return ""
    return f"&customer={customer.uid}"


def _related_row(kind: RecordType, plan: values.Plan, row: Any) -> dict[str, Any]:
    cells = [
        {"html": values.safe([h]), "class": _cell_class(kind, c.field)}
        for c, h in zip(plan.columns, plan.htmls(row), strict=True)
    ]
    name = plan.columns[0]
    if name.field.kind is Kind.RELATION:  # a link to another record inside the link to this one
        cells[0]["html"] = escape(name.text(name.read(row)))
    return {"uid": row[1], "link": kind.link(row[1]), "name": cells[0], "cells": cells[1:]}


def reveal(request: HttpRequest, record_type: RecordType, uid: UUID, key: str) -> HttpResponse:
    """Ask for a reason, then show one masked value in full; the room's service decides and logs."""
    viewer = request.viewer  # type: ignore[attr-defined]
    field = record_type.field(key)
    if field is None or record_type.reveal is None or not values.allows(viewer, record_type, field):
        raise NotFound(field=key)
    if not selector.is_visible(viewer, record_type, uid):
        raise NotFound(uid=str(uid))
    fragment = bool(request.headers.get("HX-Request"))
    context: dict[str, Any] = {"type": record_type, "uid": uid, "field": field, "fragment": fragment}
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        if reason:
            context["value"] = (
                opening.reveal(viewer=viewer, record_type=record_type, uid=uid, field=field, reason=reason)
                if field.custom
                else record_type.reveal(viewer=viewer, uid=uid, field=key, reason=reason)
            )
            response = render(request, "records/revealed.html", context)
            response["Cache-Control"] = "no-store"
            return response
        context["problem"] = True
    return render(request, "records/reveal.html", context, status=422 if "problem" in context else 200)


PICKED = 10
_READ_THROUGH = 100  # of records without search so many are looked at for the words


def pick(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Options of a picker: the first visible records that the words find, of one customer where the form says so."""
    viewer = request.viewer  # type: ignore[attr-defined]
    words = request.GET.get("q", "").strip()[:100]
    plan = values.plan(viewer, record_type, (record_type.name_field,))
    asked = queries.parse(viewer, record_type, _narrowing(viewer, record_type, request.GET))
    rows: list[Any] = []
    if record_type.search and words:
        rows = selector.found(viewer, plan, replace(asked, words=words), PICKED)
    elif not record_type.search and (words or asked.conditions):
        rows = selector.found(viewer, plan, asked, _READ_THROUGH)
    name = plan.columns[0]
    options = [{"uid": row[1], "name": name.text(name.read(row))} for row in rows]
    if not record_type.search:
        options = [option for option in options if words.lower() in option["name"].lower()][:PICKED]
    return render(request, "records/picked.html", {"found": options, "words": words})


def _narrowing(viewer: Viewer, record_type: RecordType, given: QueryDict) -> QueryDict:
    """What of the query string filters these records; an empty field of the form filters nothing."""
    kept = QueryDict(mutable=True)
    for field in queries.filters_for(viewer, record_type):
        if given.get(field.key):
            kept[field.key] = given[field.key]
    return kept
