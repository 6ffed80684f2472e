"""Reads of retention cases: mine, to be decided, on offer, of a customer; and how measures did before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, When

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.retain.models import RetentionCase, RetentionPlan
from zhike.retain.rules.case import CLOSED, OPEN
from zhike.retain.rules.playbook import playbook


def case_uid_of(case_id: int | None) -> UUID | None:
    """The uid of a case by its number; for the timeline, which sees everything."""
    if case_id is None:
        return None
    return RetentionCase.objects.filter(pk=case_id).values_list("uid", flat=True).first()


@dataclass(frozen=True)
class CaseCard:
    """A case as lists and panels show it."""

    id: int
    uid: UUID
    customer_id: int
    state: str
    risk: str
    tier: str
    main_cause: str
    owner_id: int | None
    recontact_on: dt.date | None
    customer_uid: UUID
    customer_name: str


_COLUMNS = (*tuple(CaseCard.__dataclass_fields__)[:-2], "customer__uid", "customer__name")


def cases_led(viewer: Viewer, size: int = 8) -> list[CaseCard]:
    """Open cases that the viewer leads or whose customer is the viewer's, the next contact first. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    mine = Q(owner_id=viewer.person_id) | Q(customer__owner_id=viewer.person_id)
    rows = scope.visible(viewer, RetentionCase.objects.filter(mine, state__in=OPEN))
    return [CaseCard(*row) for row in rows.order_by("contact_due_at", "id").values_list(*_COLUMNS)[:size]]


def cases_to_decide(viewer: Viewer, size: int = 5) -> list[CaseCard]:
    """Visible cases whose plan waits for a decision, what is most at stake first. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, RetentionCase.objects.filter(state="decision"))
    first = rows.order_by(F("value_at_stake_minor").desc(nulls_last=True), "id")
    return [CaseCard(*row) for row in first.values_list(*_COLUMNS)[:size]]


def case_counts(viewer: Viewer) -> dict[str, int]:
    """How many visible cases stand in each state; ``offered`` are those offered to the viewer, ``led`` the
    viewer's own, ``again`` lost ones of the viewer's who may be approached again. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, RetentionCase.objects.all())
    counts = {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("pk")).order_by()}
    mine = rows.filter(offered_to=viewer.person_id, state__in=OPEN) if viewer.person_id else rows.none()
    led = rows.filter(owner_id=viewer.person_id, state__in=OPEN) if viewer.person_id else rows.none()
    gone = rows.filter(owner_id=viewer.person_id, state="archived", recontact_on__lte=clock.today())
    again = gone.count() if viewer.person_id else 0
    return counts | {"offered": mine.count(), "led": led.count(), "again": again}


def case_of(viewer: Viewer, customer_id: int) -> CaseCard | None:
    """The open case of a customer the viewer has seen, else the newest one, or None. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = RetentionCase.objects.filter(customer_id=customer_id, deleted_at=None)
    open_first = Case(When(closed_at=None, then=0), default=1)
    row = rows.order_by(open_first, "-id").values_list(*_COLUMNS).first()
    return CaseCard(*row) if row else None


@dataclass(frozen=True)
class Record:
    """How a measure did: closed cases in which it was carried out, and in how many of them the customer stayed."""

    used: int
    kept: int


def records_of_measures(cause: str, measures: Sequence[str]) -> dict[str, Record]:
    """How each of ``measures`` did before against ``cause``, over all closed cases; nothing where there is none.

    A count over the enterprise, without names: every post that plans may learn from it.
    """
    rows = (
        RetentionPlan.objects.filter(
            cause=cause, measure__in=list(measures), state="approved", case__state__in=CLOSED, case__deleted_at=None
        )
        .values("measure")
        .annotate(used=Count("pk"), kept=Count("pk", filter=Q(case__state="saved")))
        .order_by()
    )
    return {row["measure"]: Record(row["used"], row["kept"]) for row in rows}


@dataclass(frozen=True)
class Remedy:
    """How one measure did against one cause: used and kept in closed cases."""

    cause: str
    measure: str
    used: int
    kept: int


def remedies(causes: Sequence[str]) -> list[Remedy]:
    """What the playbook holds against each of ``causes``, with what became of it before; ``causes`` keep their order.

    Counts over the enterprise, without names.
    """
    found: list[Remedy] = []
    for cause in causes:
        known = playbook().causes.get(cause)
        measures = known.measures if known else ()
        records = records_of_measures(cause, measures)
        found += [
            Remedy(cause, m, records[m].used if m in records else 0, records[m].kept if m in records else 0)
            for m in measures
        ]
    return found


@dataclass(frozen=True)
class LastWord:
    """The closed case of a lost customer: its number, the cause as known at the end, and what was learnt."""

    case_id: int
    cause: str
    analysis: str


def last_words(viewer: Viewer, customer_ids: Sequence[int], since: dt.datetime) -> dict[int, LastWord]:
    """Of customers lost, the newest case that was closed as lost since then, where there is one. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, RetentionCase.objects.all()).filter(
        customer_id__in=list(customer_ids), state__in=("lost", "archived"), closed_at__gte=since
    )
    columns = rows.order_by("closed_at", "id").values_list("customer_id", "pk", "cause", "analysis")
    return {customer: LastWord(*rest) for customer, *rest in columns}


def plans_under_way(viewer: Viewer) -> list[dict[str, Any]]:
    """Plans of visible open cases, the one due first: numbers and codes, as reports keep them. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, RetentionPlan.objects.filter(case__state__in=OPEN)).order_by("goal_on", "id")
    columns = rows.values_list("uid", "case_id", "state", "goal", "goal_on", "owner_id")
    return [
        {"key": str(uid), "case": case, "state": state, "goal": goal, "goal_on": goal_on, "owner": owner}
        for uid, case, state, goal, goal_on, owner in columns
    ]
