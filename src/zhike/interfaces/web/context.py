"""What every page of the shell needs: rail, person, theme."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from zhike.foundation.access.matrix import posts
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import trace
from zhike.foundation.ui import nav
from zhike.interfaces.web import founding
from zhike.interfaces.web.company.services import offered

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``shell/base.html``; the rail is drawn only where it is used."""
    viewer = getattr(request, "viewer", None)
    theme = request.COOKIES.get("theme", "")
    return {
        "viewer": viewer,
        "LANGUAGE_CODE": get_language(),
        "person_posts": SimpleLazyObject(lambda: _posts(viewer)),
        "posts_key": viewer.posts if viewer else None,
        "active_url": nav.active_url(viewer, request.path) if viewer else "",
        "rail": SimpleLazyObject(lambda: nav.daily(viewer, request.path) if viewer else []),
        "all_pages": SimpleLazyObject(lambda: nav.frame(viewer).sections if viewer else ()),
        "main_entry": SimpleLazyObject(lambda: nav.main_entry(viewer) if viewer else None),
        "has_more": SimpleLazyObject(lambda: bool(viewer) and nav.has_more(viewer)),
        "theme": theme if theme in THEMES else "light",
        "company_services": SimpleLazyObject(offered),
        "nobody_yet": SimpleLazyObject(founding.is_open),
        "trace": trace.current(),
        "theme_known": theme in THEMES,
        "languages": settings.LANGUAGES,
        "layout": _layout(request, viewer),
        "banner": _banner(request, viewer),
    }


def _posts(viewer: Viewer | None) -> list[str]:
    if viewer is None:
        return []
    return [p.title.said_in(get_language() or "") for code, p in posts().items() if code in viewer.posts]


def _layout(request: HttpRequest, viewer: Viewer | None) -> str:
    """The frame of a page that can stand in several: the drawer, the shell, or before sign-in the entrance."""
    if viewer is None:
        return "shell/entrance.html"
    return "shell/drawer.html" if _is_drawer(request) else "shell/page.html"


def _is_drawer(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "drawer-body"


def _banner(request: HttpRequest, viewer: Viewer | None) -> bool:
    """On the home page, once: the offer of a passkey or a second factor, until somebody says "later"."""
    if viewer is None or request.path != "/" or request.session.get("security_later"):
        return False
    has_more = Authenticator.objects.filter(user_id=viewer.person_id).exists()
    if has_more:
        request.session["security_later"] = True
    return not has_more
