"""The portal's door: sign in, take an invitation into use, sign out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhike.foundation.access.routes import public
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.ui import refusals
from zhike.interfaces.portal import services
from zhike.interfaces.portal.visitor import enter

LOGIN_MAX, PASSWORD_MAX = 120, 200


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Phone or e-mail and password. The answer to a wrong pair does not say which half was wrong."""
    if getattr(request, "visitor", None) is not None:
        return redirect("portal_home")
    context: dict[str, Any] = {"next": request.POST.get("next") or request.GET.get("next", "")}
    if request.method == "POST":
        login, password = request.POST.get("login", "")[:LOGIN_MAX], request.POST.get("password", "")[:PASSWORD_MAX]
        try:
            account = services.signed_in_by(login=login, password=password)
        except services.Resting as refusal:
            context |= {"problem": refusals.sentence(refusal), "login": login}
            return render(request, "portal/sign_in.html", context, status=refusal.status)
        if account is not None:
            enter(request, account)
            return redirect(_inside(request, context["next"]))
        context |= {"problem": _("Phone or e-mail and password do not match."), "login": login}
    return render(request, "portal/sign_in.html", context, status=422 if "problem" in context else 200)


def _inside(request: HttpRequest, target: str) -> str:
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}) and target.startswith("/portal/")
    return target if safe else "/portal/"


@public
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by the link of an invitation, and be inside."""
    account = services.account_behind(token)
    context: dict[str, Any] = {"name": account.name, "token": token}
    if request.method == "POST":
        password = request.POST.get("password", "")[:PASSWORD_MAX]
        if password != request.POST.get("again", ""):
            context["problem"] = _("The two passwords differ.")
        else:
            try:
                spoken = get_language() or ""
                enter(request, services.password_set(token=token, password=password, language=spoken))
            except Invalid as refusal:
                context["problem"] = " ".join(refusals.field_problems(refusal).values())
            else:
                return redirect("portal_home")
    response = render(request, "portal/welcome.html", context, status=422 if "problem" in context else 200)
    # The address holds the token: it goes to no other host. With "no-referrer" browsers send "Origin: null", and the
    # form would be refused.
    response["Referrer-Policy"] = "same-origin"
    return response


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return redirect("portal_sign_in")
