"""The reference page of the API, from its own description: it is also the snapshot that shows each change of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

_JSON = "application/json"
Table = Callable[[Sequence[str], Iterable[Sequence[object]]], str]


def page(table: Table, note: str) -> str:
    """Every operation with what it takes and gives, by kind of record."""
    from django.utils.translation import override

    from zhike.interfaces.api.mount import api

    with override("en"):
        paths = api().get_openapi_schema(path_prefix="/api/v1/")["paths"]
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for address, methods in paths.items():
        for method, operation in methods.items():
            groups.setdefault(operation.get("tags", ["other"])[0], []).append((method.upper(), address, operation))
    parts = [
        "# API\n",
        note,
        "How to call it: [call the API](../howto/call-the-api.md). For machines: `/api/v1/openapi.json`. Types are "
        "those of JSON; *?* may be null; *key* takes an `Idempotency-Key`.\n",
    ]
    for group in sorted(groups):
        parts += [f"## {group}\n", _operations(table, groups[group])]
        fields = _fields(groups[group])
        if fields:
            parts.append(table(("field", "type", "create", "patch"), fields))
    return "\n".join(parts)


def _operations(table: Table, found: list[tuple[str, str, dict[str, Any]]]) -> str:
    rows = []
    for method, address, operation in found:
        parameters = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        sent = (
            {} if operation["operationId"].endswith(("_create", "_patch")) else _sent(operation).get("properties", {})
        )
        needed = _sent(operation).get("required", ())
        takes = [f"{name}{'' if name in needed else '?'}: {_type(schema)}" for name, schema in sent.items()]
        has_key = any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", []))
        refusals = " ".join(sorted(str(s) for s in operation["responses"] if str(s)[0] in "45"))
        rows.append(
            (f"{method} `{address}`", ", ".join(f"`{name}`" for name in [*parameters, *takes]),
             "key" if has_key else "", refusals)
        )  # fmt: skip
    return table(("operation", "takes", "", "refusals"), rows)


def _fields(found: list[tuple[str, str, dict[str, Any]]]) -> list[tuple[str, str, str, str]]:
    named = {operation["operationId"].rsplit("_", 1)[-1]: operation for _m, _a, operation in found}
    if "get" not in named:
        return []
    given = _schema(named["get"]["responses"].get(200, {})).get("properties", {})
    create, patch = _sent(named.get("create", {})), _sent(named.get("patch", {}))
    rows = []
    for name in dict.fromkeys([*given, *create.get("properties", {}), *patch.get("properties", {})]):
        made = create.get("properties", {}).get(name)
        is_needed = name in create.get("required", ())
        rows.append(
            (f"`{name}`", _type(given.get(name) or made or patch["properties"][name]),
             "" if made is None else "needed" if is_needed else "may",
             "may" if name in patch.get("properties", {}) else "")
        )  # fmt: skip
    return rows


def _sent(operation: dict[str, Any]) -> dict[str, Any]:
    return _schema(operation.get("requestBody", {}))


def _schema(holder: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = holder.get("content", {}).get(_JSON, {}).get("schema", {})
    return found


def _type(schema: dict[str, Any]) -> str:
    types = schema.get("type", "any")
    names = [types] if isinstance(types, str) else list(types)
    name = " or ".join(n for n in names if n != "null") or "closed"
    options = [str(o) for o in schema.get("enum", ()) if o is not None]
    form = f" ({schema['format']})" if "format" in schema else ""
    many = f": {' · '.join(options)}" if options else ""
    return f"{name}{form}{'?' if 'null' in names and name != 'closed' else ''}{many}"
