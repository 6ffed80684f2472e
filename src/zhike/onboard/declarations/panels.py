"""What onboarding shows on its own pages, and on the home pages of those who deliver and take over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.ui import panels
from zhike.onboard.models import HandOver, Milestone, Project
from zhike.onboard.policy import MilestonePolicy
from zhike.win.public import contract_cards

_SHOWN = 10
_REMARKS = 50
_RUNNING = ("forming", "delivering", "testing", "rectifying", "accepted")


def _contract(_viewer: Viewer, project: Project) -> dict[str, Any] | None:
    """What was promised: who delivers reads the clauses without seeing the customer's other contracts."""
    card = contract_cards([project.contract_id]).get(project.contract_id)
    return {"contract": card} if card is not None else None


def _rounds(_viewer: Viewer, project: Project) -> dict[str, Any] | None:
    rounds = list(project.rounds.select_related("signer", "by").order_by("-number")[:_SHOWN])
    return {"rounds": rounds} if rounds else None


def _remarks(_viewer: Viewer, project: Project) -> dict[str, Any] | None:
    """What the customer's people wrote in the portal, the newest first."""
    remarks = list(project.comments.order_by("-id")[:_REMARKS])
    return {"remarks": remarks} if remarks else None


def _to_staff(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """Projects without team or plan, each with its clock."""
    rows = scope.visible(viewer, Project.objects.filter(state="forming")).select_related("customer")
    projects = list(rows.order_by("created_at", "id")[:_SHOWN])
    clocks = obligations.clocks_of("project", [p.pk for p in projects])
    items = [
        {"project": project, "duty": next((d for d in clocks.get(project.pk, []) if d.fulfilled_at is None), None)}
        for project in projects
    ]
    return {"items": items}


def _due(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """Milestones late or due soon, and projects in acceptance."""
    until = clock.today() + dt.timedelta(days=current().get(MilestonePolicy).ahead_days)
    steps = Milestone.objects.filter(done_on=None, due_on__lte=until).exclude(project__state="ended")
    rows = scope.visible(viewer, steps).select_related("project")
    projects = scope.visible(viewer, Project.objects.filter(owner=viewer.person_id))
    return {
        "milestones": list(rows.order_by("due_on", "id")[:_SHOWN]),
        "today": clock.today(),
        "late": scope.visible(viewer, Milestone.objects.filter(state="late")).count(),
        "testing": projects.filter(state="testing").count(),
        "rectifying": projects.filter(state="rectifying").count(),
    }


def _mine(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """The viewer's projects that are not handed over, the newest assigned first, each with its next milestone."""
    rows = scope.visible(viewer, Project.objects.filter(owner=viewer.person_id, state__in=_RUNNING))
    steps = Milestone.objects.filter(done_on=None, deleted_at=None).order_by("due_on", "id")
    found = rows.select_related("customer").prefetch_related(Prefetch("milestones", steps, to_attr="open_steps"))
    projects = list(found.order_by("-created_at", "-id")[:_SHOWN])
    states = "".join(f"&state={state}" for state in _RUNNING)
    return {
        "items": [{"project": p, "step": next(iter(p.open_steps), None)} for p in projects],
        "count": rows.count() if len(projects) == _SHOWN else len(projects),
        "href": f"/projects/?owner=me{states}",
        "today": clock.today(),
    }


def _waiting(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """Hand-overs that wait for the viewer's answer."""
    rows = HandOver.objects.filter(owner=viewer.person_id, state="offered")
    found = scope.visible(viewer, rows).select_related("customer", "offered_by").order_by("created_at")[:_SHOWN]
    items = list(found)
    return {"items": items} if items or viewer.holds("success_manager") else None


for panel in (
    panels.Panel("projects.main", "rounds", _("Acceptance tests"), "onboard/_rounds.html", _rounds, order=10),
    panels.Panel("projects.main", "remarks", _("Comments from the portal"), "onboard/_remarks.html", _remarks,
                 order=12),
    panels.Panel("projects.side", "contract", _("What the contract promises"), "onboard/_contract.html", _contract,
                 order=10),
    panels.Panel("home", "to_staff", _("Projects to staff"), "onboard/_to_staff.html", _to_staff, Area.DEALS, order=12,
                 posts=frozenset({"sales_lead"})),
    panels.Panel("home", "my_projects", _("My projects"), "onboard/_mine.html", _mine, Area.DEALS, order=11,
                 posts=frozenset({"implementation_manager"})),
    panels.Panel("home", "milestones", _("Milestones due"), "onboard/_due.html", _due, Area.DEALS, order=12,
                 posts=frozenset({"implementation_manager"})),
    panels.Panel("home", "hand_overs", _("Hand-overs waiting for you"), "onboard/_waiting.html", _waiting, order=12,
                 posts=frozenset({"success_manager", "service_representative", "customer_manager"})),
):  # fmt: skip
    panels.add(panel)
