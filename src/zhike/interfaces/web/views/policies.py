"""Policies: every number with its meaning, source and history; changed with a reason and an effective date."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from zhike.foundation import approvals, policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, money, typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.policies.declare import Rule, declared, rules_of
from zhike.foundation.policies.load import Entry, PolicySet, entries
from zhike.foundation.policies.models import TEMPLATE_KEY, PolicyProposal
from zhike.foundation.ui import refusals
from zhike.interfaces.web.template_words import name_of
from zhike.interfaces.web.views.policy_effects import effect_of
from zhike.interfaces.web.views.policy_values import CHOICE_WORDS, ROOM_WORDS, unit_words

POLICY_WORDS = {
    "acquire.form": gettext_lazy("Public form"),
    "acquire.grading": gettext_lazy("Grading of leads"),
    "acquire.pool": gettext_lazy("Pool of leads"),
    "acquire.progress": gettext_lazy("Progress of leads"),
    "acquire.target_industries": gettext_lazy("Target industries"),
    "acquire.target_regions": gettext_lazy("Target regions"),
    "api.pace": gettext_lazy("Pace of programs"),
    "api.repeats": gettext_lazy("Repeated requests"),
    "api.tokens": gettext_lazy("Access tokens"),
    "approvals.standard": gettext_lazy("Time and number of decisions"),
    "automate.rules": gettext_lazy("Automation rules"),
    "automate.webhooks": gettext_lazy("Webhooks"),
    "backup.rhythm": gettext_lazy("Rhythm of backups"),
    "calendar.working_time": gettext_lazy("Working time"),
    "correspond.receiving": gettext_lazy("Receiving messages"),
    "correspond.sending": gettext_lazy("Sending messages"),
    "customers.calendar": gettext_lazy("Calendar of customers"),
    "customers.forgotten": gettext_lazy("No contact for long"),
    "files.attachments": gettext_lazy("Size and kinds of files"),
    "imports.calls": gettext_lazy("Calls with many rows"),
    "imports.files": gettext_lazy("Files that are imported"),
    "insight.churn_rate": gettext_lazy("Churn rate"),
    "insight.clv": gettext_lazy("Lifetime value"),
    "jobs.pruning": gettext_lazy("What is cleared away"),
    "jobs.worker": gettext_lazy("Worker"),
    "mcp.changes": gettext_lazy("Changes by assistants"),
    "messages.gate": gettext_lazy("What leaves for customers"),
    "messages.notices": gettext_lazy("Notices"),
    "messages.staff_mail": gettext_lazy("Notices by mail"),
    "messages.staff_push": gettext_lazy("Notices in WeCom, DingTalk or Feishu"),
    "obligations.standard": gettext_lazy("Reminders and escalation"),
    "onboard.clocks": gettext_lazy("Clocks of delivery"),
    "onboard.milestones": gettext_lazy("Milestones"),
    "outbox.delivery": gettext_lazy("Delivery"),
    "portal.sign_in": gettext_lazy("Sign-in of customers"),
    "records.custom_fields": gettext_lazy("Custom fields"),
    "records.exports": gettext_lazy("Exports"),
    "records.lists": gettext_lazy("Lists"),
    "records.sharing": gettext_lazy("Sharing for a time"),
    "records.tags": gettext_lazy("Tags"),
    "records.undo": gettext_lazy("Undo"),
    "reports.drafts": gettext_lazy("Drafts of reports"),
    "retain.churn_model": gettext_lazy("Churn model"),
    "retain.clocks": gettext_lazy("Clocks of retention"),
    "retain.health": gettext_lazy("Health score"),
    "retain.patrol": gettext_lazy("Health patrols"),
    "retain.risk": gettext_lazy("Risk levels"),
    "retain.route": gettext_lazy("Who leads the win-back"),
    "retain.signals": gettext_lazy("Signals"),
    "retain.warning": gettext_lazy("What warns"),
    "segment.groups": gettext_lazy("Groups and share of effort"),
    "segment.lifecycle": gettext_lazy("Lifecycle"),
    "segment.portrait": gettext_lazy("Portrait"),
    "segment.potential": pgettext_lazy("score", "Potential"),
    "segment.rfm": gettext_lazy("RFM"),
    "segment.strategy": gettext_lazy("Strategy table"),
    "segment.tiers": gettext_lazy("Value tiers"),
    "serve.clocks": gettext_lazy("Clocks of service"),
    "serve.complaints": gettext_lazy("Complaints"),
    "serve.desk": gettext_lazy("Service desk"),
    "serve.greetings": gettext_lazy("Greetings"),
    "serve.old_matters": gettext_lazy("Old open issues"),
    "serve.reminders": gettext_lazy("Reminders of arrears and package use"),
    "win.clocks": gettext_lazy("Clocks of sales and contracts"),
    "win.pipeline": gettext_lazy("Pipeline"),
    "win.renewals": gettext_lazy("Reminders of renewals"),
    "win.review": gettext_lazy("Decision on contracts"),
}


@route(area=Area.SETTINGS, level=Level.BASIC)
def rooms(request: HttpRequest) -> HttpResponse:
    """All policies of one room; the first room when none is named."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    names = sorted({key.split(".")[0] for key in declared()})
    chosen = request.GET.get("room", "")
    chosen = chosen if chosen in names else names[0]
    policies.refresh()
    now = policies.current()
    groups = [
        {"title": POLICY_WORDS.get(key, key), "rows": _rows(cls, now, viewer)}
        for key, cls in sorted(declared().items())
        if key.split(".")[0] == chosen
    ]
    context = {
        "rooms": [(name, ROOM_WORDS.get(name, name)) for name in names],
        "chosen": chosen,
        "groups": groups,
        "template": name_of(now.template),
        "template_key": TEMPLATE_KEY,
        "upcoming": [(row, words_of(row.key, row.value, viewer.language)) for row in policies.upcoming()],
        "may_change": _may_change(viewer),
        "proposals": [_proposed(viewer, proposal) for proposal in policies.proposals_open()],
        "may_decide": viewer.may(Area.SETTINGS, Level.APPROVE),
    }
    return render(request, "web/policies.html", context)


