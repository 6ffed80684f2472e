"""Industry templates: what each would change, number by number, and choosing one with a reason and a date."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.policies.load import TEMPLATES
from zhike.foundation.policies.models import TEMPLATE_KEY, PolicyProposal
from zhike.foundation.policies.templates import Line
from zhike.foundation.ui import refusals
from zhike.interfaces.web.template_words import WORDS, name_of
from zhike.interfaces.web.views import policies as numbers


@route(area=Area.SETTINGS, level=Level.BASIC)
def templates(request: HttpRequest) -> HttpResponse:
    """The four templates, which one is in force, and how much each would change."""
    now = policies.current()
    context = {
        "now": name_of(now.template),
        "cards": [
            {"code": code, "name": WORDS[code][0], "meaning": WORDS[code][1], "is_in_force": code == now.template}
            | _counted(policies.compare(code, now=now))
            for code in TEMPLATES
        ],
        "history": [
            {"row": row, "name": name_of(row.value), "by": row.changed_by.name if row.changed_by else ""}
            for row in policies.history(TEMPLATE_KEY)[:20]
        ],
        "waiting": policies.proposals_open().filter(key=TEMPLATE_KEY).exists(),
    }
    return render(request, "web/templates.html", context)


def _counted(lines: list[Line]) -> dict[str, int]:
    return {"changes": sum(line.changes for line in lines), "kept": sum(line.is_kept for line in lines)}


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.BASIC)
def one(request: HttpRequest, template: str) -> HttpResponse:
    """One template against the values in force; a POST chooses it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if template not in TEMPLATES:
        raise NotFound(template=template)
    replacing = request.POST.getlist("replace")
    problems: dict[str, str] = {}
    if request.method == "POST":
        done = _choose(request, viewer, template, replacing, problems)
        if done is not None:
            return done
    now = policies.current()
    lines = policies.compare(template, now=now)
    context = {
        "template": template,
        "name": name_of(template),
        "meaning": WORDS[template][1],
        "is_in_force": now.template == template,
        "now": name_of(now.template),
        "lines": [_shown(line, viewer.language, replacing) for line in lines],
        **_counted(lines),
        "may_change": viewer.may(Area.SETTINGS, Level.EDIT) or viewer.may(Area.SETTINGS, Level.APPROVE),
        "decides": viewer.may(Area.SETTINGS, Level.APPROVE),
        "problems": problems,
        "typed": request.POST,
    }
    return render(request, "web/template.html", context, status=422 if problems else 200)


def _choose(
    request: HttpRequest, viewer: Viewer, template: str, replacing: list[str], problems: dict[str, str]
) -> HttpResponse | None:
    form = request.POST
    try:
        made = policies.template_select(
            viewer, template, reason=form.get("reason", ""), effective_from=numbers.moment(form.get("from", "")),
            replacing=replacing,
        )  # fmt: skip
    except Invalid as invalid:
        problems.update(refusals.field_problems(invalid))
        return None
    proposed = isinstance(made, PolicyProposal)
    messages.success(request, _("Proposed; management decides.") if proposed else _("Changed."))
    return redirect("templates")


def _shown(line: Line, language: str, replacing: list[str]) -> dict[str, Any]:
    room, policy_name, _field = line.key.split(".")
    key = f"{room}.{policy_name}"
    return {
        "key": line.key,
        "group": numbers.POLICY_WORDS.get(key, key),
        "title": line.entry.title.said_in(language),
        "now": numbers.shown(line.now, line.rule, language),
        "says": numbers.shown(line.says, line.rule, language),
        "unit": numbers.unit_words(line.rule),
        "is_by_hand": line.is_by_hand,
        "is_ticked": line.key in replacing,
    }
