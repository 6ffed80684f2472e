"""What the customer's person sees and decides about the own data."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zhike.customers.public import own_values
from zhike.foundation.access.routes import public
from zhike.interfaces.portal import services
from zhike.interfaces.portal.visitor import Visitor, at_home


@at_home
def me(request: HttpRequest) -> HttpResponse:
    """The own data in full: it belongs to the person who looks."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    return render(request, "portal/me.html", {"visitor": visitor, "values": own_values(visitor.subject)})


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: of the account once signed in, in a cookie at the door."""
    chosen = request.POST.get("language", "")
    response = redirect("portal_home")
    if chosen in dict(settings.LANGUAGES):
        visitor: Visitor | None = getattr(request, "visitor", None)
        if visitor is not None:
            services.language_choose(account_id=visitor.account_id, language=chosen)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax")
    return response
