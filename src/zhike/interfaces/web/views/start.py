"""The page of the first set-up: behind the link of the console, and only while nobody works here."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from zhike.foundation.access.address import address_of
from zhike.foundation.access.routes import public
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.web import accounts, founding
from zhike.interfaces.web.chart_files import Branch, Unreadable, from_file, from_text
from zhike.interfaces.web.template_words import WORDS

_UNREADABLE = {
    "too_large": _("This file is too large for a list of departments: %(what)s."),
    "empty": _("There is nothing in %(what)s."),
    "too_many": _("These are more than %(what)s departments. Begin with the upper ones."),
    "circle": _("%(what)s stands below itself. Correct what it belongs to."),
    "long_name": _("The name %(what)s… is too long."),
    "no_workbook": _("The file is no workbook that can be read (%(what)s). Save it as XLSX or CSV."),
    "no_text": _("The file is no text that can be read (%(what)s). Save it as XLSX or CSV."),
}


class StartForm(forms.Form):
    """Whose installation it is, and who begins."""

    company = forms.CharField(label=_("Name of your enterprise"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "简体中文"), ("en", "English")])
    template = forms.ChoiceField(label=_("Industry template"), required=False)
    name = forms.CharField(label=_("Your name"), max_length=64)
    username = forms.RegexField(
        r"^[\w.@+-]+$", label=_("Your login name"), max_length=64,
        help_text=_("You choose a password on the next page."),
    )  # fmt: skip
    departments = forms.CharField(
        label=_("Departments"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line; what is indented or written as «Sales / North» stands below. You can do it later."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("or a spreadsheet"), required=False,
        help_text=_("XLSX or CSV with the columns «department» and «parent»."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [
            ("", gettext("none: the numbers as shipped")), *((code, words[0]) for code, words in WORDS.items()),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["branches"] = self._branches(cleaned)
        except Unreadable as fault:
            code, what = fault.args
            self.add_error("file" if cleaned.get("file") else "departments", _UNREADABLE[code] % {"what": what})
        return cleaned

    @staticmethod
    def _branches(cleaned: dict[str, Any]) -> list[Branch]:
        found = from_text(cleaned.get("departments", ""))
        upload = cleaned.get("file")
        return [*found, *(from_file(upload.name, upload.read()) if upload else [])]


@require_http_methods(["GET", "POST"])
@public
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, set up, sign in; the next page asks for a password."""
    if not founding.is_open() or not founding.is_good(token):
        raise Http404
    language = translation.get_language() or ""
    first = {"language": "en" if language.startswith("en") else "zh-hans"}
    form = StartForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            person = founding.found(_given(form), address=address_of(request))
        except founding.AlreadyFounded:
            raise
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            login(request, person, backend=accounts.BACKEND)
            record_authentication(request, person, "link")
            accounts.allow_without_old(request, until=clock.now().timestamp() + accounts.LINK_SECONDS)
            accounts.note(request, person, "account.signed_in_by_link")
            return redirect("account_change_password")
    return render(request, "web/start.html", {"form": form}, status=422 if form.errors else 200)


def _given(form: StartForm) -> founding.Founding:
    said = form.cleaned_data
    wanted = ("company", "username", "name", "language", "template", "branches")
    return founding.Founding(**{name: said[name] for name in wanted})
