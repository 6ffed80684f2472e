"""Plugs the rooms together at start: imports, once, the modules in which they say what they contribute."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

# In this order: numbers and words first, then what refers to them.
DRAWERS = ("policy", "declarations", "records", "subscribers", "jobs")


def wire() -> None:
    """Import every drawer of every installed part of Zhike."""
    parts = [config.name for config in apps.get_app_configs() if config.name.startswith("zhike.")]
    for drawer in DRAWERS:
        for part in parts:
            for module in _modules(f"{part}.{drawer}"):
                import_module(module)


def _modules(name: str) -> Iterator[str]:
    """``name`` and, where it is a package, all modules below it except its tests; nothing if it does not exist."""
    found = find_spec(name)
    if found is None:
        return
    yield name
    for below in pkgutil.iter_modules(found.submodule_search_locations or ()):
        if below.name not in ("tests", "migrations"):
            yield from _modules(f"{name}.{below.name}")
