"""Every route says which area and level it needs, and asks for them before its view runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer

V = TypeVar("V", bound=Callable[..., Any])


class Door(StrEnum):
    """Who may knock: anybody, a customer in the portal, any member of staff, or the posts of an area."""

    PUBLIC = "public"
    PORTAL = "portal"
    STAFF = "staff"
    AREA = "area"


@dataclass(frozen=True)
class Route:
    """What a route declares. ``area`` and ``level`` are set when ``door`` is AREA."""

    door: Door
    area: Area | None = None
    level: Level | None = None

    def check(self, viewer: Viewer) -> None:
        """Raise Forbidden unless the viewer's posts include this route."""
        if self.area is not None and self.level is not None:
            viewer.require(self.area, self.level)


def public(view: V) -> V:
    """Mark a page that needs no sign-in: sign-in itself, health checks, one-time links."""
    view.route = Route(Door.PUBLIC)  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for every member of staff, whatever the post."""
    return guarded(view, Route(Door.STAFF))


def route(*, area: Area, level: Level) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page for the posts that have ``level`` in ``area``."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return guarded(view, Route(Door.AREA, area, level))

    return wrap


def guarded(view: Callable[..., HttpResponse], declared: Route) -> Callable[..., HttpResponse]:
    """``view`` behind ``declared``: anonymous people go to the sign-in page, others are checked."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = getattr(request, "viewer", None)
        if viewer is None:
            return to_sign_in(request)
        declared.check(viewer)
        return view(request, *args, **kwargs)

    inner.route = declared  # type: ignore[attr-defined]
    return inner


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page; a fragment asks the browser to leave the page as a whole."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/"))["Location"]
        return response
    return redirect_to_login(request.get_full_path())
