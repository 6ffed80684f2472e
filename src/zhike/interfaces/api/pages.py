"""Tokens for programs: a page of one's own under sign-in and security."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.api import tokens
from zhike.interfaces.api.declarations.areas import WORDS

_FIRST_DAYS = 90


class TokenForm(forms.Form):
    """For which program, until when, and how much of one's own rights."""

    name = forms.CharField(
        label=_("For which program"), max_length=80, help_text=_("So that you know later what would stop working.")
    )
    expires_on = forms.DateField(
        label=_("Good until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip
    reach = forms.ChoiceField(
        label=_("May"), choices=(("reads", _("Only read")), ("writes", _("Read, and change what I may change"))),
        widget=forms.RadioSelect, initial="reads",
    )  # fmt: skip
    areas = forms.MultipleChoiceField(
        label=_("Only these parts of the work"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice: everything that my posts include."),
    )  # fmt: skip

    def __init__(self, viewer: Viewer, *args: Any) -> None:
        first = clock.today() + dt.timedelta(days=_FIRST_DAYS)
        super().__init__(*args, initial={"expires_on": first, "reach": "reads"})
        areas: Any = self.fields["areas"]
        areas.choices = [(str(area), WORDS[area]) for area in tokens.areas_of(viewer)]


@require_http_methods(["GET", "POST"])
def _tokens(request: HttpRequest) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = TokenForm(viewer, request.POST) if request.method == "POST" else TokenForm(viewer)
    context: dict[str, Any] = {"form": form, "secret": ""}
    if request.method == "POST" and form.is_valid():
        context["secret"] = _made(viewer, form)
        context["form"] = TokenForm(viewer) if context["secret"] else form
    found = tokens.visible_tokens(viewer)
    used = set(tokens.in_use(found).values_list("pk", flat=True))
    context["rows"] = [_row(viewer, token, is_used=token.pk in used) for token in found[:200]]
    refused = form.is_bound and not context["secret"]
    response = render(request, "api/tokens.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _made(viewer: Viewer, form: TokenForm) -> str:
    """The new key's secret; empty where it was refused, with the reason in the form."""
    given = form.cleaned_data
    try:
        _token, secret = tokens.token_create(
            viewer=viewer, name=given["name"], expires_on=given["expires_on"], reads_only=given["reach"] == "reads",
            areas=given["areas"],
        )  # fmt: skip
    except Invalid as invalid:
        for field, words in refusals.field_problems(invalid).items():
            form.add_error(field, words)
    except Refusal as refusal:
        form.add_error(None, refusals.sentence(refusal))
    else:
        return secret
    return ""


def _row(viewer: Viewer, token: Any, *, is_used: bool) -> dict[str, Any]:
    areas = [str(words) for area, words in WORDS.items() if str(area) in token.areas]
    return {"token": token, "areas": areas, "is_used": is_used, "is_mine": token.person_id == viewer.person_id}


@require_POST
def _end(request: HttpRequest, uid: UUID) -> HttpResponse:
    tokens.token_end(viewer=request.viewer, uid=uid)  # type: ignore[attr-defined]
    messages.success(request, gettext("The token is ended. Programs that use it get no answer from now on."))
    return redirect("api_tokens")


token_list = signed_in(_tokens)
token_end = signed_in(_end)


def patterns() -> list[URLPattern]:
    """Addresses under ``/me/tokens/``."""
    return [path("", token_list, name="api_tokens"), path("<uuid:uid>/end/", token_end, name="api_token_end")]
