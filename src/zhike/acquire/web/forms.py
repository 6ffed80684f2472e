"""What a prospect is asked on the public form. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhike.acquire.models.lead import Source, Urgency
from zhike.acquire.services.form import Inquiry
from zhike.comply.public import Purpose
from zhike.customers.public import INDUSTRIES, REGIONS

KINDS = (("firm", _("for a company")), ("person", _("for myself")))


def _blank(choices: Sequence[Any]) -> list[tuple[str, Any]]:
    return [("", "—"), *((choice.code, choice.label) for choice in choices)]


class HelloForm(forms.Form):
    """Who asks, how to answer, what is needed and by when; and what the data may be used for."""

    kind = forms.ChoiceField(label=_("I ask"), choices=KINDS, widget=forms.RadioSelect, initial="firm")
    company = forms.CharField(
        label=_("Company"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("Leave it empty if you ask for yourself."),
    )  # fmt: skip
    name = forms.CharField(label=_("Your name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    title = forms.CharField(
        label=_("Your title"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("A phone number or an e-mail address: one is enough."),
    )  # fmt: skip
    email = forms.CharField(
        label=_("E-mail"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email"}),
    )  # fmt: skip
    need = forms.CharField(label=_("What do you need?"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    urgency = forms.ChoiceField(label=_("When do you need it?"), choices=Urgency.choices, initial=Urgency.LATER)
    source = forms.ChoiceField(label=_("How did you hear of us?"), choices=Source.choices, initial=Source.OTHER)
    industry = forms.ChoiceField(label=_("Industry"), choices=lambda: _blank(INDUSTRIES), required=False)
    region = forms.ChoiceField(label=_("Region"), choices=lambda: _blank(REGIONS), required=False)
    staff_count = forms.IntegerField(label=_("Number of staff"), min_value=0, max_value=10_000_000, required=False)
    # Nobody sees this field; what fills in every field does.
    website = forms.CharField(label=_("Leave this empty"), max_length=200, required=False)
    token = forms.CharField(max_length=400, widget=forms.HiddenInput, required=False)
    consent = forms.MultipleChoiceField(
        label=_("I consent to the use of my data for"), choices=Purpose.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, purposes: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, label_suffix="", **more)
        self.purposes = tuple(purposes)
        labels = dict(Purpose.choices)
        self.fields["consent"].choices = [(code, labels[code]) for code in purposes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A company for a company, a way to answer, and the consent without which nothing can be kept."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "firm" and not cleaned.get("company"):
            self.add_error("company", _("Please name the company."))
        if not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error("phone", _("Please leave a phone number or an e-mail address, so that we can answer."))
        if Purpose.SERVICE in self.purposes and Purpose.SERVICE not in cleaned.get("consent", ()):
            self.add_error("consent", _("Without this consent we may not keep your inquiry, and cannot answer it."))
        return cleaned

    @property
    def is_trapped(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.data.get("website", "").strip())

    def inquiry(self) -> Inquiry:
        """What was sent, as the service takes it."""
        said = self.cleaned_data
        reach = {"phone": said["phone"], "email": said["email"]}
        profile = {key: said[key] for key in ("industry", "region", "staff_count") if said.get(key)}
        is_firm = said["kind"] == "firm"
        values = {"name": said["company"] if is_firm else said["name"], "source": said["source"]} | profile
        contact = {"name": said["name"], "title": said["title"], **reach}
        return Inquiry(
            said["kind"], values if is_firm else values | reach, contact if is_firm else None,
            said["need"], said["urgency"], said["source"],
        )  # fmt: skip
