"""Custom fields: what the enterprise has added to each kind of records; added, changed, ordered, retired here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.records.custom import known, proposed, rules, services, words
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.problems import said
from zhike.foundation.ui import refusals
from zhike.interfaces.web.template_words import name_of

SENTENCES = {
    "choices_needed": gettext_lazy("Give at least one choice that can be made."),
    "too_many_choices": gettext_lazy("There are too many choices."),
    "not_sensitive": gettext_lazy("Only one line of text can be sensitive, and only on customers, contacts and leads."),
    "basis_needed": gettext_lazy("A sensitive value needs a lawful basis."),
}
_NEW_CHOICES = 3


class DefinitionForm(forms.Form):
    """What can be said of a field of this kind. Its choices are rows beside it."""

    title_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=rules.LONGEST_TITLE["zh"])
    title_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=rules.LONGEST_TITLE["en"])
    help_zh = forms.CharField(label=gettext_lazy("Help in Chinese"), max_length=rules.LONGEST_HELP, required=False)
    help_en = forms.CharField(label=gettext_lazy("Help in English"), max_length=rules.LONGEST_HELP, required=False)
    relation = forms.ChoiceField(label=gettext_lazy("Which records"))
    digits = forms.IntegerField(
        label=gettext_lazy("Digits after the point"), min_value=0, max_value=rules.MOST_DIGITS, required=False
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=rules.LONGEST_UNIT, required=False)
    is_required = forms.BooleanField(label=gettext_lazy("Has to be filled in"), required=False)
    is_sensitive = forms.BooleanField(
        label=gettext_lazy("Sensitive: kept in the vault, shown masked"), required=False,
        help_text=gettext_lazy("It is opened with a reason, each time logged, and found only by the whole value."),
    )  # fmt: skip
    level = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=words.LEVELS.items())
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=words.PURPOSES.items())
    basis = forms.ChoiceField(label=gettext_lazy("Lawful basis"), choices=words.BASES.items())
    retention = forms.ChoiceField(label=gettext_lazy("Kept for"), choices=words.RETENTIONS.items())

    def __init__(self, record_type: RecordType, kind: Kind, *, is_new: bool, **options: Any) -> None:
        super().__init__(label_suffix="", **options)
        self.fields["relation"].choices = list(services.relations().items())  # type: ignore[attr-defined]
        asks = {
            "relation": kind is Kind.RELATION and is_new,
            "digits": kind is Kind.NUMBER,
            "unit": kind is Kind.NUMBER,
            "is_sensitive": kind is Kind.TEXT and is_new and services.may_be_sensitive(record_type),
        }
        for name, is_asked in asks.items():
            if not is_asked:
                del self.fields[name]

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put what the service refuses beside the fields it names."""
        for name, code in problems.items():
            self.add_error(name if name in self.fields else None, SENTENCES.get(code) or said(code))


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.BASIC)
def listing(request: HttpRequest) -> HttpResponse:
    """The fields of one kind of records, in the order of the form; what the industry template proposes; retired ones.

    A POST takes one that is proposed.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if request.method == "POST":
        taken = proposed.field_take(viewer=viewer, code=request.POST.get("of", ""), key=request.POST.get("key", ""))
        messages.success(request, _("Added. The field is there for everybody from the next page on."))
        return redirect(_list_of(taken.code))
    kinds = services.kinds()
    chosen = next((kind for kind in kinds if kind.code == request.GET.get("of")), kinds[0])
    rows = list(CustomField.objects.filter(code=chosen.code).order_by("position", "pk"))
    context = {
        "kinds": kinds,
        "chosen": chosen,
        "rows": [_told(row) for row in rows if not row.is_retired],
        "retired": [_told(row) for row in rows if row.is_retired],
        "proposed": [_proposed(one, viewer.language) for one in proposed.proposals(chosen.code)],
        "template": name_of(policies.current().template),
        "may_change": viewer.may(Area.SETTINGS, Level.EDIT),
    }
    return render(request, "web/custom_fields.html", context)


def _proposed(one: proposed.Proposal, language: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title.said_in(language),
        "help": one.help.said_in(language),
        "kind": words.KINDS[one.kind],
        "choices": [known.said(choice["zh"], choice["en"]) for choice in one.choices],
    }


def _told(row: CustomField) -> dict[str, Any]:
    """A field as the list of fields shows it."""
    return {
        "row": row,
        "title": known.said(row.title_zh, row.title_en),
        "kind": words.KINDS[Kind(row.kind)],
        "choices": [known.said(one["zh"], one["en"]) for one in row.choices if not one["is_past"]],
        "relation": services.relations().get(row.relation, ""),
        "purpose": words.PURPOSES.get(row.purpose, ""),
    }


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """First which kind of field, then the form of that kind."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    record_type = services.kind_of(request.GET.get("of", ""))
    if request.GET.get("kind") not in set(words.KINDS):
        return render(request, "web/custom_field_kind.html", {"type": record_type, "kinds": words.KINDS.items()})
    kind = Kind(request.GET["kind"])
    begins = {"level": "basic", "purpose": "service", "basis": "contract", "retention": "customer_3y"}
    form = DefinitionForm(record_type, kind, is_new=True, data=request.POST or None, initial=begins)
    choices = _choices(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            services.field_add(
                viewer=viewer, code=record_type.code, kind=str(kind), **form.cleaned_data | {"choices": choices}
            )
        except Invalid as refusal:
            form.refuse(refusal.data["fields"])
        except services.TooManyFields as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, _("Added. The field is there for everybody from the next page on."))
            return redirect(_list_of(record_type.code))
    context = {
        "type": record_type, "kind": words.KINDS[kind], "form": form, "has_choices": kind is Kind.CHOICE,
        "choices": [*choices, *_empty_choices()],
    }  # fmt: skip
    return render(request, "web/custom_field.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.EDIT)
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One field: its form, its index, and the buttons that move, retire or bring it back."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = CustomField.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(uid=str(uid))
    act = request.POST.get("act", "")
    if act in _ACTS:
        return _done(request, viewer, row, act)
    record_type, kind = services.kind_of(row.code), Kind(row.kind)
    begins = {name: getattr(row, name) for name in services.CHANGEABLE}
    form = DefinitionForm(record_type, kind, is_new=False, data=request.POST or None, initial=begins)
    choices = _choices(request.POST) if request.method == "POST" else row.choices
    if request.method == "POST" and form.is_valid():
        try:
            services.field_change(
                viewer=viewer, uid=uid, version=_version(request), **form.cleaned_data | {"choices": choices}
            )
        except Invalid as refusal:
            form.refuse(refusal.data["fields"])
        except Stale as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_list_of(row.code))
    context = {
        "type": record_type, "kind": words.KINDS[kind], "form": form, "row": row, "has_choices": kind is Kind.CHOICE,
        "choices": [*choices, *_empty_choices()], "may_index": row.kind in rules.INDEXED, "told": _told(row),
    }  # fmt: skip
    return render(request, "web/custom_field.html", context, status=422 if form.errors else 200)


