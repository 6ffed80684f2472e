"""Projects as history: from a sample or an import. They start no clock and publish no news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from zhike.customers.public import Line, contact_cards, timeline_add
from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.onboard.models import AcceptanceRound, Milestone, Project
from zhike.onboard.models.project import ProjectState
from zhike.onboard.rules.delivery import milestone_state
from zhike.win.public import contract_ids

_STATES = (ProjectState.FORMING, ProjectState.DELIVERING, ProjectState.TESTING, ProjectState.RECTIFYING,
           ProjectState.ACCEPTED)  # fmt: skip


class StepRow(NamedTuple):
    """A milestone; ``done_on`` is None until it is reached."""

    title: str
    due_on: dt.date
    standard: str
    done_on: dt.date | None


class RoundRow(NamedTuple):
    """An acceptance test of the past. Passed ones are signed by the first contact."""

    tested_on: dt.date
    is_passed: bool
    comments: str
    rectification: str
    rectified_on: dt.date | None = None


class ProjectRow(NamedTuple):
    """A project up to its acceptance. ``contract`` is the contract's external id, people are database ids."""

    contract: str
    customer: int
    title: str
    state: str
    sales_lead: int | None
    implementation_manager: int | None
    service_representative: int | None
    criteria: str
    test_environment: str
    opened_at: dt.datetime
    planned_at: dt.datetime | None
    steps: tuple[StepRow, ...]
    rounds: tuple[RoundRow, ...]


@transaction.atomic
def projects_load(*, viewer: Viewer, rows: Sequence[ProjectRow], origin: str) -> int:
    """Load projects with milestones, acceptance tests and lines on the timeline. Raises: Forbidden, Invalid."""
    viewer.require(Area.DEALS, Level.EDIT)
    contracts = contract_ids(origin, [row.contract for row in rows])
    strange = [r.contract for r in rows if r.contract not in contracts or r.state not in _STATES]
    if strange:
        raise Invalid(fields=dict.fromkeys(strange, "not_an_option"))
    people = {person.pk: person for person in Person.objects.filter(pk__in={p for row in rows for p in _team(row)})}
    made = [_project(row, contracts[row.contract], people, origin) for row in rows]
    Project.objects.bulk_create(made)
    for project, row in zip(made, rows, strict=True):
        Milestone.objects.bulk_create([_milestone(project, step, origin) for step in row.steps])
        AcceptanceRound.objects.bulk_create(_rounds(project, row))
        timeline_add(_lines(project, row, people))
    batch = [(p.customer_id, audit.digest_of({"state": p.state, "contract": p.contract_id})) for p in made]
    if batch:
        audit.record(viewer, "project.load", kind="project", object_id=None, object_uid=None, batch=batch)
    return len(made)


def _team(row: ProjectRow) -> list[int]:
    team = (row.sales_lead, row.implementation_manager, row.service_representative)
    return [person for person in team if person is not None]


def _project(row: ProjectRow, contract_id: int, people: Mapping[int, Person], origin: str) -> Project:
    owner = people.get(row.implementation_manager or row.sales_lead or 0)
    passed = next((one for one in row.rounds if one.is_passed), None)
    return Project(
        origin=origin, external_id=row.contract, customer_id=row.customer, contract_id=contract_id, title=row.title,
        state=row.state, owner=owner, department_id=owner.department_id if owner else None,
        sales_lead_id=row.sales_lead, implementation_manager_id=row.implementation_manager,
        service_representative_id=row.service_representative, criteria=row.criteria,
        test_environment=row.test_environment, planned_at=row.planned_at, created_at=row.opened_at,
        accepted_on=passed.tested_on if passed else None,
    )  # fmt: skip


def _milestone(project: Project, step: StepRow, origin: str) -> Milestone:
    state = milestone_state(due_on=step.due_on, done_on=step.done_on, today=clock.today())
    return Milestone(
        origin=origin, project=project, owner_id=project.owner_id, department_id=project.department_id,
        title=step.title, due_on=step.due_on, standard=step.standard, done_on=step.done_on, state=state,
    )  # fmt: skip


def _rounds(project: Project, row: ProjectRow) -> list[AcceptanceRound]:
    signer = next((card.id for card in contact_cards(row.customer)), None) if row.rounds else None
    return [
        AcceptanceRound(
            project=project, number=number, tested_on=test.tested_on, comments=test.comments,
            outcome="passed" if test.is_passed else "failed", rectification=test.rectification,
            rectified_on=test.rectified_on,
            signer_id=signer if test.is_passed else None, signed_on=test.tested_on if test.is_passed else None,
            at=_noon(test.tested_on), by_id=project.owner_id,
        )
        for number, test in enumerate(row.rounds, 1)
    ]  # fmt: skip


def _lines(project: Project, row: ProjectRow, people: Mapping[int, Person]) -> list[Line]:
    told: list[tuple[dt.datetime, str, dict[str, Any]]] = []
    if row.planned_at is not None:
        names = "、".join(people[person].name for person in _team(row) if person in people)
        told.append((row.planned_at, "project.team", {"people": names}))
        told.append((row.planned_at, "project.planned", {"milestones": len(row.steps)}))
    told += [(_noon(s.done_on), "milestone.reached", {"title": s.title}) for s in row.steps if s.done_on is not None]
    for number, test in enumerate(row.rounds, 1):
        kind = "acceptance.passed" if test.is_passed else "acceptance.failed"
        told.append((_noon(test.tested_on), kind, {"round": number}))
    return [
        Line(project.customer_id, at, "deals", kind, words, project.owner_id, "projects", project.uid)
        for at, kind, words in told
    ]


def _noon(day: dt.date) -> dt.datetime:
    return clock.start_of(day) + dt.timedelta(hours=12)
