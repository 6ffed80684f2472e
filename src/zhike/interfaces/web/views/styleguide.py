"""Every component alive on one page, for people who build screens."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.routes import signed_in
from zhike.foundation.kit import clock
from zhike.foundation.records import Choice

TONES = (
    Choice("neutral", _("Neutral"), "neutral", "circle"),
    Choice("good", _("Good"), "good", "circle-check"),
    Choice("warn", _("Careful"), "warn", "alert-triangle"),
    Choice("bad", _("Bad"), "bad", "alert-octagon"),
    Choice("info", _("To know"), "info", "info-circle"),
    Choice("strong", _("Strong"), "strong", "star"),
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands on the licence."))
    amount = forms.DecimalField(label=_("Amount"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", _("Good")), ("b", _("Careful"))])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)


@signed_in
def styleguide(request: HttpRequest) -> HttpResponse:
    """Components with sample content."""
    context = {
        "tones": TONES,
        "form": SampleForm(),
        "wrong": SampleForm({"wrong-name": "", "wrong-amount": "x"}, prefix="wrong"),
        "now": clock.now(),
    }
    return render(request, "web/styleguide.html", context)
