"""Approval flows: how each is decided on, changed within its bounds, with the versions that were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhike.foundation import approvals, policies
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import Condition, Flow, Step
from zhike.foundation.approvals import course as courses
from zhike.foundation.approvals.flow import in_both, said_in
from zhike.foundation.approvals.models import FlowVersion
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.policies.declare import declared
from zhike.foundation.policies.load import entries
from zhike.foundation.ui import refusals
from zhike.interfaces.web.views.policies import words_of

RELATIONS = {
    "superior": gettext_lazy("the author's superior"),
    "department_head": gettext_lazy("the head of the author's department"),
    "customer_manager": gettext_lazy("the customer's owner"),
}
RULE_WORDS = {"any": gettext_lazy("one of them is enough"), "all": gettext_lazy("all of them have to agree")}
_NEW_STEPS = 2


@route(area=Area.SETTINGS, level=Level.BASIC)
def flows(request: HttpRequest) -> HttpResponse:
    """All kinds of approvals with their steps."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    rows = []
    for flow in approvals.flows():
        course = courses.course_of(flow)
        rows.append({"flow": flow, "number": course.number, "steps": [_told(flow, s, viewer) for s in course.steps]})
    return render(request, "web/approvals/flows.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.BASIC)
def flow(request: HttpRequest, code: str) -> HttpResponse:
    """One flow: its steps, the form that changes them, and what it was before."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = approvals.flow_of(code)
    may_set = viewer.may(Area.SETTINGS, Level.EDIT) or viewer.may(Area.SETTINGS, Level.APPROVE)
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            return _set(request, viewer, found)
        except Invalid as refusal:
            context = {"problems": refusals.field_problems(refusal), "where": refusal.data.get("where", "")}
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            context = {"problems": {"steps": refusals.sentence(refusal)}}
    course = courses.course_of(found)
    steps = _typed(request.POST) if context else [_form(found, one) for one in course.steps]
    context |= {
        "flow": found, "number": course.number, "may_set": may_set, "typed": request.POST,
        "told": [_told(found, one, viewer) for one in course.steps],
        "rows": [*steps, *({"code": "", "who": [], "rule": "any"} for _n in range(_NEW_STEPS))],
        "places": _places(found, viewer, course), "rules": RULE_WORDS.items(),
        "conditions": [(str(n), _when(found, one, viewer)) for n, one in enumerate(found.conditions)],
        "posts": [(f"post:{c}", post.title.said_in(viewer.language)) for c, post in posts().items()],
        "copies": request.POST.getlist("copies") if request.POST else list(course.copies),
        "fallback": request.POST.getlist("fallback") if request.POST else list(course.fallback),
        "history": FlowVersion.objects.filter(flow=code).select_related("changed_by").order_by("-number")[:20],
    }  # fmt: skip
    return render(request, "web/approvals/flow.html", context, status=422 if "problems" in context else 200)


def _set(request: HttpRequest, viewer: Viewer, found: Flow) -> HttpResponse:
    form = request.POST
    number = int(form["number"]) if form.get("number", "").isdigit() else 0
    if form.get("act") == "restore":
        approvals.flow_restore(viewer=viewer, code=found.code, number=number, reason=form.get("reason", ""))
    else:
        approvals.flow_change(
            viewer=viewer, code=found.code, number=number, steps=[one for one in _typed(form) if one["is_kept"]],
            copies=form.getlist("copies"), fallback=form.getlist("fallback"), reason=form.get("reason", ""),
        )  # fmt: skip
    messages.success(request, _("Changed. Approvals that run keep the flow they began with."))
    return redirect("flow", code=found.code)


def _typed(form: QueryDict) -> list[dict[str, Any]]:
    """The steps of the form in their order; rows without a title are none."""
    rows = []
    for place in range(int(form["rows"]) if form.get("rows", "").isdigit() and len(form["rows"]) < 3 else 0):
        title = {language: form.get(f"title_{language}_{place}", "").strip() for language in ("zh", "en")}
        if not any(title.values()):
            continue
        order = form.get(f"order_{place}", "")
        rows.append({
            "code": form.get(f"code_{place}", ""), "title": title, "who": form.getlist(f"who_{place}"),
            "rule": form.get(f"rule_{place}", "any"), "when": form.get(f"when_{place}", "") or None,
            "order": int(order) if order.isascii() and order.isdigit() and len(order) < 4 else 99,
            "is_kept": f"drop_{place}" not in form,
        })  # fmt: skip
    return sorted(rows, key=lambda row: row["order"])


def _form(found: Flow, step: Step) -> dict[str, Any]:
    when = found.conditions.index(step.when) if step.when in found.conditions else None
    return {
        "code": step.code, "title": in_both(step.title), "who": list(step.who), "rule": step.rule,
        "when": None if when is None else str(when), "is_fixed": step.is_fixed, "is_kept": True,
    }  # fmt: skip


def _places(found: Flow, viewer: Viewer, course: courses.Course) -> list[tuple[str, str]]:
    """Where signers can be found: relations that the flow knows, posts, and people who are named already."""
    relations = [(f"relation:{code}", str(RELATIONS.get(code, code))) for code in found.relations]
    named = {place for step in course.steps for place in step.who if place.startswith("person:")}
    people = [(place, place_words(place, viewer)) for place in sorted(named)]
    return [*relations, *people, *((f"post:{c}", post.title.said_in(viewer.language)) for c, post in posts().items())]


def place_words(place: str, viewer: Viewer) -> str:
    """Where a signer is found, in words."""
    kind, _colon, name = place.partition(":")
    if kind == "post":
        post = posts().get(name)
        return post.title.said_in(viewer.language) if post is not None else name
    if kind == "relation":
        return str(RELATIONS.get(name, name))
    return Person.objects.filter(uid=name).values_list("name", flat=True).first() or name


def _told(found: Flow, step: Step, viewer: Viewer) -> dict[str, Any]:
    """A step as people read it: who, whose word counts, from which number on, within what."""
    return {
        "title": said_in(in_both(step.title), viewer.language),
        "who": _joined(place_words(place, viewer) for place in step.who),
        "rule": RULE_WORDS[step.rule] if len(step.who) > 1 or step.rule == "all" else "",
        "when": _when(found, step.when, viewer) if step.when else "",
        "within": _limit(step.within, viewer) if step.within else "", "is_fixed": step.is_fixed,
    }  # fmt: skip


def _joined(words: Iterable[str]) -> str:
    return _(", ").join(words)


def _when(found: Flow, when: Condition, viewer: Viewer) -> str:
    value = next((str(one.title) for one in found.values if one.code == when.value), when.value)
    return _("%(value)s from %(limit)s on") % {"value": value, "limit": _limit(when.limit, viewer)}


def _limit(place: tuple[str, str], viewer: Viewer) -> str:
    """A policy number with its unit, as the page of parameters shows it."""
    key = ".".join(place)
    if key not in entries(place[0].split(".")[0]):
        return key
    value = getattr(policies.current().get(declared()[place[0]]), place[1])
    return words_of(key, value, viewer.language)[1].strip()
