"""The API: ``/api/v1``, its description at ``/api/v1/openapi.json``, readable at ``/api/docs``."""

from __future__ import annotations

import functools
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from zhike import __version__
from zhike.foundation import records
from zhike.foundation.access.routes import public
from zhike.foundation.imports import bulk_api
from zhike.foundation.records import shares_api
from zhike.foundation.records.api import router_of
from zhike.interfaces.api import docs, own, problems, repeats
from zhike.interfaces.api.auth import SessionAuth, TokenAuth


@functools.cache
def api() -> NinjaAPI:
    """The one API of the installation: declared records, then what rooms add."""
    made = NinjaAPI(
        title="Zhike",
        version=__version__,
        description="The same services, permissions and masks as the pages.",
        urls_namespace="api",
        docs_url=None,
        openapi_url="/openapi.json",
        docs_decorator=_described,
        auth=[TokenAuth(), SessionAuth()],
    )
    problems.register(made)
    made.add_decorator(repeats.once)
    made.add_decorator(_paced, mode="view")
    for record_type in records.every():
        made.add_router(f"/{record_type.code}", router_of(record_type))
        if record_type.importer is not None:
            made.add_router(f"/{record_type.code}", bulk_api.router_of(record_type))
    made.add_router("/shares", shares_api.router)
    for name, router in _of_rooms():
        made.add_router(f"/{name}", router)
    for address, router in own.ROUTERS:
        made.add_router(address, router)
    return made


def _described(view: Any) -> Any:
    """The description holds no data: it is the same for everybody who has the source."""

    @functools.wraps(view)
    def served(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return public(served)


def _paced(run: Any) -> Any:
    """Every answer to a token says how much it may still ask."""

    @functools.wraps(run)
    def served(request: Any, **kwargs: Any) -> Any:
        response = run(request, **kwargs)
        pace = getattr(request, "pace", None)
        for name, value in pace.headers.items() if pace else ():
            response[name] = value
        return response

    return served


def _of_rooms() -> list[tuple[str, Any]]:
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("zhike.") and find_spec(f"{config.name}.api") is not None:
            router = getattr(import_module(f"{config.name}.api"), "router", None)
            if router is not None:
                found.append((config.label, router))
    return found


def patterns() -> list[URLPattern | URLResolver]:
    """Addresses under ``/api/``."""
    return [
        path("v1/", api().urls),
        path("docs", docs.reference, {"api": api}, name="api_docs"),
        path("problems/<str:code>", docs.problem, name="api_problem"),
    ]
