"""Loading closed cases as history: they start no clock, publish no news, and stand in every count and list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction

from zhike.customers.public import Line, timeline_add
from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current
from zhike.retain.models import RetentionCase, RetentionInterview, RetentionPlan
from zhike.retain.policy import ClockPolicy
from zhike.retain.rules.case import approach_from
from zhike.retain.rules.playbook import playbook

ENDS = ("saved", "archived")


class CaseRow(NamedTuple):
    """A closed case; ``customer`` and ``lead`` are database ids, times are aware, money in minor units.

    ``end`` is saved or archived. ``words`` is what the customer said, in the interview or the last talk.
    """

    external_id: str
    customer: int
    lead: int | None
    route: str
    lead_reason: str
    risk: str
    tier: str
    main_cause: str
    cause: str
    value_at_stake_minor: int
    opened_at: dt.datetime
    interviewed_at: dt.datetime
    closed_at: dt.datetime
    end: str
    evidence: str
    words: str
    measure: str
    offer: str
    goal: str
    cost_minor: int
    outcome: str


@transaction.atomic
def cases_load(*, viewer: Viewer, rows: Sequence[CaseRow], origin: str) -> int:
    """Load closed cases with their interview, plan and lines on the timeline. Raises: Forbidden, Invalid."""
    viewer.require(Area.HEALTH, Level.EDIT)
    if strange := [r.external_id for r in rows if r.end not in ENDS or r.cause not in playbook().causes]:
        raise Invalid(fields=dict.fromkeys(strange, "not_an_option"))
    departments = dict(Person.objects.filter(pk__in={r.lead for r in rows}).values_list("pk", "department_id"))
    cases = RetentionCase.objects.bulk_create([_case(r, departments.get(r.lead), origin) for r in rows])
    pairs = list(zip(cases, rows, strict=True))
    RetentionPlan.objects.bulk_create([_plan(case, row, origin) for case, row in pairs])
    RetentionInterview.objects.bulk_create([_interview(case, row, origin) for case, row in pairs])
    timeline_add([line for case, row in pairs for line in _lines(case, row)])
    batch = [(c.customer_id, audit.digest_of({"state": c.state, "from": c.external_id})) for c in cases]
    if batch:
        audit.record(viewer, "retention.load", kind="retention_case", object_id=None, object_uid=None, batch=batch)
    return len(cases)


def _case(row: CaseRow, department_id: int | None, origin: str) -> RetentionCase:
    is_lost = row.end == "archived"
    cooling = current(row.closed_at).get(ClockPolicy).cooling_days
    return RetentionCase(
        recontact_on=approach_from(clock.local(row.closed_at).date(), cooling) if is_lost else None,
        external_id=row.external_id, origin=origin, customer_id=row.customer, owner_id=row.lead,
        department_id=department_id, state=row.end, risk=row.risk, tier=row.tier, main_cause=row.main_cause,
        cause=row.cause, value_at_stake_minor=row.value_at_stake_minor, route=row.route, lead_reason=row.lead_reason,
        opened_at=row.opened_at, contacted_at=row.interviewed_at, interviewed_at=row.interviewed_at,
        closed_at=row.closed_at, evidence="" if is_lost else row.evidence, outcome=row.outcome,
        last_talk_at=row.closed_at if is_lost else None, true_reason=row.cause if is_lost else "",
        is_welcomed=is_lost, analysis=row.outcome if is_lost else "", archived_at=row.closed_at if is_lost else None,
    )  # fmt: skip


def _plan(case: RetentionCase, row: CaseRow, origin: str) -> RetentionPlan:
    return RetentionPlan(
        case=case, origin=origin, owner_id=row.lead, department_id=case.department_id, state="approved",
        cause=row.cause, measure=row.measure, offer=row.offer, goal=row.goal, goal_on=row.closed_at.date(),
        cost_minor=row.cost_minor, submitted_at=row.interviewed_at, decided_at=row.interviewed_at,
    )  # fmt: skip


def _interview(case: RetentionCase, row: CaseRow, origin: str) -> RetentionInterview:
    return RetentionInterview(
        case=case, origin=origin, owner_id=row.lead, department_id=case.department_id, cause=row.cause,
        ended_at=row.interviewed_at, words=row.words,
    )  # fmt: skip


def _lines(case: RetentionCase, row: CaseRow) -> list[Line]:
    opened = {"lead_id": row.lead, "route": row.route, "reason": row.lead_reason}
    end = {"evidence": row.evidence} if row.end == "saved" else {"reason": row.cause}
    told = (
        (row.opened_at, "opened", opened),
        (row.interviewed_at, "interviewed", {"cause": row.cause}),
        (row.closed_at, row.end, end),
    )
    return [
        Line(row.customer, at, "health", f"retention.{kind}", dict(words), row.lead, "retentions", case.uid)
        for at, kind, words in told
    ]