def _may_change(viewer: Viewer) -> bool:
    return viewer.may(Area.SETTINGS, Level.EDIT) or viewer.may(Area.SETTINGS, Level.APPROVE)


def _rows(cls: Any, now: PolicySet, viewer: Viewer) -> list[dict[str, Any]]:
    shipped, held = entries(cls.__policy__[0]), now.get(cls)
    versions = dict(now.versions)
    rows = []
    for name, rule in rules_of(cls).items():
        key = f"{cls.__policy__[0]}.{cls.__policy__[1]}.{name}"
        entry = shipped[key]
        value = getattr(held, name)
        rows.append(
            {
                "key": key,
                "title": entry.title.said_in(viewer.language),
                "meaning": entry.meaning.said_in(viewer.language),
                "source": entry.source,
                "value": shown(value, rule, viewer.language),
                "unit": unit_words(rule),
                "is_changed": key in versions,
            }
        )
    return rows


def shown(value: Any, rule: Rule, language: str) -> str:
    """A value as people read it."""
    if rule.kind == "flag":
        return _("Yes") if value else _("No")
    if rule.unit == "minor":
        return money.full(int(value))
    if rule.kind == "choice":
        return str(CHOICE_WORDS.get(str(value), value))
    if rule.unit == "ratio" and isinstance(value, int | float):
        return f"{value:g}"
    return f"{value:,g}" if isinstance(value, int | float) else str(value)


def words_of(key: str, value: Any, language: str) -> tuple[str, str]:
    """Title and value of a change, as people read them; "–" stands for the shipped value."""
    if key == TEMPLATE_KEY:
        return _("Industry template"), _selected(policies.Selection.read(value), language)
    try:
        entry, rule, _now = _find(key)
    except NotFound:  # proposed by a version that had this number
        return key, str(value)
    return entry.title.said_in(language), "–" if value is None else f"{shown(value, rule, language)} {unit_words(rule)}"


def _selected(selection: policies.Selection, language: str) -> str:
    name = name_of(selection.template)
    titles = _(", ").join(words_of(key, None, language)[0] for key in selection.replacing)
    said = [_("%(name)s; replaces what was set by hand: %(titles)s") % {"name": name, "titles": titles}]
    if not selection.replacing:
        said = [name]
    said += [" ".join(words_of(key, value, language)) for key, value in selection.setting]
    return _("; ").join(said)


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.BASIC)
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One number: what it means, who changed it when and why; a change with its effect shown first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    policies.refresh()
    entry, rule, value = _find(key)
    planned = {row.pk for row in policies.upcoming() if row.key == key}
    context: dict[str, Any] = {
        "key": key,
        "entry": entry,
        "title": entry.title.said_in(viewer.language),
        "meaning": entry.meaning.said_in(viewer.language),
        "why": entry.reason.said_in(viewer.language),
        "rule": rule,
        "unit": unit_words(rule),
        "value": shown(value, rule, viewer.language),
        "raw": _raw(value, rule),
        "options": _options(rule),
        "least": None if rule.minimum is None else shown(rule.minimum, rule, viewer.language),
        "most": None if rule.maximum is None else shown(rule.maximum, rule, viewer.language),
        "shipped": shown(entry.value, rule, viewer.language),
        "room": key.split(".")[0],
        "history": [_version(row, rule, viewer.language, planned) for row in policies.history(key)[:20]],
        "decides": viewer.may(Area.SETTINGS, Level.APPROVE),
        "may_change": _may_change(viewer),
        "typed": request.POST,
    }
    if request.method == "POST":
        done = _change(request, viewer, key, rule, context)
        if done is not None:
            return done
    return render(request, "web/policy.html", context, status=422 if context.get("problems") else 200)


def _find(key: str) -> tuple[Entry, Rule, Any]:
    policy_key, _dot, name = key.rpartition(".")
    cls = declared().get(policy_key)
    if cls is None or name not in rules_of(cls):
        raise NotFound(key=key)
    return entries(policy_key.split(".")[0])[key], rules_of(cls)[name], getattr(policies.current().get(cls), name)


