"""What-if (MEAS-10): what a change of the churn rate might bring, under one assumption that a person chooses.

Nothing is stored and no measure changes. The cited assumptions are figures of the trade (D5) and say nothing about this
enterprise; the enterprise's own one takes what its customers spend on average. All are straight lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Sum

from zhike.customers.public import states_seen
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.insight.benchmarks import Assumption
from zhike.insight.churn import rates

REVENUE, RETENTION = "revenue", "retention"
MOST_POINTS = 20.0


@dataclass(frozen=True)
class Standing:
    """Where the viewer's customers stand: rate and retention as shares, money in minor units a year."""

    period: str
    rate: float
    at_start: int
    revenue_minor: int
    mean_spend_minor: int

    @property
    def retention(self) -> float:
        return 1 - self.rate


@dataclass(frozen=True)
class Estimate:
    """The answer: money a year in minor units, or retention as it would be; ``kept``: how many customers more stay."""

    points: float
    rate_then: float
    kept: float
    money_minor: int | None = None
    retention_then: float | None = None


def standing(viewer: Viewer) -> Standing | None:
    """The newest whole period of the policy, and what the viewer's customers spent in the last 12 months.

    None before a night has told of losses, or where nobody was a customer. Raises: Forbidden.
    """
    viewer.require(Area.HEALTH, Level.FULL)
    viewer.require(Area.ORDERS, Level.FULL)
    found = rates(viewer)
    if found is None or found.rows[-1].rate is None:
        return None
    newest = found.rows[-1]
    spent = states_seen(viewer).filter(spend_12m_minor__gt=0)
    spend = spent.aggregate(whole=Sum("spend_12m_minor"), mean=Avg("spend_12m_minor"))
    return Standing(
        found.period, float(newest.rate or 0), newest.at_start, int(spend["whole"] or 0), round(spend["mean"] or 0)
    )


def estimate(now: Standing, points: float, assumption: Assumption | None, profit_minor: int | None) -> Estimate | None:
    """What ``points`` less churn (negative: more) would bring; without an assumption by what own customers spend.

    The rate cannot fall below nothing: points beyond it bring nothing more. None where the profit is needed and not
    said.
    """
    points = min(points, 100 * now.rate)
    rate_then = max(0.0, min(now.rate - points / 100, 1.0))  # the quotient rounds, at times below nothing
    kept = now.at_start * (now.rate - rate_then)
    if assumption is None:
        return Estimate(points, rate_then, kept, money_minor=round(kept * now.mean_spend_minor))
    factor = assumption.per_point * points
    if assumption.of == RETENTION:
        return Estimate(points, rate_then, kept, retention_then=max(0.0, min(1.0, now.retention * (1 + factor))))
    base = now.revenue_minor if assumption.of == REVENUE else profit_minor
    return None if base is None else Estimate(points, rate_then, kept, money_minor=round(base * factor))
