"""The OpenAPI words for routes that bypass the framework's serialiser for speed: made from the same declaration."""

from __future__ import annotations

from typing import Any

from zhike.foundation.records import examples
from zhike.foundation.records.conditions import parameters_of
from zhike.foundation.records.custom import known
from zhike.foundation.records.declare import Field, Kind, Klass, RecordType
from zhike.foundation.records.where import LONGEST

_JSON = "application/json"
_NAMED = {
    "type": "object",
    "properties": {"uid": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
}
_MONEY = {"type": "object", "properties": {"minor": {"type": "integer"}, "currency": {"type": "string"}}}
_TYPES: dict[Kind, dict[str, Any]] = {
    Kind.NUMBER: {"type": "number"},
    Kind.PERCENT: {"type": "number", "description": "a ratio: 0.25 for 25 %"},
    Kind.MONEY: _MONEY,
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.BOOL: {"type": "boolean"},
    Kind.PERSON: _NAMED,
    Kind.DEPARTMENT: _NAMED,
    Kind.RELATION: _NAMED,
    Kind.TAGS: {"type": "array", "items": {"type": "string"}, "description": "codes of tags"},
}
# Which ones there are is for each enterprise to say, on a page and at any time: a description that is kept with the
# source cannot name them.
_ADDED = "fields that the enterprise added, by their names, which begin with x_; values as those of declared fields"
ONCE: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]+$"},
    "description": "the same call with the same key is done once; sent again it gets the first answer",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "a sentence for people"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "instance": {"type": "string"},
        "data": {"type": "object"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def operation(record_type: RecordType, name: str, success: int) -> dict[str, Any]:
    """What ``openapi_extra`` of one operation says."""
    answers: dict[int, Any] = {
        status: {"description": words, "content": {"application/problem+json": {"schema": PROBLEM}}}
        for status, words in _refusals(name).items()
    }
    answers[success] = {"description": "done"}
    if success != 204:
        schema = _SCHEMAS.get(name, _item)(record_type)
        answers[success]["content"] = {_JSON: {"schema": schema}}
    found: dict[str, Any] = {"responses": answers}
    found["parameters"] = _PARAMETERS.get(name, _once)(record_type)
    if name == "restore":
        boxes = {c.keyword: {"type": "boolean"} for c in record_type.confirms}
        body = {"type": "object", "properties": boxes, "additionalProperties": False}
        found["requestBody"] = {"required": True, "content": {_JSON: {"schema": body}}}
    if name.startswith("do_"):
        found["requestBody"] = _sent(_act_body(record_type, name[3:]), _act_example(record_type, name[3:]))
    if name in ("create", "patch"):
        found["requestBody"] = _sent(_body(record_type, name), _example(record_type, name))
    return found


def _sent(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {_JSON: {"schema": schema, "example": example}}}


def _example(record_type: RecordType, name: str) -> dict[str, Any]:
    """A create with what it needs; a patch of the first field that may change."""
    fields = _writable(record_type, name)
    if name == "create":
        return examples.body(fields, only_required=True)
    return examples.body(fields[:1]) | {"version": 3}


def _act_example(record_type: RecordType, code: str) -> dict[str, Any]:
    act = record_type.act(code)
    asked = () if act is None or callable(act.fields) else act.fields
    return examples.body(asked, only_required=True) | {"version": 3}


_ATTACHMENT = {
    "type": "object",
    "properties": {
        "uid": {"type": "string", "format": "uuid"},
        "name": {"type": ["string", "null"], "description": "null once the customer was erased"},
        "media_type": {"type": "string"},
        "size": {"type": "integer"},
        "created_at": {"type": "string", "format": "date-time"},
        "created_by": {"type": "string"},
    },
}
_FILE_REFUSALS = {
    "files": {},
    "add_file": {409: "as many as there may be", 413: "too large", 422: "not a file that may be attached"},
    "get_file": {410: "its key was destroyed"},
    "remove_file": {},
}


def of_files(name: str, success: int) -> dict[str, Any]:
    """What ``openapi_extra`` of one operation on attachments says."""
    refusals = {401: "not signed in", 403: "the posts do not include this", 404: "does not exist or cannot be seen"}
    answers: dict[int, Any] = {
        status: {"description": words, "content": {"application/problem+json": {"schema": PROBLEM}}}
        for status, words in (refusals | _FILE_REFUSALS[name]).items()
    }
    answers[success] = {"description": "done"}
    found: dict[str, Any] = {"responses": answers, "parameters": [ONCE] if name in ("add_file", "remove_file") else []}
    if name == "files":
        schema = {
            "type": "object",
            "required": ["items"],
            "properties": {"items": {"type": "array", "items": _ATTACHMENT}},
        }
        answers[success]["content"] = {_JSON: {"schema": schema}}
    if name == "add_file":
        answers[success]["content"] = {_JSON: {"schema": _ATTACHMENT}}
        upload = {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}},
        }
        found["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": upload}}}
    if name == "get_file":
        answers[success]["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    return found


def _act_body(record_type: RecordType, code: str) -> dict[str, Any]:
    """What an act takes; one whose questions depend on the record takes what its page asks there."""
    act = record_type.act(code)
    properties: dict[str, Any] = {"version": {"type": "integer", "minimum": 1}}
    if act is None or callable(act.fields):
        return {"type": "object", "properties": properties, "required": ["version"]}
    properties |= {f.key: _written(f) for f in act.fields}
    properties |= {c.keyword: {"type": "boolean"} for c in act.confirms}
    required = ["version", *(f.key for f in act.fields if f.required)]
    return {"type": "object", "properties": properties, "additionalProperties": False, "required": required}


def _refusals(name: str) -> dict[int, str]:
    if name.startswith("do_"):
        name = "patch"
    common = {401: "not signed in", 403: "the posts do not include this", 429: "the token asks too often"}
    return common | {
        "list": {422: "a filter, order or cursor that is not offered"},
        "get": {404: "does not exist or cannot be seen"},
        "acts": {404: "does not exist or cannot be seen"},
        "create": {400: "not readable", 409: "not possible as things stand", 422: "fields that need correcting"},
        "patch": {
            400: "not readable",
            404: "does not exist or cannot be seen",
            409: "changed meanwhile",
            422: "fields that need correcting",
        },
        "undo": {404: "does not exist or cannot be seen", 409: "nothing to undo, or changed since"},
        "deleted": {422: "a cursor that is not offered"},
        "restore": {
            400: "not readable",
            404: "is not in the recycle bin",
            409: "not possible as things stand",
            422: "fields that need correcting",
        },
        "delete": {404: "does not exist or cannot be seen", 409: "not possible as things stand"},
    }.get(name, {})


def _item(record_type: RecordType) -> dict[str, Any]:
    properties: dict[str, Any] = {"uid": {"type": "string", "format": "uuid"}, "version": {"type": "integer"}}
    if known.takes(record_type):
        properties["custom"] = {"type": "object", "description": _ADDED}
    return {
        "type": "object",
        "required": ["uid", "version"],
        "properties": properties | {f.key: _nullable(f) for f in record_type.fields},
    }


def _page(record_type: RecordType) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next", "withheld"],
        "properties": {
            "items": {"type": "array", "items": _item(record_type)},
            "next": {"type": ["string", "null"], "description": "cursor for `after`"},
            "withheld": {"type": "array", "items": {"type": "string"}},
            "total": {
                "type": "object",
                "properties": {"count": {"type": "integer"}, "exact": {"type": "boolean"}},
            },
        },
    }


