"""Every refusal as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from zhike.foundation.ui import refusals

log = logging.getLogger("zhike.api")


class NotSignedIn(Refusal):
    """There is no session."""

    code = "not_signed_in"
    status = 401
    sentence = _("Sign in first.")


class Unreadable(Refusal):
    """The request as such cannot be read."""

    code = "unreadable"
    status = 400
    sentence = _("This request cannot be read.")


class TooLarge(Refusal):
    """More was sent at once than is read."""

    code = "too_large"
    status = 413
    sentence = _("This is more than can be sent at once.")


class Broken(Refusal):
    """Something went wrong on this side."""

    code = "broken"
    status = 500
    sentence = _("The system could not finish this, and left nothing half done. Try again; then tell IT.")


def register(api: NinjaAPI) -> None:
    """Map all exceptions once."""

    def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        body = refusals.problem(refusal, instance=request.path)
        response = HttpResponse(orjson.dumps(body), status=refusal.status, content_type="application/problem+json")
        if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
            response["Retry-After"] = str(refusal.data["seconds"])
        return response

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, fault: Refusal) -> HttpResponse:
        return answer(request, fault)

    @api.exception_handler(AuthenticationError)
    def not_signed_in(request: HttpRequest, fault: Any) -> HttpResponse:
        return answer(request, NotSignedIn())

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, fault: Http404) -> HttpResponse:
        return answer(request, NotFound())

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        fields = {".".join(map(str, e["loc"][1:])) or "body": str(e["msg"]) for e in fault.errors}
        return answer(request, Invalid(fields=fields))

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, fault: HttpError) -> HttpResponse:
        return answer(request, Forbidden(reason="csrf") if fault.status_code == 403 else Unreadable())

    @api.exception_handler(SuspiciousOperation)
    def suspicious(request: HttpRequest, fault: SuspiciousOperation) -> HttpResponse:
        return answer(request, TooLarge() if isinstance(fault, RequestDataTooBig) else Unreadable())

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, fault: Exception) -> HttpResponse:
        log.error("%s %s", request.method, request.path, exc_info=fault)
        return answer(request, Broken())
