"""Who calls the API: a signed-in person's own session, with the CSRF token on every write."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie


class SessionAuth(APIKeyCookie):
    """The session of the page. Its viewer was put on the request by the middleware."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        viewer = getattr(request, "viewer", None)
        # Before a first password is replaced nothing else is open, not even through the API.
        return None if viewer is None or request.user.must_change_password else viewer