def _deleted(record_type: RecordType) -> dict[str, Any]:
    item = _item(record_type)
    item["properties"] |= {"deleted_at": {"type": "string", "format": "date-time"}, "deleted_by": {"type": "string"}}
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": item}, "next": {"type": ["string", "null"]}},
    }


def _offered(_record_type: RecordType) -> dict[str, Any]:
    act = {"type": "object", "required": ["act", "title", "asks"], "properties": {"act": {"type": "string"}}}
    return {
        "type": "object",
        "required": ["items", "version"],
        "properties": {"items": {"type": "array", "items": act}, "version": {"type": "integer"}},
    }


_SCHEMAS = {"list": _page, "deleted": _deleted, "acts": _offered}


def _nullable(field: Field) -> dict[str, Any]:
    if field.klass is Klass.SENSITIVE:
        return {"description": "closed", "type": "null"}
    found = _or_null(_TYPES.get(field.kind, {"type": "string"})) | {"title": field.key}
    if field.masked or field.stored_masked:
        found["description"] = "masked"
    if field.kind in (Kind.CHOICE, Kind.BADGE) and not callable(field.choices):
        found["enum"] = [c.code for c in field.options] + [None]
    return found


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _body(record_type: RecordType, name: str) -> dict[str, Any]:
    fields = _writable(record_type, name)
    properties = {f.key: _written(f) for f in fields}
    if known.takes(record_type):
        properties["custom"] = {"type": "object", "description": _ADDED}
    required = [f.key for f in fields if f.required] if name == "create" else ["version"]
    if name == "patch":
        properties["version"] = {"type": "integer", "minimum": 1}
    else:
        properties |= {c.keyword: {"type": "boolean"} for c in record_type.confirms}
    found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def _writable(record_type: RecordType, name: str) -> list[Field]:
    fields = [f for f in record_type.fields if f.editable and f.klass is Klass.ORDINARY]
    return [f for f in fields if (f.on_create if name == "create" else f.on_edit)]


