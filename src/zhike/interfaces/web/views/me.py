"""One's own settings: language, light or dark, security."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from zhike.foundation import messages
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import rights_changed
from zhike.foundation.access.routes import public, signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.messages.models import Rhythm
from zhike.interfaces.web.company.binding import connections
from zhike.interfaces.web.company.pushing import staff_ways
from zhike.interfaces.web.company.pushing_words import fault_words
from zhike.interfaces.web.context import THEMES

_YEAR = 365 * 24 * 3600


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here: posts, what they allow, language, security."""
    viewer = request.viewer  # type: ignore[attr-defined]
    held = [posts()[code] for code in sorted(viewer.posts)]
    context = {
        "held": [p.title.said_in(viewer.language) for p in held],
        "rhythm": messages.staff_mail_of(viewer),
        "rhythms": Rhythm.choices,
        **_push(viewer),
        "address": Person.objects.values_list("email", flat=True).get(pk=viewer.person_id),
    }
    return render(request, "web/me.html", context)


def _push(viewer: Viewer) -> dict[str, Any]:
    """The services that can tell me something, and what I have chosen."""
    chosen, error = messages.staff_push_of(viewer)
    ways = [
        {"code": way.code, "name": way.service.said_in(viewer.language), "is_connected": way.reaches(viewer.person_id)}
        for way in staff_ways()
        if viewer.person_id is not None
    ]
    return {"ways": ways, "way": chosen, "way_fault": fault_words(error) if error else ""}


@require_POST
def _notices_by_push(request: HttpRequest) -> HttpResponse:
    """Whether one's own notices come in WeCom, DingTalk or Feishu, too."""
    messages.staff_push_set(request.viewer, request.POST.get("service", ""))  # type: ignore[attr-defined]
    return redirect("me")


notices_by_push = signed_in(_notices_by_push)


@require_POST
def _notices_by_mail(request: HttpRequest) -> HttpResponse:
    """Whether one's own notices come by mail, too."""
    messages.staff_mail_set(request.viewer, request.POST.get("rhythm", ""))  # type: ignore[attr-defined]
    return redirect("me")


notices_by_mail = signed_in(_notices_by_mail)


@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """Second factor, passkeys, recovery codes, password, sessions on one page."""
    kinds = list(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    return render(
        request,
        "web/security.html",
        {
            "has_totp": Authenticator.Type.TOTP in kinds,
            "keys": kinds.count(Authenticator.Type.WEBAUTHN),
            "connections": connections(request.user.pk) if request.user.pk else [],
            "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        },
    )


@require_POST
def _later(request: HttpRequest) -> HttpResponse:
    request.session["security_later"] = True
    return redirect(_next(request))


security_later = signed_in(_later)


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, remembered in a cookie: it belongs to the screen, not to the person."""
    response = redirect(_next(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=_YEAR, samesite="Lax")
    return response


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: for the person once signed in, in a cookie before."""
    chosen = request.POST.get("language", "")
    response = redirect(_next(request))
    if chosen in dict(settings.LANGUAGES):
        viewer = request.viewer  # type: ignore[attr-defined]
        if viewer is not None:
            Person.objects.filter(pk=viewer.person_id).update(language=chosen)
            rights_changed([viewer.person_id])
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=_YEAR, samesite="Lax")
    return response


def _next(request: HttpRequest) -> str:
    """Back to where the switch was thrown: the address comes from the form or, on kept parts of a page, the browser."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/"
