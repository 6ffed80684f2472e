"""What the customer's person sees and decides about the own data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from zhike.comply import public as comply
from zhike.customers.public import own_values
from zhike.foundation.access.routes import public
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.ui import refusals
from zhike.interfaces.portal import own_data, services
from zhike.interfaces.portal.visitor import Visitor, at_home


@at_home
def me(request: HttpRequest) -> HttpResponse:
    """The own data in full: it belongs to the person who looks. And what it may be used for, to change at once."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    text = comply.text_in_force("portal", visitor.language)
    purposes = [p for p in comply.Purpose.values if text is None or p in text.purposes]
    context = {
        "visitor": visitor,
        "own": own_data.own_data_of(services.in_use().get(pk=visitor.account_id)),
        "values": own_values(visitor.subject),
        "text": text,
        "uses": [(p, comply.Purpose(p).label, _use(visitor, p)) for p in purposes],
    }
    return render(request, "portal/me.html", context)


@at_home
def change(request: HttpRequest) -> HttpResponse:
    """Change the own data: typed, shown again to be confirmed with the password, then changed."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    account = services.in_use().select_related("customer", "contact").get(pk=visitor.account_id)
    form = request.POST
    values = {field: form.get(field, now) for field, now in own_data.own_data_of(account).items()}
    labels = {"name": pgettext("person", "Name"), "phone": _("Phone"), "email": _("E-mail"), "title": _("Job title")}
    context: dict[str, Any] = {"fields": [(field, labels[field], value) for field, value in values.items()]}
    if request.method != "POST":
        return render(request, "portal/change.html", context)
    try:
        changed = own_data.changes_in(account, values)
        if not changed:
            messages.info(request, _("Nothing was changed."))
            return redirect("portal_me")
        context |= {"typed": values, "changed": [(field, labels[field], value) for field, value in changed.items()]}
        if form.get("confirmed") != "1":
            return render(request, "portal/change.html", context)
        if not services.password_confirmed(account_id=account.pk, password=form.get("password", "")[:200]):
            context["problems"] = {"password": _("The password is not right.")}
            return render(request, "portal/change.html", context, status=422)
        own_data.own_data_change(account_id=account.pk, typed=values)
    except Invalid as refusal:
        context["problems"] = refusals.field_problems(refusal)
        return render(request, "portal/change.html", {**context, "changed": None}, status=422)
    messages.success(request, _("Your data was changed."))
    return redirect("portal_me")


def _use(visitor: Visitor, purpose: str) -> comply.Use:
    if visitor.contact_id is None:
        return comply.may_use([visitor.customer_id], purpose)[visitor.customer_id]
    return comply.contacts_may_use({visitor.contact_id: visitor.customer_id}, purpose)[visitor.contact_id]


@require_POST
def _consent(request: HttpRequest) -> HttpResponse:
    """Give or withdraw consent for one purpose; a withdrawal counts from this moment on."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    purpose, is_given = request.POST.get("purpose", ""), request.POST.get("given") == "1"
    if purpose not in comply.Purpose.values:
        raise Invalid(fields={"purpose": "not_an_option"})
    change = comply.consent_record if is_given else comply.consent_withdraw
    change(
        viewer=visitor.viewer, customer_uid=visitor.customer_uid, channel="portal", how="form", purposes=[purpose],
        contact_uid=visitor.subject if visitor.contact_id is not None else None,
    )  # fmt: skip
    messages.success(request, _("Noted. It counts from now on."))
    return redirect("portal_me")


consent = at_home(_consent)


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
