"""Pages composed from panels: rooms upstream of the page contribute, the page does not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer


@dataclass(frozen=True)
class Panel:
    """A part of a page: ``context(viewer, subject)`` returns what its template needs, or None for nothing to show.

    ``place`` names page and slot ("home", "customer.side", "customer.tab"); ``subject`` is what the page is about.
    """

    place: str
    code: str
    title: Any
    template: str
    context: Callable[[Viewer, Any], dict[str, Any] | None]
    area: Area | None = None
    level: Level = Level.BASIC
    order: int = 50
    posts: frozenset[str] = frozenset()  # empty for all


_PANELS: dict[tuple[str, str], Panel] = {}


def add(panel: Panel) -> Panel:
    """Contribute a panel; the same place and code again replaces it."""
    _PANELS[panel.place, panel.code] = panel
    return panel


def at(place: str, viewer: Viewer) -> list[Panel]:
    """Panels of a place that the viewer's posts allow, in order."""
    found = (p for (where, _code), p in _PANELS.items() if where == place)
    allowed = (p for p in found if p.area is None or viewer.may(p.area, p.level))
    return sorted((p for p in allowed if not p.posts or viewer.holds(*p.posts)), key=lambda p: (p.order, p.code))


@dataclass(frozen=True)
class Drawn:
    """A panel as it stands on the page."""

    code: str
    title: str
    html: SafeString


def shown(place: str, viewer: Viewer, request: HttpRequest, subject: Any = None) -> list[Drawn]:
    """The panels of a place, drawn; those with nothing to show are left out."""
    drawn = []
    for panel in at(place, viewer):
        context = panel.context(viewer, subject)
        if context is not None:
            html = render_to_string(panel.template, {**context, "viewer": viewer}, request=request)
            drawn.append(Drawn(panel.code, str(panel.title), SafeString(html)))
    return drawn
