"""Every request has an id: in the answer, in each line of the log that it causes, and on the page about an error."""

from __future__ import annotations

import logging
import re
import secrets
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhike.foundation.kit import trace
from zhike.interfaces.web.middleware import Next

log = logging.getLogger("zhike.requests")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-ID"


class TraceMiddleware:
    """Takes the id that a known reverse proxy gave, or makes one; notes method, route, status and time.

    The line names the route, not the address: what somebody searched for or clicked on is not for the log.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        name = _name(request)
        trace.begin(name)  # not ended here: Django tells of a refused request after the last middleware
        response = self.get_response(request)
        response[HEADER] = name
        if log.isEnabledFor(logging.INFO) and log.handlers:
            log.info("request", extra={"more": _line(request, response, time.perf_counter() - started)})
        return response


def _name(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "") if request.META.get("REMOTE_ADDR") in settings.PROXIES else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _line(request: HttpRequest, response: HttpResponse, seconds: float) -> dict[str, object]:
    found = request.resolver_match
    return {
        "method": request.method,
        "route": found.route if found else "",
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
