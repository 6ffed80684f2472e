"""Reads of the insight room: nights, models, trends, the value matrix. The first argument is the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, CharField, Count, Q, QuerySet, Sum, Value, When

from zhike.customers.public import states_seen
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.policies import current
from zhike.insight.models import MeasureHistory, ModelRun, NightRun
from zhike.segment.policy import GroupPolicy

BANDS = ("high", "medium", "low")


def nights(viewer: Viewer, size: int = 30) -> list[NightRun]:
    """The newest nights. Raises: Forbidden unless the posts read health or strategy."""
    _require(viewer)
    return list(NightRun.objects.prefetch_related("steps")[:size])


def night_get(viewer: Viewer, uid: UUID) -> NightRun:
    """One night. Raises: Forbidden, NotFound."""
    _require(viewer)
    run = NightRun.objects.prefetch_related("steps", "models").filter(uid=uid).first()
    if run is None:
        raise NotFound(uid=str(uid))
    return run


def newest_night(viewer: Viewer) -> NightRun | None:
    """The newest night that is done, or None where the posts do not read what it found."""
    if not (viewer.may(Area.HEALTH, Level.BASIC) or viewer.may(Area.STRATEGY, Level.BASIC)):
        return None
    return NightRun.objects.filter(state="done").first()


def models_of(viewer: Viewer, run: NightRun) -> QuerySet[ModelRun]:
    """The models of a night, with parameters and metrics."""
    _require(viewer)
    return run.models.order_by("name")


def trend_of(viewer: Viewer, customer_id: int, size: int = 12) -> Sequence[MeasureHistory]:
    """A customer's measures of the last nights, oldest first. The caller has seen the customer."""
    viewer.require(Area.HEALTH, Level.BASIC)
    return list(MeasureHistory.objects.filter(customer_id=customer_id).order_by("-as_of")[:size])[::-1]


@dataclass(frozen=True)
class MatrixCell:
    """Customers of one tier and one band of potential, with their yearly spend in minor units."""

    tier: str
    band: str
    customers: int
    spend_minor: int


@dataclass(frozen=True)
class MatrixGroup:
    """One of the three groups: its size, spend, mean potential and mean spend, and the planned share of effort."""

    code: str
    customers: int
    spend_minor: int
    mean_potential: float | None
    mean_spend_minor: float | None
    effort_percent: float


@dataclass(frozen=True)
class Matrix:
    """《客户价值矩阵图》 of what the viewer may see: cells, groups, and the band limits of potential."""

    cells: tuple[MatrixCell, ...]
    groups: tuple[MatrixGroup, ...]
    limits: tuple[float, float]
    without_place: int


def matrix(viewer: Viewer) -> Matrix:
    """The value matrix from the customers' present state. Raises: Forbidden."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    policy = current().get(GroupPolicy)
    upper = policy.potential_from
    lower = min(1 / 3, upper / 2)
    rows = states_seen(viewer)
    placed = rows.exclude(tier="").exclude(potential=None)
    band = Case(
        When(potential__gte=upper, then=Value("high")),
        When(potential__gte=lower, then=Value("medium")),
        default=Value("low"),
        output_field=CharField(),
    )
    sums = placed.annotate(band=band).values("tier", "band").annotate(n=Count("pk"), spend=Sum("spend_12m_minor"))
    counted = {(row["tier"], row["band"]): (row["n"], row["spend"] or 0) for row in sums}
    cells = tuple(
        MatrixCell(tier, band_code, *counted.get((tier, band_code), (0, 0)))
        for tier in ("high", "core", "low")
        for band_code in BANDS
    )
    shares = {"strategic": policy.strategic_share, "potential": policy.potential_share,
              "ordinary": policy.ordinary_share}  # fmt: skip
    without = rows.filter(Q(tier="") | Q(potential=None)).count()
    return Matrix(cells, tuple(_group(rows, code, share) for code, share in shares.items()), (lower, upper), without)


@dataclass(frozen=True, slots=True)
class TierValue:
    """What the customers of a tier are worth: lifetime values in minor units, None where none is known."""

    tier: str
    customers: int
    handbook_mean: int | None
    fitted_mean: int | None
    fitted_sum: int | None


def value_by_tier(viewer: Viewer) -> tuple[TierValue, ...]:
    """Lifetime value per value tier (MEAS-01), from the customers' present state. Raises: Forbidden."""
    viewer.require(Area.STRATEGY, Level.BASIC)
    viewer.require(Area.ORDERS, Level.FULL)
    rows = states_seen(viewer).exclude(tier="").values("tier").order_by()
    found = rows.annotate(
        n=Count("pk"), handbook=Avg("clv_handbook_minor"), fitted=Avg("clv_fitted_minor"), whole=Sum("clv_fitted_minor")
    )
    by_tier = {
        r["tier"]: TierValue(r["tier"], r["n"], _whole(r["handbook"]), _whole(r["fitted"]), r["whole"]) for r in found
    }
    return tuple(by_tier.get(tier, TierValue(tier, 0, None, None, None)) for tier in ("high", "core", "low"))


def _whole(mean: Any) -> int | None:
    return None if mean is None else round(mean)


def _group(rows: QuerySet[Any], code: str, effort: float) -> MatrixGroup:
    found = rows.filter(group=code).aggregate(
        n=Count("pk"), spend=Sum("spend_12m_minor"), potential=Avg("potential"), mean=Avg("spend_12m_minor")
    )
    return MatrixGroup(code, found["n"], found["spend"] or 0, found["potential"], found["mean"], effort)


def _require(viewer: Viewer) -> None:
    if not viewer.may(Area.STRATEGY, Level.BASIC):
        viewer.require(Area.HEALTH, Level.BASIC)
