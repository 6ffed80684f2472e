"""Reads of the churn rate (MEAS-02): relations within the viewer's reach, counted. The viewer comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import current
from zhike.insight.models import NightRun, Relation
from zhike.insight.policy import ChurnRatePolicy
from zhike.retain.public import loss_cause
from zhike.retain.rules.churn_rate import PeriodChurn, periods_before

# How the page splits a period, and the column each split is made by.
SPLITS = {"tier": "tier", "department": "customer__department_id", "owner": "customer__owner_id"}
PERIODS = ("month", "quarter", "year")
Period = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Part:
    """One tier, department, owner or cause of a period. ``code`` is "" or None where there is none.

    A cause has no customers at start of its own: ``at_start`` is that of the whole.
    """

    code: Any
    at_start: int
    lost: int

    @property
    def rate(self) -> float | None:
        return self.lost / self.at_start if self.at_start else None


@dataclass(frozen=True)
class Told:
    """What the rate rests on: the night, how a loss is told, since when one could be seen, and the limits used."""

    as_of: dt.date
    definition: str
    known_from: dt.date | None
    months: int
    grace_days: int
    template: str


@dataclass(frozen=True)
class Rates:
    """The periods of one length up to the newest night, oldest first."""

    told: Told
    period: str
    rows: tuple[PeriodChurn, ...]


@dataclass(frozen=True)
class Churn(Rates):
    """The same, and the chosen one split by ``SPLITS``."""

    chosen: PeriodChurn
    splits: dict[str, tuple[Part, ...]]
    causes: tuple[Part, ...]


def churn_told(viewer: Viewer) -> Told | None:
    """What the newest night can say of losses; None before a first night, or where no loss can be told."""
    viewer.require(Area.HEALTH, Level.BASIC)
    night = NightRun.objects.filter(data__has_key="churn").order_by("-as_of").first()
    said = night.data["churn"] if night is not None else None
    if night is None or not said:
        return None
    known = said["known_from"]
    return Told(
        as_of=night.as_of,
        definition=said["definition"],
        known_from=dt.date.fromisoformat(known) if known else None,
        months=said["lost_months"],
        grace_days=said["grace_days"],
        template=night.template,
    )


def periods_of(told: Told, period: str) -> list[Period]:
    """The whole periods up to the newest night, oldest first; none in which no loss could have been seen."""
    found = periods_before(told.as_of, period, current().get(ChurnRatePolicy).periods)
    return [(start, end) for start, end in found if told.known_from is None or end > told.known_from]


def rates(viewer: Viewer, period: str = "") -> Rates | None:
    """The churn rate of the viewer's customers by period; the policy's length if not said.

    None where no night has told of losses, or none of its periods is over. Raises: Forbidden.
    """
    told = churn_told(viewer)
    if told is None:
        return None
    period = period if period in PERIODS else current().get(ChurnRatePolicy).period
    periods = periods_of(told, period)
    if not periods:
        return None
    return Rates(told, period, _counted(viewer, periods))


def churn(viewer: Viewer, period: str = "", start: dt.date | None = None) -> Churn | None:
    """The same with one period split, the newest if not said. None and errors as for :func:`rates`."""
    found = rates(viewer, period)
    if found is None:
        return None
    chosen = next((row for row in found.rows if row.start == start), found.rows[-1])
    times = (chosen.start, chosen.end)
    splits = {name: _split(viewer, times, column) for name, column in SPLITS.items()}
    causes = _causes(viewer, times, chosen.at_start)
    return Churn(found.told, found.period, found.rows, chosen, splits, causes)


def _counted(viewer: Viewer, periods: Sequence[Period]) -> tuple[PeriodChurn, ...]:
    asked: dict[str, Count] = {}
    for place, (start, end) in enumerate(periods):
        asked[f"start_{place}"] = Count("pk", filter=present_at(start))
        asked[f"lost_{place}"] = Count("pk", filter=present_at(start) & Q(lost_on__lt=end))
    found = scope.visible(viewer, Relation.objects.all()).aggregate(**asked)
    return tuple(
        PeriodChurn(start, end, found[f"start_{place}"], found[f"lost_{place}"])
        for place, (start, end) in enumerate(periods)
    )


def present_at(start: dt.date) -> Q:
    """Somebody who was a customer when ``start`` began; lost on that very day counts as present."""
    return Q(began_on__lt=start) & (Q(lost_on=None) | Q(lost_on__gte=start))


def _split(viewer: Viewer, times: Period, column: str) -> tuple[Part, ...]:
    start, end = times
    rows = scope.visible(viewer, Relation.objects.filter(present_at(start)))
    found = rows.values(column).annotate(n=Count("pk"), lost=Count("pk", filter=Q(lost_on__lt=end))).order_by()
    parts = [Part(row[column], row["n"], row["lost"]) for row in found]
    return tuple(sorted(parts, key=lambda part: (-part.lost, -part.at_start, str(part.code))))


def _causes(viewer: Viewer, times: Period, at_start: int) -> tuple[Part, ...]:
    rows = _with_cause(_lost(viewer, times))
    found = rows.values("cause").annotate(n=Count("pk")).order_by()
    parts = [Part(row["cause"], at_start, row["n"]) for row in found]
    return tuple(sorted(parts, key=lambda part: (not part.code, -part.lost, part.code)))


def _lost(viewer: Viewer, times: Period) -> QuerySet[Relation]:
    start, end = times
    return scope.visible(viewer, Relation.objects.filter(present_at(start), lost_on__lt=end))


def _with_cause(rows: QuerySet[Relation]) -> QuerySet[Relation]:
    return rows.annotate(cause=loss_cause(customer="customer_id", lost_on="lost_on"))


@dataclass(frozen=True)
class Behind:
    """One customer behind a number of the page; ``lost_on`` also where it came after the period."""

    customer_id: int
    began_on: dt.date
    lost_on: dt.date | None
    tier: str
    cause: str


def relations_behind(
    viewer: Viewer,
    *,
    period: Period,
    lost: bool,
    only: dict[str, Any] | None = None,
    offset: int = 0,
    size: int = 50,
) -> tuple[list[Behind], int]:
    """The customers behind a numerator (``lost``) or denominator, and how many there are.

    ``only``: one of ``SPLITS`` or ``cause``, with the code of the part. Raises: Forbidden.
    """
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = _lost(viewer, period) if lost else scope.visible(viewer, Relation.objects.filter(present_at(period[0])))
    for name, code in (only or {}).items():
        rows = _with_cause(rows).filter(cause=code) if name == "cause" else rows.filter(**{SPLITS[name]: code})
    total = rows.count()
    page = _with_cause(rows).order_by(F("lost_on").desc(nulls_last=True), "id")[offset : offset + size]
    columns = ("customer_id", "began_on", "lost_on", "tier", "cause")
    return [Behind(*row) for row in page.values_list(*columns)], total