def _options(rule: Rule) -> list[tuple[str, str]]:
    """What can be chosen, as it is sent and as people read it."""
    if rule.kind == "flag":
        return [("true", _("Yes")), ("false", _("No"))]
    return [(option, str(CHOICE_WORDS.get(option, option))) for option in rule.options]


def _raw(value: Any, rule: Rule) -> str:
    if rule.kind == "flag":
        return "true" if value else "false"
    return str(money.to_major(int(value), "CNY")) if rule.unit == "minor" else str(value)


def _version(row: Any, rule: Rule, language: str, planned: set[int]) -> dict[str, Any]:
    value = None if row.value is None else shown(row.value, rule, language)
    return {
        "row": row,
        "value": value,
        "by": row.changed_by.name if row.changed_by else "",
        "called_off": row.withdraws,
        "is_planned": row.pk in planned,
    }


def _change(request: HttpRequest, viewer: Viewer, key: str, rule: Rule, context: dict[str, Any]) -> HttpResponse | None:
    """Preview, or write; None when the page is to be shown again with problems or the preview."""
    form = request.POST
    try:
        value = _parsed(form.get("value", ""), rule)
        if form.get("act") != "save":
            context |= effect_of(key, value, policies.preview_of(viewer, key, value))
            context["previewed"] = shown(value, rule, viewer.language)
            return None
        made = policies.change(
            viewer, key, value, reason=form.get("reason", ""), effective_from=moment(form.get("from", ""))
        )
    except Invalid as invalid:
        context["problems"] = refusals.field_problems(invalid)
        return None
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        context["problems"] = {"value": refusals.sentence(refusal)}
        return None
    proposed = isinstance(made, PolicyProposal)
    messages.success(request, _("Proposed; management decides.") if proposed else _("Changed."))
    return redirect("policy", key=key)


def _proposed(viewer: Viewer, proposal: PolicyProposal) -> dict[str, Any]:
    """A proposal with its number in words and the effect that was computed for it."""
    title, value_words = words_of(proposal.key, proposal.value, viewer.language)
    found: dict[str, Any] = {"row": proposal, "title": title, "value": value_words, "effect": None}
    if proposal.key == TEMPLATE_KEY:
        kept = policies.preview_kept(viewer, proposal.key, proposal.value)
        return found | {"effect": effect_of(proposal.key, proposal.value, kept)}
    try:
        _entry, rule, value = _find(proposal.key)
    except NotFound:
        return found
    found["now"] = shown(value, rule, viewer.language)
    if proposal.value is not None:
        found["value"] = shown(proposal.value, rule, viewer.language)
        kept = policies.preview_kept(viewer, proposal.key, proposal.value)
        found["effect"] = effect_of(proposal.key, proposal.value, kept)
    return found


def _parsed(text: str, rule: Rule) -> Any:
    text = text.strip().replace(",", "")
    if rule.kind == "flag":
        return text == "true"
    if rule.kind == "choice":
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid(fields={"value": "not_a_number"})
    if rule.unit == "minor":
        return round(number * 100)
    return int(number) if number.is_integer() else number


def moment(text: str) -> dt.datetime | None:
    """Midnight at the start of the day given; None for at once."""
    if not text:
        return None
    try:
        return clock.start_of(typed.day(text))
    except ValueError:
        raise Invalid(fields={"effective_from": "not_a_date"}) from None


@require_http_methods(["POST"])
@route(area=Area.SETTINGS, level=Level.APPROVE)
def decide(request: HttpRequest, uid: Any) -> HttpResponse:
    """Approve or reject a proposed change."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "")
    proposal = PolicyProposal.objects.filter(uid=uid).first()
    if proposal is None:
        raise NotFound(uid=str(uid))
    running = approvals.running("policy_proposal", proposal.pk)
    if request.POST.get("act") == "approve":
        if running is not None:
            approvals.approve(viewer=viewer, uid=running.uid, words=reason)
        else:  # decided before, which the service says; or of a time before approvals
            policies.proposal_approve(viewer, uid, reason=reason)
        messages.success(request, _("Approved."))
        return redirect("policies")
    reason = reason or _("Rejected on the policies page")
    if running is not None:
        approvals.reject(viewer=viewer, uid=running.uid, words=reason)
    else:
        policies.proposal_reject(viewer, uid, reason=reason)
    messages.success(request, _("Rejected."))
    return redirect("policies")


@require_http_methods(["POST"])
@route(area=Area.SETTINGS, level=Level.APPROVE)
def call_off(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Call off a change that is planned, as long as it has not taken effect."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        made = policies.withdraw(viewer, uid, reason=request.POST.get("reason", ""))
    except Invalid:
        messages.error(request, _("Say why it is called off."))
        planned = next((row for row in policies.upcoming() if row.uid == uid), None)
        return redirect("policies") if planned is None else redirect("policy", key=planned.key)
    messages.success(request, _("Called off."))
    return redirect("policies") if made.key == TEMPLATE_KEY else redirect("policy", key=made.key)
