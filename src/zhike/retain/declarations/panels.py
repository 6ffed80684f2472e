"""What retention shows: on the page of a case, on the customer's page, and at home for each post concerned."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from zhike.customers.public import contacts_shown, lines_about
from zhike.foundation import obligations, reports
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.records import names
from zhike.foundation.ui import panels
from zhike.ledger.public import arrears_of
from zhike.retain.models import RetentionPlan
from zhike.retain.models.case import CaseState
from zhike.retain.records.case_acts import record_words
from zhike.retain.rules.case import OPEN
from zhike.retain.rules.playbook import playbook
from zhike.retain.selectors.cases import (
    case_counts,
    case_of,
    cases_led,
    cases_to_decide,
    records_of_measures,
)
from zhike.retain.selectors.falls import falls_to_explain
from zhike.retain.selectors.results import cases_counted
from zhike.retain.wording import cause_words, lead_words, measure_words
from zhike.serve.public import open_matters

_STATES = {code: capfirst(words) for code, words in CaseState.choices}
DECISIONS_SHOWN = 5


def _story(viewer: Viewer, case: Any) -> dict[str, Any]:
    """What happened in this case, in order."""
    lines = lines_about(viewer, case.customer_id, case.uid)
    return {"lines": [{"line": line, "actor": _name(line.actor_id)} for line in lines]}


def _name(person_id: int | None) -> str:
    found = names.people.get(person_id)
    return found.name if found else ""


def _interviews(viewer: Viewer, case: Any) -> dict[str, Any] | None:
    """What the customer said, word by word."""
    rows = list(case.interviews.order_by("ended_at", "id"))
    said = [{"row": row, "cause": cause_words(row.cause, viewer.language), "who": _name(row.owner_id)} for row in rows]
    return {"interviews": said} if rows else None


def _plan(viewer: Viewer, case: Any) -> dict[str, Any]:
    """The plan with its steps and their clocks; before there is one, what the playbook proposes for the cause."""
    plan = RetentionPlan.objects.filter(case=case).first()
    cause = plan.cause if plan else case.cause
    found: dict[str, Any] = {"plan": plan, "cause": cause_words(cause, viewer.language), "proposed": []}
    if plan is None:
        known = playbook().causes.get(cause)
        measures = playbook().measures_for(cause)[: len(known.measures) if known else 0]
        records = records_of_measures(cause, [m.code for m in measures])
        found["proposed"] = [
            {"title": m.title.said_in(viewer.language), "says": m.says.said_in(viewer.language),
             "record": record_words(records.get(m.code))}
            for m in measures
        ]  # fmt: skip
        return found
    steps = list(plan.steps.all())
    clocks = obligations.clocks_of("retention_step", [step.pk for step in steps])
    found["steps"] = [
        {"step": step, "who": _name(step.owner_id), "duty": (clocks.get(step.pk) or [None])[0]} for step in steps
    ]
    measure = measure_words(plan.measure, viewer.language)
    found["document"] = reports.issue_about(viewer, "retention_plan", case.pk)
    return found | {"measure": measure, "writer": _name(plan.owner_id), "decider": _name(plan.decided_by_id)}


def _matters(viewer: Viewer, case: Any) -> dict[str, Any]:
    """Old open issues of the customer (RET-12): what should be answered before, or in, the talk."""
    return {"matters": open_matters(viewer, case.customer_id), "arrears": arrears_of(viewer, case.customer_id)}


def _call(viewer: Viewer, case: Any) -> dict[str, Any]:
    """Whom to call, the deciders first, and what to say about this cause."""
    cause = playbook().causes.get(case.cause)
    return {
        "contacts": contacts_shown(viewer, case.customer_id)[:6],
        "cause": cause_words(case.cause, viewer.language),
        "script": cause.script.said_in(viewer.language) if cause else "",
    }


def _lead(_viewer: Viewer, case: Any) -> dict[str, Any]:
    offered = _name(case.offered_to_id) if case.offered_at else ""
    return {"lead": _name(case.owner_id), "why": lead_words(case.lead_reason), "offered": offered}


def _of_customer(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    case = case_of(viewer, customer.pk)
    if case is None:
        return None
    return {"case": case, "state": _STATES.get(case.state, case.state), "lead": _name(case.owner_id),
            "is_open": case.state in OPEN}  # fmt: skip


def _mine(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """Open cases of mine, each with its next clock, and what waits for my post."""
    cases = cases_led(viewer)
    counts = case_counts(viewer)
    clocks = obligations.clocks_of("retention_case", [case.id for case in cases])
    running = {number: [d for d in duties if d.state in ("open", "breached")] for number, duties in clocks.items()}
    waiting = {
        "deciding": counts.get("decision", 0) if viewer.may(Area.HEALTH, Level.APPROVE) else 0,
        "offered": counts["offered"],
        "led": counts["led"],
        "again": counts["again"],
        "falls": falls_to_explain(viewer),
    }
    if not cases and not any(waiting.values()):
        return None
    items = [
        {"case": case, "state": _STATES.get(case.state, case.state), "duty": next(iter(running.get(case.id, ())), None)}
        for case in cases
    ]
    return {"items": items, **waiting}


def _month(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """What became of cases since the first of the month, and the plans that wait for a decision with their clocks."""
    today = clock.today()
    month = today.replace(day=1)
    counts = case_counts(viewer)
    deciding = cases_to_decide(viewer, DECISIONS_SHOWN)
    clocks = obligations.clocks_of("retention_case", [case.id for case in deciding])
    items = [
        {"case": case, "cause": cause_words(case.main_cause, viewer.language),
         "duty": next((d for d in clocks.get(case.id, ()) if d.state in ("open", "breached")), None)}
        for case in deciding
    ]  # fmt: skip
    year = cases_counted(viewer, clock.months_before(today, 12), today).total
    return {"total": cases_counted(viewer, month, today).total, "year": year, "month": month, "items": items,
            "deciding": counts.get("decision", 0), "open": sum(counts.get(state, 0) for state in OPEN)}  # fmt: skip


_MAIN, _SIDE, _CASE = "retentions.main", "retentions.side", "retain/case"
_POSTS = frozenset({"customer_manager", "sales_lead", "success_manager", "sales_specialist"})
for panel in (
    panels.Panel(_MAIN, "plan", _("Retention plan"), f"{_CASE}/_plan.html", _plan, Area.HEALTH, order=20),
    panels.Panel(_MAIN, "matters", _("Old open issues"), f"{_CASE}/_matters.html", _matters, Area.HEALTH, order=30),
    panels.Panel(_MAIN, "said", _("What the customer said"), f"{_CASE}/_said.html", _interviews, Area.HEALTH, order=40),
    panels.Panel(_MAIN, "story", _("Course of the case"), f"{_CASE}/_story.html", _story, Area.HEALTH, order=50),
    panels.Panel(_SIDE, "lead", _("Who leads"), f"{_CASE}/_lead.html", _lead, Area.HEALTH, order=10),
    panels.Panel(_SIDE, "call", _("Whom to call, what to say"), f"{_CASE}/_call.html", _call, Area.PROFILE, order=20),
    panels.Panel(
        "customer.side", "retention", _("Retention case"), f"{_CASE}/_of_customer.html", _of_customer, Area.HEALTH,
        order=6,
    ),
    panels.Panel(
        "home", "retentions", _("Retention cases"), "retain/home/_mine.html", _mine, Area.HEALTH, order=15, posts=_POSTS
    ),
    panels.Panel(
        "home", "month", _("Saved and lost this month"), "retain/home/_month.html", _month, Area.HEALTH, order=14,
        posts=frozenset({"management"}),
    ),
):  # fmt: skip
    panels.add(panel)