def _written(field: Field) -> dict[str, Any]:
    if field.kind in (Kind.PERSON, Kind.DEPARTMENT, Kind.RELATION):
        found: dict[str, Any] = {"type": "string", "format": "uuid"}
    elif field.kind is Kind.MONEY:
        found = {"type": "integer", "description": f"minor units of {field.currency}"}
    elif field.kind is Kind.NUMBER and not field.digits:
        found = {"type": "integer"}
    else:
        found = dict(_TYPES.get(field.kind, {"type": "string"}))
    if field.kind in (Kind.CHOICE, Kind.BADGE) and not callable(field.choices):
        found["enum"] = [c.code for c in field.options] + ([] if field.required else [None])
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        found["maxLength"] = field.max_length or 10_000
        if field.required:
            found["minLength"] = 1
    if field.minimum is not None:
        found["minimum"] = field.minimum
    if field.maximum is not None:
        found["maximum"] = field.maximum
    return found if field.required else _or_null(found)


def _parameters(record_type: RecordType) -> list[dict[str, Any]]:
    orders = [s.field for s in record_type.sorts]
    found = [
        _query("limit", {"type": "integer", "minimum": 1, "default": 50}),
        _query("after", {"type": "string"}, "the cursor `next` of the answer before"),
        _query("sort", {"type": "string", "enum": [*orders, *(f"-{o}" for o in orders)]}),
        _query("total", {"type": "string", "enum": ["1"]}, "also count"),
        _query(
            "where",
            {"type": "string", "maxLength": LONGEST},
            "conditions of the filter builder: all(state.is(won), any(owner.is(me), due_on.last(30, days)))",
        ),
    ]
    if record_type.search or record_type.found_by:
        found.append(_query("q", {"type": "string", "maxLength": 100}, "words"))
    for field in record_type.fields:
        if field.filterable and field.klass is Klass.ORDINARY:
            found.extend(_query(name, {"type": "string"}) for name in parameters_of(field))
    return found


def _query(name: str, schema: dict[str, Any], words: str = "") -> dict[str, Any]:
    found = {"in": "query", "name": name, "required": False, "schema": schema}
    return found | ({"description": words} if words else {})


def _once(_record_type: RecordType) -> list[dict[str, Any]]:
    return [ONCE]


def _older(_record_type: RecordType) -> list[dict[str, Any]]:
    return [_query("after", {"type": "string"}, "the cursor `next` of the answer before")]


def _none(_record_type: RecordType) -> list[dict[str, Any]]:
    return []


_PARAMETERS = {"list": _parameters, "get": _none, "acts": _none, "deleted": _older}
