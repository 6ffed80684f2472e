"""The list: one question, one page of rows, the tools around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records import (
    conditions,
    export,
    names,
    neighbours,
    operations,
    preferences,
    quick,
    selector,
    values,
)
from zhike.foundation.records import query as queries
from zhike.foundation.records import where as grammar
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.views import board, calendar, tabs

_RIGHT = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)


def list_page(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The list as a page, table or board, or its changing part alone when htmx asks for it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, request.GET)
    preference, view = tabs.looks(request, record_type, asked)
    if not request.GET and (target := tabs.opening(request, record_type, preference)):
        return redirect(target)
    layout = board.layout_of(request, record_type, view.layout if view else "")
    shown = {"board": _board, "calendar": _calendar}.get(layout, _table)
    context: dict[str, Any] = {
        "type": record_type,
        "asked": asked,
        "as": layout,
        "chips": _chips(record_type, asked),
        "quick": quick.chips(viewer, record_type, asked),
        "tabs": tabs.tabs(viewer, record_type, asked, request.user.rights_version, preference),
        "density": preference.density,
        "has_filters": bool(queries.filters_for(viewer, record_type)),
        "may_create": record_type.create is not None and viewer.may(record_type.area, Level.EDIT),
        "may_restore": record_type.restore is not None and viewer.may(record_type.area, Level.EDIT),
        "may_import": record_type.importer is not None and _may_import(viewer, record_type),
        "here": asked.encoded(),
        "elsewhere": asked.encoded(view="") if view and view.layout else asked.encoded(),
        **shown(request, record_type, asked, preference),
    }
    template = "records/_list.html" if request.headers.get("HX-Target") == "list" else "records/list.html"
    return render(request, template, context)


def _calendar(request: HttpRequest, record_type: RecordType, asked: ListQuery, _preference: Any) -> dict[str, Any]:
    return calendar.context(request, record_type, asked)


def _may_import(viewer: Any, record_type: RecordType) -> bool:
    return viewer.may(record_type.area, Level.EDIT) or viewer.may(Area.SETTINGS, Level.EDIT)


def _board(request: HttpRequest, record_type: RecordType, asked: ListQuery, _preference: Any) -> dict[str, Any]:
    viewer = request.viewer  # type: ignore[attr-defined]
    columns = board.columns(viewer, record_type, asked)
    return {
        "columns": columns,
        "count": sum(column.count for column in columns),
        "may_move": board.may_move(viewer, record_type),
    }


def _table(request: HttpRequest, record_type: RecordType, asked: ListQuery, preference: Any) -> dict[str, Any]:
    viewer = request.viewer  # type: ignore[attr-defined]
    chosen = preference.columns or record_type.list_columns
    named = (record_type.name_field, *(c.partition(":")[0] for c in chosen if c != record_type.name_field))
    plan = values.plan(viewer, record_type, named)
    page = selector.page(viewer, plan, asked)
    return {
        "page": page,
        "rows": _rows(record_type, plan, page.rows, neighbours.suffix(asked)),
        "widths": _widths(plan, chosen),
        "heads": _heads(viewer, record_type, plan, asked),
        "pager": _pager(asked, page),
        "may_change_many": operations.is_offered(viewer, record_type),
        "bulk_actions": [a for a in record_type.bulk if viewer.may(record_type.area, a.level)],
    }


def _rows(record_type: RecordType, plan: values.Plan, rows: Sequence[tuple[Any, ...]], suffix: str) -> SafeString:
    """All rows as HTML. Made in Python: a template with a component per cell takes ten times as long."""
    classes = [_cell_class(record_type, c.field) for c in plan.columns]
    link, code, select = record_type.link, record_type.code, escape(gettext("Select"))
    name = plan.columns[0]
    parts: list[str] = []
    for row in rows:
        uid = str(row[1])
        cells = plan.htmls(row)
        title = escape(name.text(name.read(row)))
        # A name that is itself a related record would be a link inside the link to this one.
        shown = title if name.field.kind is Kind.RELATION else cells[0]
        parts.append(
            f'<tr data-url="/{code}/{uid}/peek/{suffix}"><td class="z-pick"><input type="checkbox" name="uid"'
            f' value="{uid}" form="bulk" aria-label="{select} {title}"></td>'
            f'<td class="z-name" title="{title}"><a href="{link(uid)}{suffix}">{shown}</a></td>'
        )
        parts.extend(
            f'<td class="{klass}">{cell}</td>' if klass else f"<td>{cell}</td>"
            for klass, cell in zip(classes[1:], cells[1:], strict=True)
        )
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every value was escaped where it was written


def _widths(plan: values.Plan, chosen: Sequence[str]) -> list[str]:
    """The chosen widths of the shown columns; nothing where none was chosen."""
    found = dict(preferences.split(column) for column in chosen)
    return [found.get(c.field.key, "") for c in plan.columns] if any(found.values()) else []


def _cell_class(record_type: RecordType, field: Field) -> str:
    kept = "z-keep" if field.key in record_type.card else ""
    right = "z-r" if field.kind in _RIGHT else ""
    return f"{right} {kept}".strip()


def _heads(viewer: Any, record_type: RecordType, plan: values.Plan, asked: ListQuery) -> list[dict[str, Any]]:
    offered = {s.field: s for s in queries.sorts_for(viewer, record_type)}
    now = asked.sort or record_type.first_sort
    heads = []
    for column in plan.columns:
        key, spec = column.field.key, offered.get(column.field.key)
        head: dict[str, Any] = {"label": str(column.field.label), "class": _cell_class(record_type, column.field)}
        if spec is not None:
            is_now, is_down = now.lstrip("-") == key, now.startswith("-")
            turned = key if is_now and is_down else f"-{key}" if is_now or spec.descending else key
            head |= {
                "url": "?" + asked.encoded(sort=turned),
                "sorted": ("descending" if is_down else "ascending") if is_now else "none",
            }
        heads.append(head)
    return heads


def _chips(record_type: RecordType, asked: ListQuery) -> list[dict[str, str]]:
    chips = [{"words": c.words, "url": "?" + asked.encoded(without=c)} for c in asked.conditions]
    if queries.hides_unknown(record_type, asked.sort):
        field = record_type.field((asked.sort or record_type.first_sort).lstrip("-"))
        chips.append({"words": gettext("Only with: %(field)s") % {"field": field.label if field else ""}, "url": ""})
    return chips


def _pager(asked: ListQuery, page: selector.Page) -> dict[str, Any]:
    last = -(-page.total.count // page.size) if page.total.exact else None
    return {
        "previous": "?" + asked.encoded(page=str(page.number - 1)) if page.number > 1 else "",
        "first": "?" + asked.encoded(page="") if page.number > 2 else "",
        "next": "?" + asked.encoded(page=str(page.number + 1)) if page.has_next else "",
        "last": "?" + asked.encoded(page=str(last)) if last and last > page.number + 1 else "",
        "count": "?" + asked.encoded(),
    }


def _filter_inputs(viewer: Any, record_type: RecordType, asked: ListQuery) -> list[dict[str, Any]]:
    """What the filter panel offers; related records are filtered from their own pages."""
    given: dict[str, list[str]] = {}
    for key, value in asked.parameters:
        given.setdefault(key, []).append(value)
    inputs = []
    for field in queries.filters_for(viewer, record_type):
        if field.kind is Kind.RELATION:
            continue
        options = _options(record_type, field, given.get(field.key, []))
        inputs.append(
            {
                "key": field.key,
                "label": str(field.label),
                "kind": "range"
                if field.key + "__from" in conditions.parameters_of(field)
                else "pick"
                if options
                else "text",
                "type": _input_type(field, given),
                "options": options,
                "value": " ".join(given.get(field.key, [])),
                "from": " ".join(given.get(field.key + "__from", [])),
                "to": " ".join(given.get(field.key + "__to", [])),
            }
        )
    return inputs


def _input_type(field: Field, given: Mapping[str, Sequence[str]]) -> str:
    """A date picker cannot show "-30d": then it is a text field."""
    if field.kind not in (Kind.DATE, Kind.DATETIME):
        return "number"
    texts = [*given.get(field.key + "__from", []), *given.get(field.key + "__to", [])]
    return "date" if all(text[:1].isdigit() for text in texts) else "text"


def _options(record_type: RecordType, field: Field, given: Sequence[str]) -> list[dict[str, Any]]:
    if field.kind in (Kind.CHOICE, Kind.BADGE, Kind.TAGS):
        pairs = [(c.code, str(c.label)) for c in field.options]
        if conditions.may_be_empty(record_type, field):
            pairs.append((conditions.EMPTY, gettext("none")))
    elif field.kind is Kind.BOOL:
        pairs = [("1", gettext("Yes")), ("0", gettext("No"))]
    elif field.kind is Kind.PERSON:
        pairs = [("me", gettext("me")), *_named(names.people), (conditions.EMPTY, gettext("none"))]
    elif field.kind is Kind.DEPARTMENT:
        pairs = [("mine", gettext("my department")), *_named(names.departments)]
    else:
        return []
    return [{"code": code, "label": label, "is_on": code in given} for code, label in pairs]


def _named(book: Any) -> list[tuple[str, str]]:
    return sorted(((str(n.uid), n.name) for n in book.read().values()), key=lambda pair: pair[1])


def total(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The exact total, asked for by a click on "10,000+"."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, request.GET)
    count = selector.counted_exactly(viewer, record_type, asked).count
    if request.headers.get("HX-Request"):
        return HttpResponse(f"{count:,}")
    return render(request, "records/total.html", {"type": record_type, "count": count, "here": asked.encoded()})


def filters(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The filter panel, fetched when it is opened: its many choices would double the weight of each list."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, request.GET)
    context = {
        "type": record_type,
        "asked": asked,
        "filters": _filter_inputs(viewer, record_type, asked),
        "where": grammar.write(asked.tree) if asked.tree else "",
        "here": asked.encoded(),
        "fragment": bool(request.headers.get("HX-Request")),
    }
    return render(request, "records/filters.html", context)


def export_file(
    request: HttpRequest, record_type: RecordType, file_format: str
) -> HttpResponse | StreamingHttpResponse:
    """The list, or its selected rows, as a file: the columns on the screen, masked as on the screen."""
    if file_format not in export.FORMATS:
        raise NotFound(format=file_format)
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, request.GET)
    preference, _view = tabs.looks(request, record_type, asked)
    chosen = (c.partition(":")[0] for c in preference.columns or record_type.list_columns)
    plan = values.plan(viewer, record_type, dict.fromkeys((record_type.name_field, *chosen)))
    ids = export.ids_for(viewer, record_type, asked, selected_uids(request))
    export.log(viewer, plan, asked, len(ids), file_format)
    name = export.file_name(record_type, file_format)
    if file_format == "xlsx":
        return FileResponse(export.xlsx_file(plan, ids), as_attachment=True, filename=name)
    response = StreamingHttpResponse(export.csv_chunks(plan, ids), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def selected_uids(request: HttpRequest) -> list[str]:
    """Selected identifiers; Invalid for what is none or too many at once."""
    given = request.POST.getlist("uid") if request.method == "POST" else request.GET.getlist("uid")
    if len(given) > selector.limits().bulk_rows_max:
        raise Invalid(fields={"uid": _("Too many rows are selected at once.")})
    try:
        return [str(UUID(text)) for text in given]
    except ValueError:
        raise Invalid(fields={"uid": _("A selected row has no valid identifier.")}) from None


def way_back(request: HttpRequest, record_type: RecordType) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else f"/{record_type.code}/"
