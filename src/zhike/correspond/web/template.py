"""A new edition of a template: edited, previewed with example values, then published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from zhike.correspond.models.template import Language, Purpose
from zhike.correspond.rules.templates import KNOWN, filled, unknown_in
from zhike.correspond.selectors import editions_of, template_in_use, templates_in_use
from zhike.correspond.services.template import template_publish
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.ui import refusals

_FIELDS = ("code", "title", "language", "purpose", "subject", "body")


@require_http_methods(["GET", "POST"])
@route(area=Area.LOYALTY, level=Level.EDIT)
def edit(request: HttpRequest) -> HttpResponse:
    """The form with the edition in use; ``preview`` shows what a customer would read; else it is published."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if request.method == "GET":
        return render(request, "correspond/template.html", _context(request, _standing(request), {}))
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    if "preview" in request.POST:
        return render(request, "correspond/template.html", _context(request, typed, {}, shows=True))
    try:
        template_publish(viewer=viewer, **typed)
    except Invalid as invalid:
        problems = dict(refusals.field_problems(invalid))
        return render(request, "correspond/template.html", _context(request, typed, problems), status=422)
    messages.success(request, gettext("Published. Messages written before keep their words."))
    return redirect("/message-templates/")


def _standing(request: HttpRequest) -> dict[str, str]:
    code, language = request.GET.get("code", "")[:40], request.GET.get("language", "")
    language = language if language in Language.values else Language.ZH.value
    found = template_in_use(code, language) if code else None
    if found is None:
        return {"language": language, "purpose": Purpose.SERVICE.value, "code": code}
    return {name: str(getattr(found, name)) for name in _FIELDS} | {"language": language}


def _context(
    request: HttpRequest, typed: dict[str, str], problems: dict[str, str], *, shows: bool = False
) -> dict[str, Any]:
    words = typed.get("subject", "") + typed.get("body", "")
    return {
        "typed": typed,
        "problems": problems,
        "languages": Language.choices,
        "purposes": Purpose.choices,
        "known": KNOWN,
        "in_use": templates_in_use(),
        "editions": editions_of(typed.get("code", ""), typed.get("language", "")),
        "preview": _preview(request, typed) if shows else None,
        "unknown": unknown_in(words) if shows else [],
    }


def _preview(request: HttpRequest, typed: dict[str, str]) -> dict[str, str]:
    """The words as a customer would read them, with values that are nobody's."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    values = {
        "name": gettext("Wang Lei"), "customer": gettext("Hangzhou Lanshan"), "sender": viewer.name,
        "enterprise": gettext("our enterprise"), "number": "GD0000123", "date": clock.today().isoformat(), "days": "30",
        "occasion": gettext("Mid-Autumn Festival"), "history": gettext("Thank you for 3 years of trust"),
    }  # fmt: skip
    return {part: filled(typed.get(part, ""), values) for part in ("subject", "body")}
