"""The page on which a customer's consent is asked for and written down, or withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from zhike.comply.declarations.panels import uses_shown
from zhike.comply.models import Channel, How, Purpose
from zhike.comply.selectors import newest_of, text_in_force
from zhike.comply.services.consent import consent_record, consent_withdraw
from zhike.customers.public import contacts_of, customer_get
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.ui import refusals

CHANNELS = tuple((code, label) for code, label in Channel.choices if code != Channel.ANY)
_FIRST = Channel.VISIT
_LANGUAGES = (("zh", "中文"), ("en", "English"))


@require_GET
@route(area=Area.CONSENT, level=Level.BASIC)
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the customer is told, what was consented to, and the two forms."""
    return _page(request, uid)


@require_POST
@route(area=Area.CONSENT, level=Level.EDIT)
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write a consent down."""
    form, viewer = request.POST, request.viewer  # type: ignore[attr-defined]
    try:
        consent_record(
            viewer=viewer,
            customer_uid=uid,
            channel=form.get("channel", ""),
            how=form.get("how", ""),
            purposes=form.getlist("purposes"),
            text_uid=_uid(form.get("text", ""), "text"),
            contact_uid=_uid(form.get("contact", ""), "contact"),
            witness_id=_witness(form.get("witness", "")),
        )
    except Invalid as invalid:
        return _page(request, uid, problems=refusals.field_problems(invalid), status=422)
    messages.success(request, gettext("Consent recorded."))
    return redirect("customer", uid=uid)


@require_POST
@route(area=Area.CONSENT, level=Level.EDIT)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop uses at once."""
    form, viewer = request.POST, request.viewer  # type: ignore[attr-defined]
    try:
        consent_withdraw(
            viewer=viewer,
            customer_uid=uid,
            channel=form.get("channel", ""),
            how=form.get("how", How.FORM),
            purposes=form.getlist("purposes"),
            contact_uid=_uid(form.get("contact", ""), "contact"),
            reason=form.get("reason", ""),
        )
    except Invalid as invalid:
        return _page(request, uid, refused=refusals.field_problems(invalid), status=422)
    messages.success(request, gettext("Withdrawn. These uses stop at once."))
    return redirect("customer", uid=uid)


def _page(request: HttpRequest, uid: UUID, *, status: int = 200, **told: Any) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    customer = customer_get(viewer, uid)
    asked = request.POST or request.GET
    channel = asked.get("channel", "") if asked.get("channel", "") in dict(CHANNELS) else str(_FIRST)
    own = "zh" if viewer.language.startswith("zh") else "en"
    language = asked.get("language", "") if asked.get("language", "") in dict(_LANGUAGES) else own
    text = text_in_force(channel, language)
    labels = dict(Purpose.choices)
    context = {
        "customer": customer,
        "text": text,
        "offered": [(p, labels[p]) for p in text.purposes] if text else [],
        "uses": uses_shown(viewer, customer.pk),
        "newest": newest_of(viewer, customer.pk, 10),
        "channels": CHANNELS,
        "channel": channel,
        "languages": _LANGUAGES,
        "language": language,
        "hows": How.choices,
        "contacts": contacts_of(viewer, customer),
        "staff": Person.objects.filter(is_active=True).exclude(pk=viewer.person_id).order_by("name"),
        "purposes": Purpose.choices,
        "chosen": request.POST.getlist("purposes"),
        "typed": request.POST,
        "may_record": viewer.may(Area.CONSENT, Level.EDIT),
    } | told
    return render(request, "comply/consent.html", context, status=status)


def _uid(text: str, field: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(fields={field: "not_an_option"}) from None


def _witness(text: str) -> int | None:
    found = typed.whole_or_none(text, most=typed.LARGEST_ID) if text else None
    if text and found is None:
        raise Invalid(fields={"witness": "no_such_person"})
    return found
