"""The audit page: who did what, when, from where; and whether the chain is whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from zhike.foundation import audit, records, search
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.audit import words
from zhike.foundation.kit import clock, typed
from zhike.foundation.records import names
from zhike.foundation.records.declare import Field
from zhike.foundation.records.links import Link, links_of
from zhike.interfaces.web.views import audit_words

PAGE = 50


@require_GET
@route(area=Area.CONSENT, level=Level.FULL)
def log(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first, narrowed by person, action, kind and period."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.GET
    filters = audit.Filters(
        person_id=_number(asked.get("person", "")),
        action=asked.get("action", "").strip()[:80],
        kind=asked.get("kind", "").strip()[:40],
        since=_start(asked.get("since", "")),
        until=_end(asked.get("until", "")),
    )
    lines = audit.entries(viewer, filters, before=_number(asked.get("before", "")), limit=PAGE + 1)
    subjects = {(line.kind, line.object_id) for line in lines[:PAGE] if line.object_id is not None}
    links = links_of(viewer, subjects, kind_of=_records_of)
    kept = [
        (field, values.get(name))
        for line in lines[:PAGE] for name, field in _changed(line) for values in (line.before, line.after)
    ]  # fmt: skip
    pointed = audit_words.related(viewer, kept)
    context = {
        "lines": [_shown(line, links, pointed) for line in lines[:PAGE]],
        "actions": _in_words({code: str(said) for code, said in words.actions().items()}, filters.action),
        "kinds": _in_words({code: str(kind.words) for code, kind in words.kinds().items()}, filters.kind),
        "older": lines[PAGE - 1].id if len(lines) > PAGE else None,
        "asked": asked,
        "people": Person.objects.order_by("name").values_list("id", "name"),
        "count": audit.count(viewer, filters),
    }
    return render(request, "web/audit.html", context)


@require_GET
@route(area=Area.CONSENT, level=Level.FULL)
def chain(request: HttpRequest) -> HttpResponse:
    """Verify the chain now and say how it stands: a fragment of the page above, a page of its own without scripts."""
    template = "web/chain.html" if request.headers.get("HX-Request") else "web/chain_page.html"
    return render(request, template, {"report": audit.verify()})


def _in_words(known: dict[str, str], asked: str) -> list[tuple[str, str]]:
    """Options by their words; what was asked for stays one of them, even if nobody declares it any more."""
    offered = known if not asked or asked in known else {**known, asked: asked}
    return sorted(offered.items(), key=lambda option: search.sort_key(option[1]))


def _records_of(kind: str) -> records.RecordType | None:
    known = words.kinds().get(kind)
    return records.find(known.records if known else kind)


def _shown(
    line: audit.Line, links: Mapping[tuple[str, int], Link], pointed: Mapping[tuple[str, int], Link]
) -> dict[str, Any]:
    record_type = _records_of(line.kind)
    hidden = {name for values in line.personal.values() for part in (values or {}) for name in _names(values, part)}
    return {
        "line": line,
        "who": gettext("The system") if line.name == system("").name else _who(line),
        "action": words.action(line.action),
        "reason": audit_words.reason(line.reason),
        "kind": _kind(line.kind, record_type),
        "link": links.get((line.kind, line.object_id)) if line.object_id is not None else None,
        "changed": [
            {
                "field": _field(record_type, name),
                "before": audit_words.value(field, line.before.get(name, ""), pointed, name),
                "after": audit_words.value(field, line.after.get(name, ""), pointed, name),
            }
            for name, field in _changed(line)
        ],
        "hidden": sorted(_field(record_type, name) for name in hidden),
    }


def _changed(line: audit.Line) -> list[tuple[str, Field | None]]:
    """Names and fields of the values of an entry, the first twelve."""
    record_type = _records_of(line.kind)
    kept = [name for name in dict.fromkeys([*line.before, *line.after]) if name != "on_behalf_of"]
    return [(name, audit_words.field_of(record_type, name)) for name in kept[:12]]


def _who(line: audit.Line) -> str:
    """Who did it; a deputy with the name of who is away."""
    away = names.people.get(line.after.get("on_behalf_of"))
    return (
        gettext("%(deputy)s on behalf of %(person)s") % {"deputy": line.name, "person": away.name}
        if away
        else line.name
    )


def _kind(code: str, record_type: records.RecordType | None) -> str:
    """An export names the list that it came from, everything else its kind."""
    return words.kind(code) if code in words.kinds() or record_type is None else str(record_type.plural)


def _field(record_type: records.RecordType | None, name: str) -> str:
    """The label of a value where the records have such a field."""
    found = audit_words.field_of(record_type, name)
    return str(found.label if found else audit_words.OTHER_FIELDS.get(name, name))


def _names(values: Mapping[str, Any] | None, part: str) -> list[str]:
    """Personal values stand under "before" and "after", or by their own names."""
    inner = (values or {}).get(part)
    return list(inner) if isinstance(inner, Mapping) else [part]


def _number(text: str) -> int | None:
    return typed.whole_or_none(text, most=typed.LARGEST_ID)


def _start(text: str) -> dt.datetime | None:
    try:
        return clock.start_of(typed.day(text)) if text else None
    except ValueError:
        return None


def _end(text: str) -> dt.datetime | None:
    start = _start(text)
    return start + dt.timedelta(days=1) if start else None
