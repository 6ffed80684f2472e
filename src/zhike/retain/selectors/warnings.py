"""Reads of churn warnings. The first argument is the viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.retain.models import Warning

# The most dangerous first; within a risk what is worth most.
_RISK_ORDER = Case(
    When(risk="high", then=Value(0)), When(risk="medium", then=Value(1)), default=Value(2), output_field=IntegerField()
)


@dataclass(frozen=True)
class WarningCard:
    """A warning as other rooms show it; money in minor units."""

    id: int
    uid: UUID
    customer_id: int
    state: str
    risk: str
    tier: str
    main_cause: str
    signals: Sequence[Mapping[str, Any]]
    health: float | None
    value_at_stake_minor: int | None
    currency: str
    owner_id: int | None
    proposed_on: dt.date
    published_at: dt.datetime | None
    contact_due_at: dt.datetime | None
    contacted_at: dt.datetime | None
    dismissed_reason: str
    case_uid: UUID | None


_COLUMNS = (*tuple(WarningCard.__dataclass_fields__)[:-1], "case__uid")


def warnings_listed(viewer: Viewer, *, state: str, offset: int = 0, size: int = 25) -> list[WarningCard]:
    """Warnings of a state on customers the viewer may see. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, Warning.objects.filter(state=state, customer__deleted_at=None))
    if state == "proposed":
        rows = rows.order_by(_RISK_ORDER, F("value_at_stake_minor").desc(nulls_last=True), "id")
    else:
        rows = rows.order_by(F("contact_due_at").asc(nulls_last=True), "-updated_at", "id")
    return [WarningCard(*row) for row in rows.values_list(*_COLUMNS)[offset : offset + size]]


def warnings_by_uid(viewer: Viewer, uids: Sequence[str]) -> dict[str, WarningCard]:
    """Warnings by uid as they stand now, as far as the viewer may see them. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, Warning.objects.filter(uid__in=list(uids), customer__deleted_at=None))
    return {str(card.uid): card for card in (WarningCard(*row) for row in rows.values_list(*_COLUMNS))}


def warning_counts(viewer: Viewer) -> dict[str, int]:
    """How many visible warnings stand in each state. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, Warning.objects.filter(customer__deleted_at=None))
    return {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("pk")).order_by()}


class WarningPart(NamedTuple):
    """Open warnings of one risk and main cause: how many customers."""

    risk: str
    main_cause: str
    customers: int


def warnings_split(viewer: Viewer) -> list[WarningPart]:
    """Warnings that wait for a decision or for contact, by risk and main cause. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = Warning.objects.filter(state__in=("proposed", "published"), customer__deleted_at=None)
    found = scope.visible(viewer, rows).values("risk", "main_cause").order_by()
    return [WarningPart(row["risk"], row["main_cause"], row["n"]) for row in found.annotate(n=Count("pk"))]


def warnings_of_case(viewer: Viewer, case_id: int) -> list[WarningCard]:
    """The warnings that a case works on, the first one first; the viewer has seen the case. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = Warning.objects.filter(case_id=case_id, deleted_at=None).order_by("id")
    return [WarningCard(*row) for row in rows.values_list(*_COLUMNS)]


def warning_of(viewer: Viewer, customer_id: int) -> WarningCard | None:
    """The open warning of a customer the viewer has seen, or None."""
    viewer.require(Area.HEALTH, Level.BASIC)
    row = (
        Warning.objects.filter(Q(state="proposed") | Q(state="published"), customer_id=customer_id)
        .values_list(*_COLUMNS)
        .first()
    )
    return WarningCard(*row) if row else None


def loss_cause(*, customer: str, lost_on: str) -> Coalesce:
    """Why a customer was lost, for a query whose columns ``customer`` (id) and ``lost_on`` name the loss.

    The main cause of the last warning before the loss; "" where nobody was warned. The one place where causes of
    losses come from: the outcome of a retention case will stand before the warning here.
    """
    before = Warning.objects.filter(customer_id=OuterRef(customer), proposed_on__lte=OuterRef(lost_on))
    cause = Subquery(before.order_by("-proposed_on", "-id").values("main_cause")[:1])
    return Coalesce(cause, Value(""), output_field=CharField())
