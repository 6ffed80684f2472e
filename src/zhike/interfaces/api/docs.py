"""The API for readers: a page made from the OpenAPI description, without foreign scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI

from zhike.foundation.access.routes import public, signed_in


@signed_in
def reference(request: HttpRequest, api: Callable[[], NinjaAPI]) -> HttpResponse:
    """All operations with parameters and fields, by kind of record."""
    description = api().get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in description["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(
                {
                    "method": method.upper(),
                    "address": address,
                    "summary": operation.get("summary", ""),
                    "parameters": [p["name"] for p in operation.get("parameters", [])],
                    "fields": _fields(operation),
                }
            )
    return render(request, "api/docs.html", {"groups": groups})


@public
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """The address that a problem's ``type`` names."""
    return render(request, "api/problem.html", {"code": code[:80]})


def _fields(operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return sorted(content.get("schema", {}).get("properties", {}))
