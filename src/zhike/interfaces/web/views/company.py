"""Company sign-in: leave for the service, come back, and what one signs in by."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from zhike.foundation.access.address import address_of
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.routes import public, signed_in
from zhike.foundation.kit import clock
from zhike.interfaces.api import pace
from zhike.interfaces.web import accounts
from zhike.interfaces.web.company import binding
from zhike.interfaces.web.company.asking import Refused
from zhike.interfaces.web.company.protocols import Claim, Start, way_of
from zhike.interfaces.web.company.services import Service, services

_KEY = "company_sign_in"  # in the session: attempts that have left, by their state
_MOST_ATTEMPTS = 5
_ATTEMPT_SECONDS = 10 * 60
REASONS = {
    "expired": gettext_lazy("This sign-in was begun in another browser, or more than ten minutes ago. Begin again."),
    "denied": gettext_lazy("The sign-in was called off there. Begin again, or sign in with your password."),
    "no_answer": gettext_lazy("The service does not answer as agreed. Try again later, or sign in with your password."),
    "bad_token": gettext_lazy("What the service says about you cannot be trusted, so nobody was signed in. Tell IT."),
    "unknown": gettext_lazy(
        "Nobody here is connected with this account. Sign in with your password and connect it under Sign-in and "
        "security, or ask IT."
    ),
    "taken": gettext_lazy("This account is already connected with somebody else here. Ask IT."),
}


@public
@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Send the browser to the service: to sign in, or, signed in already, to connect an account there."""
    service = _service(code)
    connects = request.POST.get("act") == "connect"
    if connects and not request.user.is_authenticated:
        return redirect("account_login")
    if connects and not did_recently_reauthenticate(request):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('security')})}")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _part in range(3))
    start = Start(state, nonce, verifier, _back(code))
    try:
        address = way_of(service).address(start, translation.get_language() or "")
    except (Refused, OSError) as fault:
        return _refuse(request, service, fault)
    target = request.POST.get("next", "")
    kept = dict(sorted(request.session.get(_KEY, {}).items(), key=lambda item: item[1]["at"])[1 - _MOST_ATTEMPTS :])
    kept[start.state] = {
        "code": code, "nonce": start.nonce, "verifier": start.verifier, "at": clock.now().timestamp(),
        "next": target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/",
        "person": request.user.pk if connects else None,
    }  # fmt: skip
    request.session[_KEY] = kept
    # A form may lead to no other host (form-action), a page that was opened may: so the way goes over a page.
    response = render(request, "account/company_leave.html", {"address": address, "name": _name(service)})
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def back(request: HttpRequest, code: str) -> HttpResponse:
    """Who comes back: signed in, connected, or refused with a reason. Each attempt counts once."""
    service = _service(code)
    kept = request.session.get(_KEY, {})
    attempt = kept.pop(request.GET.get("state", ""), None)
    if attempt is None:
        pace.take(f"company:{address_of(request)}")  # who only knocks does not fill the log
    else:
        request.session[_KEY] = kept
    try:
        if attempt is None or attempt["code"] != code or _is_old(attempt):
            raise Refused("expired")
        start = Start(request.GET["state"], attempt["nonce"], attempt["verifier"], _back(code))
        claim = way_of(service).claim(start, request.GET.dict())
        if attempt["person"] is not None:
            return _connect(request, service, claim, attempt)
        person = binding.person_by(service, claim, address=address_of(request))
    except (Refused, OSError) as fault:
        return _refuse(request, service, fault)
    return _sign_in(request, service, person, claim, attempt["next"])


@require_POST
def _end(request: HttpRequest, uid: Any) -> HttpResponse:
    """Disconnect an account of one's own."""
    binding.identity_end(viewer=request.viewer, uid=uid)  # type: ignore[attr-defined]
    messages.success(request, _("Disconnected. Nobody signs in as you by it any more."))
    return redirect("security")


end = signed_in(_end)


def _sign_in(request: HttpRequest, service: Service, person: Person, claim: Claim, target: str) -> HttpResponse:
    record_authentication(request, person, accounts.BY_COMPANY, provider=service.code)
    if person.must_change_password:
        accounts.allow_without_old(request, until=clock.now().timestamp() + accounts.LINK_SECONDS)
    if service.trusts_second_factor and claim.is_multi_factor:
        get_adapter().login(request, person)
        return redirect(target)
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=target))
    return response


def _connect(request: HttpRequest, service: Service, claim: Claim, attempt: dict[str, Any]) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != attempt["person"]:
        raise Refused("expired")
    viewer = viewer_of(request.user, address=address_of(request))  # type: ignore[arg-type]
    binding.identity_bind(viewer=viewer, service=service, claim=claim)
    messages.success(request, _("Connected. You can sign in by it from now on."))
    return redirect("security")


def _refuse(request: HttpRequest, service: Service, fault: Refused | OSError) -> HttpResponse:
    refused = fault if isinstance(fault, Refused) else Refused("no_answer", "secret_file")
    detail, person = (*refused.args[1:], None, None)[:2]
    accounts.note_refusal(request, service.code, " ".join(filter(None, (refused.why, detail))), person)
    words = {"words": REASONS[refused.why], "name": _name(service)}
    return render(request, "account/company_refused.html", words, status=502 if refused.why == "no_answer" else 403)


def _service(code: str) -> Service:
    found = services().get(code)
    if found is None:
        raise Http404
    return found


def _name(service: Service) -> str:
    return service.said_in(translation.get_language() or "")


def _back(code: str) -> str:
    """Where the service sends the browser: what the request says of its host does not count."""
    return f"{settings.PUBLIC_URL}{reverse('company_back', args=[code])}"


def _is_old(attempt: dict[str, Any]) -> bool:
    return bool(clock.now().timestamp() - attempt["at"] > _ATTEMPT_SECONDS)
