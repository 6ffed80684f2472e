"""REST of many records at once: ``POST /api/v1/<records>/bulk``, an import that nobody has to map."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Router

from zhike.foundation import policies
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.imports import selectors, services, targets
from zhike.foundation.imports.plan import ON_MATCH, SKIP, Plan
from zhike.foundation.imports.policy import CallPolicy
from zhike.foundation.kit import bodies
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records.declare import CUSTOM, Field, Kind, RecordType
from zhike.foundation.records.importer import Importer
from zhike.foundation.records.openapi import ONCE, PROBLEM

# Which ones there are is for each enterprise to say, at any time.
_ADDED = {"description": "a field that the enterprise added"}
_JSON, _MIB = "application/json", 1024 * 1024
_SWITCHES = ("dry_run", "starts_duties")
_KNOWN = frozenset({"rows", "key", "on_match", *_SWITCHES})
_REFUSALS = {
    400: "not readable", 401: "not signed in", 403: "the posts do not include this", 409: "not possible now",
    413: "more rows, or a larger body, than one call takes", 422: "values that need correcting", 429: "asks too often",
}  # fmt: skip


def router_of(record_type: RecordType) -> Router:
    """The one route of a kind of records that comes in from files."""
    router = Router(tags=[record_type.code])
    view = _sender(record_type)
    view.route = Route(Door.STAFF)  # type: ignore[attr-defined]
    view.most_bytes = _most_bytes  # type: ignore[attr-defined]
    router.add_api_operation(
        "/bulk", ["POST"], view, operation_id=f"{record_type.code}_bulk", summary=f"bulk {record_type.code}",
        openapi_extra=_described(record_type),
    )  # fmt: skip
    return router


def _most_bytes() -> int:
    return policies.current().get(CallPolicy).body_mib_max * _MIB


def _sender(record_type: RecordType) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        sent = bodies.take(request, _most_bytes())
        body = _read(sent)
        plan = Plan({}, key=body["key"], on_match=body["on_match"], starts_duties=body["starts_duties"],
                    writes=not body["dry_run"])  # fmt: skip
        made = services.import_rows(
            viewer=request.viewer, record_type=record_type, rows=body["rows"], plan=plan,  # type: ignore[attr-defined]
            size_bytes=len(sent), sha256=hashlib.sha256(sent).hexdigest(),
        )  # fmt: skip
        address = f"/api/v1/imports/{made.uid}"
        answer = selectors.described(made) | {"address": address, "rows_address": f"{address}/rows"}
        response = HttpResponse(orjson.dumps(answer), status=202, content_type=_JSON)
        response["Location"] = address
        return response

    return view


def _read(sent: bytes) -> dict[str, Any]:
    """The body with what it leaves out filled in. Raises Invalid."""
    try:
        body = orjson.loads(sent)
    except orjson.JSONDecodeError:
        raise Invalid(fields={"body": _("This is not valid JSON.")}) from None
    if not isinstance(body, dict):
        raise Invalid(fields={"body": _("Send a JSON object.")})
    problems = {str(key)[:80]: "unknown_field" for key in body if key not in _KNOWN}
    rows = body.get("rows")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        problems["rows"] = _("Send a list of objects, one for each row.")
    if not isinstance(body.setdefault("key", ""), str):
        problems["key"] = "not_an_option"
    if body.setdefault("on_match", SKIP) not in ON_MATCH:
        problems["on_match"] = "not_an_option"
    for switch in _SWITCHES:
        if not isinstance(body.setdefault(switch, False), bool):
            problems[switch] = _("Send true or false.")
    if problems:
        raise Invalid(fields=problems)
    return body


def _described(record_type: RecordType) -> dict[str, Any]:
    importer = cast(Importer, record_type.importer)
    declared = targets.declared(record_type)
    row = {t.code: _value(t) for t in [*declared, *targets.by_uid(declared)]}
    keys = ["", *(key.field for key in importer.keys), targets.UID]
    row |= {targets.UID: {"type": "string", "format": "uuid"}, targets.VERSION: {"type": "integer", "minimum": 1}}
    properties = {
        "rows": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "properties": row, "patternProperties": {f"^{CUSTOM}": _ADDED}},
        },
        "key": {"type": "string", "enum": keys, "description": "by what a row is recognised; empty: each is new"},
        "on_match": {"type": "string", "enum": list(ON_MATCH), "description": "what happens to records that are there"},
        "dry_run": {"type": "boolean", "description": "try it out and write nothing"},
        "starts_duties": {"type": "boolean", "description": "start the duties of records that are still open"},
    }
    schema = {"type": "object", "required": ["rows"], "properties": properties, "additionalProperties": False}
    answers: dict[int, Any] = {
        status: {"description": words, "content": {"application/problem+json": {"schema": PROBLEM}}}
        for status, words in _REFUSALS.items()
    }
    said = {"type": "object", "required": ["uid", "state", "address", "rows_address"]}
    answers[202] = {"description": "taken in; ask its address how far it is", "content": {_JSON: {"schema": said}}}
    return {
        "responses": answers,
        "parameters": [ONCE],
        "requestBody": {"required": True, "content": {_JSON: {"schema": schema}}},
    }


def _value(target: targets.Target) -> dict[str, Any]:
    field: Field = target.field
    if target.via is not None:
        return {"description": f"the {target.via.field} of the related record"}
    words = {
        Kind.MONEY: f"minor units of {field.currency}", Kind.PERCENT: "a ratio: 0.25 for 25 %",
        Kind.PERSON: "a member of staff by uid, login or name", Kind.DATE: "2026-11-30",
        Kind.DATETIME: "2026-11-30T09:30:00+08:00",
    }.get(field.kind, "")  # fmt: skip
    found: dict[str, Any] = {"description": words} if words else {}
    if field.kind in (Kind.CHOICE, Kind.BADGE) and not callable(field.choices):
        found["enum"] = [choice.code for choice in field.options] + [None]
    return found
