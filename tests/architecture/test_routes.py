"""Every address says who may knock, and views reach rows only through selectors."""

import ast

import pytest
from django.apps import apps

from tests.architecture.tree import SOURCE, python_files, rooms, short, syntax

# Pages of other packages, which bring their own checks: sign-in, second factor, sessions.
# Ninja's root is an address to reverse from, and answers 404.
FOREIGN = ("allauth.", "django.", "ninja.openapi.views.default_home")
RAW = {"raw", "extra", "cursor", "RawSQL"}
# What may speak SQL in front of the services, and why.
MAY_SPEAK_SQL = {"src/zhike/interfaces/web/views/health.py": "asks the database for a sign of life, no row"}


def callbacks():
    """Every view that an address leads to, with its address."""
    if not apps.ready:
        pytest.skip("Django does not start yet")
    from django.urls import get_resolver

    yield from _below(get_resolver().url_patterns, "/")


def _below(patterns, prefix):
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _below(pattern.url_patterns, address)
        else:
            for view in operations(pattern.callback) or [pattern.callback]:
                yield address, view


def operations(callback):
    """The functions behind an address of the API, one for each method; empty for a page."""
    held = [cell.cell_contents for cell in getattr(callback, "__closure__", None) or ()]
    return [found.view_func for path_view in held for found in getattr(path_view, "operations", ())]


def name_of(callback) -> str:
    """Module and name of a view, also of one with some arguments already given."""
    view = getattr(callback, "func", callback)
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"


def test_every_route_declares_who_may_knock():
    silent = [
        f"{address} ({name_of(callback)})"
        for address, callback in callbacks()
        if not name_of(callback).startswith(FOREIGN) and getattr(callback, "route", None) is None
    ]

    assert not silent, "use route(area=…, level=…), signed_in or public of zhike.foundation.access.routes"


def test_every_guarded_route_names_area_and_level_together():
    halves = [
        address
        for address, callback in callbacks()
        if (found := getattr(callback, "route", None)) is not None and (found.area is None) != (found.level is None)
    ]

    assert not halves


def fronts():
    """The files in front of the services: pages and API."""
    named = rooms()
    for path in python_files():
        parts = path.relative_to(SOURCE).parts
        if parts[0] == "interfaces" or (parts[0] in named and (parts[1] in {"web", "api"} or parts[1] == "api.py")):
            yield path


def test_pages_and_api_speak_no_sql():
    speaking = [
        f"{short(path)}:{node.lineno}"
        for path in fronts()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in RAW
        and short(path) not in MAY_SPEAK_SQL
    ]

    assert not speaking


def test_pages_of_a_room_reach_its_rows_through_selectors():
    reaching = [
        f"{short(path)}:{node.lineno}"
        for path in fronts()
        if path.relative_to(SOURCE).parts[0] != "interfaces"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and getattr(node.value, "id", "") not in of_foundation(path)
    ]

    assert not reaching, "ask a selector: it knows what the viewer may see"


def of_foundation(path):
    """Names that a file takes from foundation: staff and departments are no rows of a room."""
    return {
        alias.asname or alias.name
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("zhike.foundation.")
        for alias in node.names
    }