_ACTS = ("up", "down", "retire", "return", "index", "no_index")


def _done(request: HttpRequest, viewer: Viewer, row: CustomField, act: str) -> HttpResponse:
    version = _version(request)
    try:
        match act:
            case "up" | "down":
                services.field_move(viewer=viewer, uid=row.uid, step=-1 if act == "up" else 1)
            case "retire":
                services.field_retire(viewer=viewer, uid=row.uid, version=version)
                messages.success(request, _("Retired. Its values stay where they are; it can be brought back."))
            case "return":
                services.field_return(viewer=viewer, uid=row.uid, version=version)
                messages.success(request, _("The field is back, with its values."))
            case _:
                services.field_index(viewer=viewer, uid=row.uid, version=version, is_wanted=act == "index")
                messages.success(request, _("The index is built or taken away in the background."))
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusals.sentence(refusal))
    return redirect(_list_of(row.code))


def _version(request: HttpRequest) -> int:
    return typed.whole_or_none(request.POST.get("version", "")) or 0


def _list_of(code: str) -> str:
    return f"{reverse('custom_fields')}?of={code}"


def _choices(form: QueryDict) -> list[dict[str, Any]]:
    """The choices of the form in their order; a row without words is none."""
    rows = []
    count = form.get("rows", "")
    for place in range(int(count) if count.isdigit() and len(count) < 4 else 0):
        zh, en = (form.get(f"choice_{language}_{place}", "").strip() for language in ("zh", "en"))
        code = form.get(f"choice_code_{place}", "")
        if not (zh or en or code):
            continue
        order = typed.whole_or_none(form.get(f"choice_order_{place}", ""))
        rows.append({
            "code": code, "zh": zh, "en": en, "is_past": f"choice_past_{place}" in form,
            "order": rules.MOST_CHOICES if order is None else order,
        })  # fmt: skip
    return sorted(rows, key=lambda row: row["order"])


def _empty_choices() -> list[dict[str, Any]]:
    return [{"code": "", "zh": "", "en": "", "is_past": False} for _n in range(_NEW_CHOICES)]
