"""Projects: opened by a signature, staffed, planned, followed milestone by milestone."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import customers_hold
from zhike.events.onboard import MilestoneLate, MilestoneReached, ProjectOpened, ProjectPlanned, ServiceTeamFormed
from zhike.foundation import messages, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import named
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Refusal
from zhike.foundation.records.rows import given_to, locked, noted, saved
from zhike.onboard.models import Milestone, Project
from zhike.onboard.models.project import ProjectState
from zhike.onboard.rules.delivery import milestone_state, missing_for_plan
from zhike.win.public import contract_cards

DELIVERERS = ("sales_lead", "implementation_manager", "success_manager")
TEAM = {
    "sales_lead": "sales_lead",
    "implementation_manager": "implementation_manager",
    "service_representative": "service_representative",
}
_LONGEST_CHAIN = 12


class ProjectOver(Refusal):
    """The project is accepted, handed over or ended."""

    code = "project_over"
    sentence = _("This project is accepted already, or its contract is over: it is not changed any more.")


class MilestoneDone(Refusal):
    """The milestone was reached before."""

    code = "milestone_done"
    sentence = _("This milestone is reached already. Reload the page to see by whom.")


@transaction.atomic
def project_open(*, customer_id: int, contract_id: int) -> Project | None:
    """Open the project of a signed contract, once; None when it stands already. The sales lead owns it at first."""
    if Project.objects.filter(contract=contract_id).exists():
        return None
    viewer = system("a contract was signed")
    card = contract_cards([contract_id])[contract_id]
    lead = _lead_above(card.owner_id)
    project = Project(
        customer_id=customer_id, contract_id=contract_id, title=card.title, sales_lead_id=lead,
        needs_background=card.explicit_needs,
    )  # fmt: skip
    given_to(project, lead or card.owner_id)
    project.save(force_insert=True)
    noted(viewer, project, "project.open", customer_id=customer_id, contract_id=contract_id, sales_lead_id=lead)
    outbox.publish(
        ProjectOpened(
            customer_id=customer_id, project_id=project.pk, project_uid=str(project.uid), contract_id=contract_id,
            sales_lead_id=lead,
        )
    )  # fmt: skip
    return project


@transaction.atomic
def project_team(
    *, viewer: Viewer, uid: UUID, version: int, sales_lead: int, implementation_manager: int,
    service_representative: int,
) -> Project:  # fmt: skip
    """Name the service team (专项服务小组); the implementation manager owns the project from now on.

    Raises: Forbidden (the sales lead does it), NotFound, Stale, Invalid, ProjectOver, PostsLackWork, BeyondReach.
    """
    _require(viewer, "sales_lead")
    project = locked(viewer, Project, uid, version)
    _require_running(project)
    given = {
        "sales_lead": sales_lead, "implementation_manager": implementation_manager,
        "service_representative": service_representative,
    }  # fmt: skip
    people = {code: {person.pk for person in holders_of(post)} for code, post in TEAM.items()}
    wrong = [code for code, who in given.items() if who not in people[code]]
    problems = dict.fromkeys(wrong, _("Choose somebody who holds this post."))
    if problems:
        raise Invalid(fields=problems)
    for code, who in given.items():
        setattr(project, f"{code}_id", who)
    given_to(project, implementation_manager)
    # Who owns the project sees it by that; the service representative works with the customer, not with the project.
    named(sales_lead, Area.DEALS, about=project, field="sales_lead")
    named(service_representative, Area.PROFILE, Level.BASIC, about=project.customer, field="service_representative")
    saved(viewer, project, "project.team", **given)
    happened = ServiceTeamFormed(
        **facts_of(project, viewer), sales_lead_id=sales_lead, implementation_manager_id=implementation_manager,
        service_representative_id=service_representative,
    )  # fmt: skip
    outbox.publish(happened)
    _tell_team(viewer, project, given, str(happened.uid))
    _plan_if_complete(viewer, project)
    return project


@transaction.atomic
def project_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Project:
    """Change title, goals and background of the needs. Raises: Forbidden, NotFound, Stale, Invalid."""
    _require(viewer, *DELIVERERS)
    project = locked(viewer, Project, uid, version)
    if "title" in changes and not str(changes["title"] or "").strip():
        raise Invalid(fields={"title": "required"})
    for name in ("title", "goals", "needs_background"):
        if name in changes:
            setattr(project, name, changes[name].strip())
    saved(viewer, project, "project.update", fields=sorted(changes))
    return project


@transaction.atomic
def milestone_create(*, viewer: Viewer, project: UUID, title: str, due_on: dt.date, standard: str) -> Milestone:
    """Add a step to the plan. Raises: Forbidden, NotFound, Invalid, ProjectOver."""
    _require(viewer, *DELIVERERS)
    held = locked(viewer, Project, project, None)
    _require_running(held)
    milestone = Milestone(project=held, created_by_id=viewer.person_id, updated_by_id=viewer.person_id)
    milestone.owner_id, milestone.department_id = held.owner_id, held.department_id
    _write(milestone, {"title": title, "due_on": due_on, "standard": standard})
    milestone.save(force_insert=True)
    noted(viewer, milestone, "milestone.create", project_id=held.pk, title=title, due_on=due_on)
    _plan_if_complete(viewer, held)
    return milestone


@transaction.atomic
def milestone_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Milestone:
    """Change a milestone that is not reached.

    Raises: Forbidden, NotFound, Stale, Invalid, ProjectOver, MilestoneDone.
    """
    _require(viewer, *DELIVERERS)
    milestone = locked(viewer, Milestone, uid, version)
    require_not_ended(milestone.project)
    if milestone.done_on is not None:
        raise MilestoneDone(state=milestone.state)
    _write(milestone, changes)
    saved(viewer, milestone, "milestone.update", **{k: v for k, v in changes.items() if k in ("title", "due_on")})
    return milestone


@transaction.atomic
def milestone_reach(*, viewer: Viewer, uid: UUID, version: int, done_on: dt.date, quality_note: str) -> Milestone:
    """Note that a milestone was delivered, when and how well against its standard.

    Raises: Forbidden, NotFound, Stale, Invalid (a day to come), ProjectOver, MilestoneDone.
    """
    _require(viewer, *DELIVERERS)
    milestone = locked(viewer, Milestone, uid, version)
    require_not_ended(milestone.project)
    if milestone.done_on is not None:
        raise MilestoneDone(state=milestone.state)
    if done_on > clock.today():
        raise Invalid(fields={"done_on": "in_future"})
    milestone.done_on, milestone.quality_note = done_on, quality_note.strip()
    milestone.state = milestone_state(due_on=milestone.due_on, done_on=done_on, today=clock.today())
    saved(viewer, milestone, "milestone.reach", done_on=done_on, state=milestone.state)
    outbox.publish(
        MilestoneReached(
            **facts_of(milestone.project, viewer), milestone_id=milestone.pk, due_on=milestone.due_on, done_on=done_on
        )
    )
    return milestone


@transaction.atomic
def milestones_flag(*, viewer: Viewer, day: dt.date) -> int:
    """Flag what is past its day and not reached; owner and superior are told. Returns how many."""
    rows = Milestone.objects.filter(state="open", due_on__lt=day, deleted_at=None, project__deleted_at=None)
    rows = rows.filter(project__customer__deleted_at=None).exclude(project__state=ProjectState.ENDED)
    customers_hold(rows.order_by("pk").values_list("project__customer_id", flat=True)[:1000])
    late = list(rows.select_related("project").select_for_update(of=("self",)).order_by("pk")[:1000])
    for milestone in late:
        milestone.state = milestone_state(due_on=milestone.due_on, done_on=None, today=day)
        saved(viewer, milestone, "milestone.late", due_on=milestone.due_on)
        project = milestone.project
        happened = MilestoneLate(
            customer_id=project.customer_id, project_id=project.pk, project_uid=str(project.uid),
            milestone_id=milestone.pk, due_on=milestone.due_on,
        )  # fmt: skip
        outbox.publish(happened)
        words = {"title": milestone.title, "project": project.title, "due_on": milestone.due_on.isoformat()}
        people = {*messages.colleagues_of(project.owner_id), project.sales_lead_id}
        messages.tell(people, "milestone.late", words, link=f"/projects/{project.uid}/", about=str(happened.uid))
    return len(late)


def facts_of(project: Project, viewer: Viewer) -> dict[str, Any]:
    """What every event about a project carries."""
    return {
        "customer_id": project.customer_id, "project_id": project.pk, "project_uid": str(project.uid),
        "person_id": viewer.person_id,
    }  # fmt: skip


def require_deliverer(viewer: Viewer) -> None:
    """Raise Forbidden unless the viewer delivers projects."""
    _require(viewer, *DELIVERERS)


def require_not_ended(project: Project) -> None:
    """Raise ProjectOver when the contract ended: nothing more is delivered under it."""
    if project.state == ProjectState.ENDED:
        raise ProjectOver(state=project.state)


def _require(viewer: Viewer, *posts: str) -> None:
    viewer.require(Area.DEALS, Level.EDIT)
    if not viewer.is_system and not viewer.holds(*posts):
        raise Forbidden(area=str(Area.DEALS), level=str(Level.EDIT))


def _require_running(project: Project) -> None:
    if project.state in (ProjectState.ACCEPTED, ProjectState.HANDED_OVER, ProjectState.ENDED):
        raise ProjectOver(state=project.state)


def _lead_above(person_id: int | None) -> int | None:
    """The sales lead of who won the contract: the nearest superior who holds the post, else any holder."""
    leads = holders_of("sales_lead")
    known = {lead.pk for lead in leads}
    above = person_id
    for _step in range(_LONGEST_CHAIN):
        if above in known or above is None:
            break
        above = Person.objects.filter(pk=above).values_list("superior_id", flat=True).first()
    return above if above in known else next(iter(sorted(known)), None)


def _tell_team(viewer: Viewer, project: Project, team: dict[str, int], about: str) -> None:
    people = set(team.values()) - {viewer.person_id}
    link = f"/projects/{project.uid}/"
    messages.tell(people, "project.team", {"title": project.title, "by": viewer.name}, link=link, about=about)


def _plan_if_complete(viewer: Viewer, project: Project) -> None:
    """Team and plan are there for the first time: the duty is done, and delivery goes on."""
    count = project.milestones.filter(deleted_at=None).count()
    missing = missing_for_plan(
        has_lead=project.sales_lead_id is not None,
        has_implementer=project.implementation_manager_id is not None,
        has_service=project.service_representative_id is not None,
        milestones=count,
    )
    if missing or project.planned_at is not None:
        return
    project.planned_at, project.state = clock.now(), ProjectState.DELIVERING
    saved(viewer, project, "project.plan", milestones=count)
    outbox.publish(ProjectPlanned(**facts_of(project, viewer), milestones=count))


def _write(milestone: Milestone, values: dict[str, Any]) -> None:
    problems = {name: "required" for name in ("title", "standard") if name in values and not values[name].strip()}
    if "due_on" in values and values["due_on"] is None:
        problems["due_on"] = "required"
    if problems:
        raise Invalid(fields=problems)
    for name in ("title", "due_on", "standard"):
        if name in values:
            setattr(milestone, name, values[name])
    milestone.state = milestone_state(due_on=milestone.due_on, done_on=None, today=clock.today())
