"""Writing a row of the strategy table: create, copy, change, restore, take out; approve or set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale
from zhike.foundation.policies import current
from zhike.foundation.ui import refusals
from zhike.segment.rules.conditions import MEASURES, said
from zhike.segment.rules.table import COLUMNS, POLICY_CONTACT, Line, heading, numbers_of, shipped
from zhike.segment.services.judging import CELL_MAX, Given
from zhike.segment.services.strategy import (
    WHY_MAX,
    newest_line,
    strategy_approve,
    strategy_restore,
    strategy_retire,
    strategy_set_aside,
    strategy_write,
)
from zhike.segment.words import language, post_names, value_names

_LONG = ("features", "goal", "measures", "resources", "effect")


@require_http_methods(["GET", "POST"])
@route(area=Area.STRATEGY, level=Level.EDIT)
def strategy_new(request: HttpRequest) -> HttpResponse:
    """A new row of the enterprise's own; ``?copy=`` begins with what another row says."""
    copied = newest_line(request.GET.get("copy", ""))
    return _form(request, None, copied)


@require_http_methods(["GET", "POST"])
@route(area=Area.STRATEGY, level=Level.EDIT)
def strategy_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a row; what is saved is a draft until somebody approves it."""
    line = newest_line(code)
    if line is None:
        raise NotFound(strategy=code)
    return _form(request, code, line)


def _form(request: HttpRequest, code: str | None, line: Line | None) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    given, why = _of_line(line, code), ""
    if request.method != "POST":
        return _drawn(request, code, given, why, line)
    given, why = _typed(request), request.POST.get("why", "")
    try:
        strategy_write(
            viewer=viewer, code=code, given=given, why=why, language=language(),
            base=typed.whole_or_none(request.POST.get("base", "")),
        )  # fmt: skip
    except Invalid as refusal:
        return _drawn(request, code, given, why, line, dict(refusals.field_problems(refusal)), status=422)
    except Stale as refusal:
        return _drawn(request, code, given, why, line, {"": refusals.sentence(refusal)}, status=409)
    messages.success(request, _("Saved as a draft. It takes effect once somebody approves it."))
    return redirect("strategies")


def _of_line(line: Line | None, code: str | None) -> Given:
    if line is None:
        return Given({})
    lang = language()
    cells = {name: line.texts[name].said_in(lang) for name in COLUMNS}
    if code is None:
        cells["dimension"] = _("Copy of %(row)s") % {"row": line.filled(current()).column("dimension", lang)}
    days = "" if line.contact_days is None else str(line.contact_days)
    return Given(cells, line.owners, said(line.condition, lang, value_names()), line.is_first, days)


def _typed(request: HttpRequest) -> Given:
    said_ = request.POST
    return Given(
        cells={name: said_.get(name, "") for name in COLUMNS},
        owners=tuple(said_.getlist("owners")),
        condition=said_.get("condition", ""),
        is_first=said_.get("is_first") == "1",
        contact_days=said_.get("contact_days", ""),
    )


def _drawn(
    request: HttpRequest,
    code: str | None,
    given: Given,
    why: str,
    line: Line | None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    lang, policies, found = language(), current(), problems or {}
    fields = [
        {
            "name": name,
            "label": heading(name, lang),
            "value": given.cells.get(name, ""),
            "problem": found.get(name, ""),
            "is_long": name in _LONG,
            "rows": 4 if name == "measures" else 2,
        }
        for name in COLUMNS
    ]
    is_ready = code is not None and shipped().line(code) is not None
    context: dict[str, Any] = {
        "code": code,
        "fields": fields,
        "given": given,
        "why": why,
        "why_max": WHY_MAX,
        "cell_max": CELL_MAX,
        "problems": found,
        "general": found.get("", ""),
        "base": line.version if line is not None and code is not None else "",
        "is_ready": is_ready,
        "is_variant": is_ready and line is not None and line.variant_of is not None,
        "policy_contact": line.contact_within(policies) if line is not None and code == POLICY_CONTACT else None,
        "posts": [(post, title, post in given.owners) for post, title in post_names(lang).items()],
        "numbers": sorted(numbers_of(policies, lang).items()),
        "measures": _measures(lang),
    }
    return render(request, "segment/form.html", context, status=status)


def _measures(lang: str) -> list[tuple[str, str]]:
    """What a condition may ask about, with the values of the words."""
    is_zh, names = lang == "zh", value_names()
    found = []
    for measure in MEASURES.values():
        options = [pair[0 if is_zh else 1] for pair in measure.words.values()] or list(names.get(measure.code, {}))
        words = _("a number") if measure.is_number else ("、" if is_zh else ", ").join(options)
        found.append((measure.zh if is_zh else measure.en, words))
    return found


def _done(request: HttpRequest, act: Callable[[], object], words: str) -> HttpResponse:
    """Do ``act`` and say so; a refusal that names what to do is said on the page of the table."""
    try:
        act()
    except Invalid:
        messages.error(request, _("Say why."))
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusals.sentence(refusal))
    else:
        messages.success(request, words)
    return redirect("strategies")


@require_POST
@route(area=Area.STRATEGY, level=Level.EDIT)
def strategy_back(request: HttpRequest, code: str) -> HttpResponse:
    """Propose that a ready row says again what it said when shipped."""
    viewer, why = request.viewer, request.POST.get("why", "")  # type: ignore[attr-defined]
    words = _("Saved as a draft. It takes effect once somebody approves it.")
    return _done(request, lambda: strategy_restore(viewer=viewer, code=code, why=why), words)


@require_POST
@route(area=Area.STRATEGY, level=Level.EDIT)
def strategy_out(request: HttpRequest, code: str) -> HttpResponse:
    """Propose to take a row of the enterprise's own out of the table."""
    viewer, why = request.viewer, request.POST.get("why", "")  # type: ignore[attr-defined]
    words = _("Saved as a draft. It takes effect once somebody approves it.")
    return _done(request, lambda: strategy_retire(viewer=viewer, code=code, why=why), words)


@require_POST
@route(area=Area.STRATEGY, level=Level.APPROVE)
def draft_approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a draft in force."""
    viewer = request.viewer  # type: ignore[attr-defined]
    words = _("Approved. The next night sorts the customers by it.")
    return _done(request, lambda: strategy_approve(viewer=viewer, uid=uid), words)


@require_POST
@route(area=Area.STRATEGY, level=Level.BASIC)
def draft_set_aside(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Refuse a draft with a reason, or take back one's own."""
    viewer, reason = request.viewer, request.POST.get("reason", "")  # type: ignore[attr-defined]
    return _done(request, lambda: strategy_set_aside(viewer=viewer, uid=uid, reason=reason), _("Set aside."))
