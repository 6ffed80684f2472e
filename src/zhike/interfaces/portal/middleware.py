"""Puts ``request.visitor`` there for addresses of the portal, and speaks the customer's language."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.portal.visitor import visitor_of

ROOT = "/portal/"


class VisitorMiddleware:
    """Only below ``/portal/``: elsewhere a portal session is nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        visitor = visitor_of(request)
        request.visitor = visitor  # type: ignore[attr-defined]
        request.viewer = None  # type: ignore[attr-defined]  # staff are nobody here
        if visitor is not None:
            translation.activate(visitor.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say why not in the portal's own frame."""
        if not isinstance(exception, Refusal) or not request.path.startswith(ROOT):
            return None
        return render(request, "portal/refused.html", {"words": refusals.sentence(exception)}, status=exception.status)
