"""Industry templates: what each would change, number by number, and choosing one with a reason and a date."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.policies.load import TEMPLATES
from zhike.foundation.policies.models import TEMPLATE_KEY, Action, PolicyProposal, PolicyVersion
from zhike.foundation.policies.templates import Line
from zhike.foundation.ui import refusals
from zhike.interfaces.web.template_words import WORDS, name_of
from zhike.interfaces.web.views import policies as numbers
from zhike.interfaces.web.views.policy_effects import effect_of


@route(area=Area.SETTINGS, level=Level.BASIC)
def templates(request: HttpRequest) -> HttpResponse:
    """The four templates, which one is in force, and how much each would change."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    policies.refresh()
    now = policies.current()
    in_force = policies.in_force().get(TEMPLATE_KEY)
    planned = {row.pk for row in policies.upcoming() if row.key == TEMPLATE_KEY}
    context = {
        "now": name_of(now.template),
        "cards": [
            {"code": code, "name": WORDS[code][0], "meaning": WORDS[code][1], "is_in_force": code == now.template}
            | _counted(policies.compare(code, now=now))
            for code in TEMPLATES
        ],
        "history": [
            {
                "row": row,
                "name": _said(row),
                "by": row.changed_by.name if row.changed_by else "",
                "is_newest": row.pk == in_force,
                "is_planned": row.pk in planned,
            }
            for row in policies.history(TEMPLATE_KEY)[:20]
        ],
        "may_take_back": viewer.may(Area.SETTINGS, Level.EDIT) or viewer.may(Area.SETTINGS, Level.APPROVE),
        "decides": viewer.may(Area.SETTINGS, Level.APPROVE),
        "waiting": policies.proposals_open().filter(key=TEMPLATE_KEY).exists(),
    }
    return render(request, "web/templates.html", context)


def _said(row: PolicyVersion) -> str:
    return _("called off") if row.action == Action.WITHDRAW else name_of(row.value)


def _counted(lines: list[Line]) -> dict[str, int]:
    return {"changes": sum(line.changes for line in lines), "kept": sum(line.is_kept for line in lines)}


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.BASIC)
def one(request: HttpRequest, template: str) -> HttpResponse:
    """One template against the values in force; a POST chooses it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if template not in TEMPLATES:
        raise NotFound(template=template)
    policies.refresh()
    replacing = request.POST.getlist("replace")
    problems: dict[str, str] = {}
    effects: dict[str, Any] = {}
    if request.method == "POST" and request.POST.get("act") == "preview":
        value = policies.Selection(template, tuple(sorted(set(replacing)))).written()
        effects = _foreseen(viewer, value, problems)
    elif request.method == "POST":
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
        **effects,
    }
    return render(request, "web/template.html", context, status=422 if problems else 200)


def _foreseen(viewer: Viewer, value: Any, problems: dict[str, str]) -> dict[str, Any]:
    """What the template would move, begun to be computed where nobody has asked for it yet."""
    try:
        policies.check(TEMPLATE_KEY, value)
    except Invalid as invalid:
        problems.update(refusals.field_problems(invalid))
        return {}
    effects = policies.preview_of(viewer, TEMPLATE_KEY, value)
    return {"previewed": True} | effect_of(TEMPLATE_KEY, value, effects)


@require_GET
@route(area=Area.SETTINGS, level=Level.BASIC)
def side_by_side(request: HttpRequest) -> HttpResponse:
    """All templates beside the values in force: the numbers that differ, or with ``all`` every one they touch."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    policies.refresh()
    rows = policies.side_by_side()
    is_all = request.GET.get("all") == "1"
    context = {
        "now": name_of(policies.current().template),
        "names": [(code, WORDS[code][0]) for code in TEMPLATES],
        "rows": [_beside(row, viewer.language) for row in rows if is_all or row.differs],
        "is_all": is_all,
        "count": len(rows),
    }
    return render(request, "web/templates_beside.html", context)


def _beside(row: Any, language: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "group": _group(row.key),
        "title": row.entry.title.said_in(language),
        "unit": numbers.unit_words(row.rule),
        "now": numbers.shown(row.now, row.rule, language),
        "says": [
            {"name": WORDS[code][0], "value": numbers.shown(value, row.rule, language), "differs": value != row.now}
            for code, value in row.says
        ],
    }


def _group(key: str) -> Any:
    policy_key = key.rpartition(".")[0]
    return numbers.POLICY_WORDS.get(policy_key, policy_key)


@require_POST
@route(area=Area.SETTINGS, level=Level.BASIC)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Undo the choice of a template as one: what stood before it is in force again, or proposed."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        made = policies.template_take_back(viewer, uid, reason=request.POST.get("reason", ""))
    except Invalid:
        messages.error(request, _("Say why it is taken back."))
        return redirect("templates")
    proposed = isinstance(made, PolicyProposal)
    messages.success(request, _("Proposed; management decides.") if proposed else _("Taken back."))
    return redirect("templates")


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
    return {
        "key": line.key,
        "group": _group(line.key),
        "title": line.entry.title.said_in(language),
        "now": numbers.shown(line.now, line.rule, language),
        "says": numbers.shown(line.says, line.rule, language),
        "unit": numbers.unit_words(line.rule),
        "is_by_hand": line.is_by_hand,
        "is_ticked": line.key in replacing,
    }
