"""The public form: anybody may ask, and gets the same answer whether known or not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from zhike.acquire.services.form import FormExpired, TooFast, TooMany, form_token, inquiry_receive
from zhike.acquire.web.forms import HelloForm
from zhike.comply.public import Channel, TextShown, text_in_force
from zhike.foundation.access import directory
from zhike.foundation.access.address import address_of
from zhike.foundation.access.routes import public
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records.problems import said


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hello(request: HttpRequest) -> HttpResponse:
    """The empty form; or what was sent: taken in, or shown again with what stands in the way."""
    text = text_in_force(Channel.FORM, _language())
    purposes = text.purposes if text else ()
    if request.method != "POST":
        return _page(request, HelloForm(purposes=purposes, initial={"token": form_token()}), text)
    form = HelloForm(request.POST, purposes=purposes)
    if form.is_trapped:
        return redirect("hello_thanks")  # a program learns nothing from the answer
    if not form.is_valid():
        return _page(request, form, text, 422)
    try:
        inquiry_receive(
            inquiry=form.inquiry(), token=form.cleaned_data["token"], address=address_of(request),
            consents=form.cleaned_data["consent"], text_uid=text.uid if text else None, language=_language(),
        )  # fmt: skip
    except Invalid as refusal:
        for key, words in refusal.data["fields"].items():
            form.add_error(key if key in form.fields else None, said(str(words)))
    except (TooFast, TooMany, FormExpired) as refusal:
        form.add_error(None, gettext(refusal.sentence))
        if isinstance(refusal, FormExpired):
            form.data = form.data.copy()
            form.data["token"] = form_token()
        return _page(request, form, text, refusal.status)
    else:
        return redirect("hello_thanks")
    return _page(request, form, text, 422)


@public
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """The same words for everybody."""
    return render(request, "acquire/thanks.html", {"enterprise": directory.enterprise()})


def _page(request: HttpRequest, form: HelloForm, text: TextShown | None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "text": text, "enterprise": directory.enterprise()}
    return render(request, "acquire/hello.html", context, status=status)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"
