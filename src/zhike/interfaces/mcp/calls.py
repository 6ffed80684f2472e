"""Calls of the API within this process: the same address, token, rights, masks and refusals as over the network."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils.translation import get_language

from zhike.foundation.access.viewer import Viewer

VIA = "mcp"  # stands in the log where a network address would stand


class Refused(Exception):
    """The API refused: its problem, with a sentence for people."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("title", "")))
        self.problem = problem


@dataclass(frozen=True)
class Answer:
    """What came back, and to whom it was said."""

    data: Any
    viewer: Viewer
    is_repeated: bool = False


class Caller:
    """Calls with one token, which is asked about anew each time."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.language = get_language() or settings.LANGUAGE_CODE  # in which a token that opens nothing is refused
        self._handler = BaseHandler()
        self._handler.load_middleware()

    def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None, *, once: str = ""
    ) -> Answer:
        """One call under ``/api/v1``; ``once`` is its Idempotency-Key. Raises Refused."""
        request = WSGIRequest(self._environment(method, path, query or {}, body, once))
        response = self._handler.get_response(request)
        data = orjson.loads(response.content) if response.content else None
        if response.status_code >= 400:
            raise Refused(data if isinstance(data, dict) else {"title": str(response.reason_phrase)})
        viewer = cast(Viewer, request.viewer)  # type: ignore[attr-defined]
        self.language = viewer.language
        return Answer(data, viewer, "Idempotency-Replayed" in response)

    def _environment(self, method: str, path: str, query: Mapping[str, str], body: Any, once: str) -> dict[str, Any]:
        sent = b"" if body is None else orjson.dumps(body)
        host = next((h for h in settings.ALLOWED_HOSTS if h.strip(".*")), "localhost").lstrip(".")
        found = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/api/v1{path}",
            "QUERY_STRING": urlencode(query),
            "SERVER_NAME": host,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": VIA,
            "HTTP_HOST": host,
            "HTTP_ACCEPT_LANGUAGE": self.language,
            "HTTP_AUTHORIZATION": f"Bearer {self._token}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "https",
        }
        return found | ({"HTTP_IDEMPOTENCY_KEY": once} if once else {})
