"""Who calls the API: a program with a person's token, or a page with a signed-in person's own session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from ninja.security import APIKeyCookie, HttpBearer

from zhike.foundation.access.address import address_of
from zhike.interfaces.api import pace, tokens

_SAFE = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """``Authorization: Bearer zk_…``. No cookie is asked for, so no other page can make a browser send it.

    A wrong token is refused, also beside a good session: the program is told.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        request.pace = pace.take(tokens.digest(token))  # type: ignore[attr-defined]
        viewer = tokens.viewer_by(token, address=address_of(request), writes=request.method not in _SAFE)
        request.viewer = viewer  # type: ignore[attr-defined]
        translation.activate(viewer.language)
        return viewer


class SessionAuth(APIKeyCookie):
    """The session of the page, with the CSRF token on every write; its viewer was put there by the middleware."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        viewer = getattr(request, "viewer", None)
        # Before a first password is replaced nothing else is open, not even through the API.
        return None if viewer is None or request.user.must_change_password else viewer
