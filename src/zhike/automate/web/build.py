"""The page on which a rule is built: trigger, condition, actions; tried out and kept. Works by its buttons alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.automate import declare
from zhike.automate.models import Rule
from zhike.automate.rules.definition import MOST_STEPS, Definition, Step, from_json
from zhike.automate.selectors import rule_get, weekdays
from zhike.automate.services import checking
from zhike.automate.services.rule import rule_define
from zhike.automate.services.trying import tried_out
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import builder, operators
from zhike.foundation.records import where as grammar
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.forms import ActionForm
from zhike.foundation.ui import refusals


@dataclass
class Sheet:
    """What stands on the page: the definition, the tree of its condition, what is wrong."""

    definition: Definition
    tree: grammar.Group
    version: int
    problem: str = ""
    checked: bool = False
    new: str = ""


@require_http_methods(["GET", "POST"])
@route(area=Area.AUTOMATION, level=Level.EDIT)
def build(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Each button sends the whole form; only "save" keeps it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    rule = rule_get(viewer, uid)
    record_type = checking.type_of(rule.subject)
    if record_type is None or not viewer.may(record_type.area, Level.BASIC):
        return render(request, "automate/build.html", {"rule": rule, "type": None}, status=200)
    if request.method != "POST":
        definition = from_json(rule.draft)
        return _page(request, rule, record_type, Sheet(definition, _tree(definition.where), rule.version))
    sheet = _typed(viewer, record_type, rule, request.POST)
    wish = request.POST.get("do", "")
    if wish == "save":
        return _saved(request, rule, record_type, sheet)
    status = 200
    try:
        sheet = _wished(viewer, record_type, sheet, wish, request.POST)
    except ValueError as wrong:
        sheet.problem, status = str(wrong), 422
    return _page(request, rule, record_type, sheet, status=status, tries=wish == "try")


def _tree(where: str) -> grammar.Group:
    try:
        return grammar.read(where) if where else grammar.Group("all")
    except ValueError:
        return grammar.Group("all")


def _typed(viewer: Viewer, record_type: RecordType, rule: Rule, posted: QueryDict) -> Sheet:
    tree = builder.unfilled(builder.tree_of(posted))
    steps = []
    for place in range(MOST_STEPS):
        if code := posted.get(f"code.{place}", "")[:60]:
            action = declare.find_action(viewer, record_type, code)
            keys = [f.key for f in action.fields(viewer, record_type)] if action else []
            answers = {key: posted.getlist(f"s{place}-{key}") for key in keys}
            steps.append(Step(code, {key: given for key, given in answers.items() if any(given)}))
    definition = Definition(
        kind=rule.kind, subject=rule.subject, event=rule.event, wait_hours=_number(posted.get("wait_hours", "")),
        date_field=posted.get("date_field", "")[:60],
        days=round(_number(posted.get("days", ""))) * (1 if posted.get("side") == "after" else -1),
        rhythm=posted.get("rhythm", "daily")[:10], weekday=round(_number(posted.get("weekday", ""))),
        at=posted.get("at", "")[:5], where=grammar.write(tree) if tree.parts else "", steps=tuple(steps),
    )  # fmt: skip
    return Sheet(definition, tree, round(_number(posted.get("version", ""))))


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0
    return number if 0 <= number < 1e6 else 0


def _wished(viewer: Viewer, record_type: RecordType, sheet: Sheet, wish: str, posted: QueryDict) -> Sheet:
    what, _colon, place = wish.partition(":")
    steps = list(sheet.definition.steps)
    if what == "step_add":
        code = posted.get("new_step", "")
        if declare.find_action(viewer, record_type, code) is None:
            raise ValueError(_("Choose the action."))
        if len(steps) >= MOST_STEPS:
            raise ValueError(_("A rule has at most %(most)d actions.") % {"most": MOST_STEPS})
        steps.append(Step(code))
    elif what in ("step_drop", "step_up") and place.isdigit() and int(place) < len(steps):
        moved = steps.pop(int(place))
        if what == "step_up":
            steps.insert(max(int(place) - 1, 0), moved)
    elif what in ("add", "group", "drop"):
        sheet.tree, sheet.new = builder.changed(viewer, record_type, sheet.tree, wish, posted)
    else:
        sheet.checked = what == "try"
    where = grammar.write(sheet.tree) if sheet.tree.parts else ""
    sheet.definition = replace(sheet.definition, steps=tuple(steps), where=where)
    return sheet


def _saved(request: HttpRequest, rule: Rule, record_type: RecordType, sheet: Sheet) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        rule_define(viewer=viewer, uid=rule.uid, version=sheet.version, definition=sheet.definition)
    except Refusal as refusal:
        sheet.problem = refusals.sentence(refusal)
        return _page(request, rule, record_type, sheet, status=refusal.status)
    left = checking.problems_of(viewer, sheet.definition)
    if left:
        messages.warning(request, _("Saved. Before it can be put in force: %(problems)s") % {
            "problems": " ".join(left.values())})  # fmt: skip
    else:
        messages.success(request, _("Saved. Put it in force when you are content with it."))
    return redirect(f"/rules/{rule.uid}/")


def _page(
    request: HttpRequest, rule: Rule, record_type: RecordType, sheet: Sheet, *, status: int = 200, tries: bool = False
) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    definition, fields = sheet.definition, operators.fields_for(viewer, record_type)
    known = declare.triggers().get(definition.event)
    context: dict[str, Any] = {
        "rule": rule,
        "type": record_type,
        "version": sheet.version,
        "definition": definition,
        "days": abs(definition.days),
        "event_words": known.title if known else "",
        "top": builder.rows_of(viewer, record_type, sheet.tree, checked=sheet.checked, new=sheet.new),
        "fields": sorted(((f.key, str(f.label)) for f in fields), key=lambda pair: pair[1]),
        "dates": [(f.key, str(f.label)) for f in checking.dates_of(viewer, record_type)],
        "weekdays": weekdays(),
        "steps": [_step(viewer, record_type, place, step, sheet) for place, step in enumerate(definition.steps)],
        "offered": _offered(viewer, record_type),
        "problem": sheet.problem,
        "tried": tried_out(viewer, definition) if tries else None,
        "problems": checking.problems_of(viewer, definition) if sheet.checked else {},
        "layout": "shell/page.html",
    }
    return render(request, "automate/build.html", context, status=status)


def _step(viewer: Viewer, record_type: RecordType, place: int, step: Step, sheet: Sheet) -> dict[str, Any]:
    """One action as the page draws it: its questions with what was typed, and with what is wrong once it was tried."""
    action = declare.find_action(viewer, record_type, step.code)
    if action is None:
        return {"place": place, "code": step.code, "title": step.code, "icon": "ban", "form": None}
    wrong = checking.form_of(viewer, record_type, action, step).errors if sheet.checked else {}
    form = ActionForm(viewer, record_type, action.fields(viewer, record_type))
    form.prefix = f"s{place}"
    for key, given in step.answers.items():
        if key in form.fields:
            form.initial[key] = given[0] if len(given) == 1 else given
    problems = [f"{form.fields[k].label}: {e[0]}" if k in form.fields else str(e[0]) for k, e in wrong.items()]
    return {
        "place": place, "code": step.code, "title": action.title, "icon": action.icon, "form": form,
        "problems": problems,
    }  # fmt: skip


def _offered(viewer: Viewer, record_type: RecordType) -> list[tuple[str, list[tuple[str, str]]]]:
    """The actions to choose from, by group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for action in declare.actions(viewer, record_type):
        groups.setdefault(str(action.group or _("Actions")), []).append((action.code, str(action.title)))
    return list(groups.items())
