"""What stands around each page: viewer, language of the person, forced password change, refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_noop as _

from zhike.foundation.access import deputies
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.web.viewer import viewer_of_request

Next = Callable[[HttpRequest], HttpResponse]


class NullMiddleware:
    """Takes null characters out of what was typed: no text has them, and PostgreSQL cannot hold them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_null(request.GET)
        if request.method == "POST" and request.content_type in _FORMS:
            with suppress(UnreadablePostError):  # the sender went away: whoever reads it will say so
                if any("\0" in value for _, values in request.POST.lists() for value in values):
                    request.POST = _without_null(request.POST)
        return self.get_response(request)


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _without_null(given: QueryDict) -> QueryDict:
    cleaned = QueryDict(mutable=True)
    for key, values in given.lists():
        cleaned.setlist(key.replace("\0", ""), [value.replace("\0", "") for value in values])
    cleaned._mutable = False
    return cleaned


class FirstPassword(Refusal):
    """The first password has not been replaced."""

    code = "first_password"
    status = 403
    sentence = _("Choose a password of your own first, on the page that opens after sign-in.")


class ViewerMiddleware:
    """Puts ``request.viewer`` there, and speaks the person's language."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer = viewer_of_request(request) if request.session.get("_auth_user_id") else None
        request.viewer = viewer  # type: ignore[attr-defined]
        if viewer is not None and viewer.language != translation.get_language():
            translation.activate(viewer.language)
            request.LANGUAGE_CODE = translation.get_language()
        with deputies.acting(viewer):
            response = self.get_response(request)
        if getattr(request, "viewer", None) is not None:  # a program's token is read behind this
            # A page of one person must not be shown to the next, neither by a shared cache nor by the back button,
            # which shows what the browser has stored without asking.
            response.setdefault("Cache-Control", "private, no-store")
            response.headers["Content-Language"] = translation.get_language() or ""
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say why not, in a sentence: a toast for a fragment, a page otherwise."""
        if not isinstance(exception, Refusal):
            return None
        words = refusals.sentence(exception)
        if request.headers.get("HX-Request"):
            return HttpResponse(words, status=exception.status, content_type="text/plain; charset=utf-8")
        template = {403: "403.html", 404: "404.html"}.get(exception.status, "refused.html")
        return render(request, template, {"words": words}, status=exception.status)


class PasswordMiddleware:
    """A first password must be replaced before anything else."""

    # The clock is fetched by the password page itself: to send that away would load the page for ever.
    allowed = ("account_change_password", "account_logout", "account_login", "language", "theme", "clock")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        must = getattr(request, "viewer", None) is not None and request.user.must_change_password
        if must and not self._is_allowed(request.path):
            target = reverse("account_change_password")
            if request.path.startswith("/api/"):
                body = refusals.problem(FirstPassword(), instance=request.path)
                return JsonResponse(body, status=403, content_type="application/problem+json")
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204, headers={"HX-Redirect": target})
            return redirect(target)
        return self.get_response(request)

    def _is_allowed(self, path: str) -> bool:
        return path in {reverse(name) for name in self.allowed} or path.startswith("/static/")
