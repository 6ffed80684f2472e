"""What every page of the shell needs: rail, person, theme."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from zhike.foundation.ui import nav

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``shell/base.html``; the rail is drawn only where it is used."""
    viewer = getattr(request, "viewer", None)
    theme = request.COOKIES.get("theme", "")
    return {
        "viewer": viewer,
        "rail": SimpleLazyObject(lambda: nav.rail(viewer, request.path) if viewer else []),
        "theme": theme if theme in THEMES else "light",
        "theme_known": theme in THEMES,
        "languages": settings.LANGUAGES,
        "layout": "shell/drawer.html" if _is_drawer(request) else "shell/page.html",
    }


def _is_drawer(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "drawer-body"
