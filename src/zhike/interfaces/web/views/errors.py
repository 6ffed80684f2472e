"""Pages for what is missing or broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from zhike.foundation.kit import trace
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.ui import refusals


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing at this address; to programs as a problem."""
    if request.path.startswith("/api/"):
        body = refusals.problem(NotFound(), instance=request.path)
        return JsonResponse(body, status=404, content_type="application/problem+json")
    # Who is in the portal goes back there: the pages of staff are closed to customers.
    return render(request, "404.html", {"is_portal": request.path.startswith("/portal/")}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: in both languages, with nothing that could break again."""
    return HttpResponse(render_to_string("500.html", {"trace": trace.current()}), status=500)
