"""How a lead is graded: by its match to the target profile and the urgency of its need (ACQ-05). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhike.acquire.policy import GradingPolicy, TargetIndustries, TargetRegions

GRADES = ("A", "B", "C")
URGENCIES = ("month", "quarter", "half_year", "later")


@dataclass(frozen=True)
class Facts:
    """What is known about a lead; codes are empty and numbers None where nobody knows."""

    industry: str
    region: str
    staff_count: int | None
    urgency: str
    inquiries: int


@dataclass(frozen=True)
class Reason:
    """One thing that counted, or did not: a code, its points, and the value it looked at."""

    code: str
    points: int
    value: str | int | None = None


@dataclass(frozen=True)
class Grade:
    """A, B or C with the points behind it, reason by reason."""

    code: str
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Target:
    """Whom the enterprise aims at."""

    industries: frozenset[str]
    regions: frozenset[str]


def target_of(industries: TargetIndustries, regions: TargetRegions) -> Target:
    """The target profile that the policies describe."""
    return Target(
        frozenset(name.removeprefix("industry_").upper() for name, is_one in vars(industries).items() if is_one),
        frozenset(name.removeprefix("region_") for name, is_one in vars(regions).items() if is_one),
    )


def grade(facts: Facts, target: Target, policy: GradingPolicy) -> Grade:
    """Grade a lead. What is unknown gives no points and is named as unknown."""
    size = facts.staff_count
    reasons = [
        _matched("industry", facts.industry, facts.industry in target.industries, policy.industry_points),
        _matched("size", size, size is not None and size >= policy.staff_from, policy.size_points),
        _matched("region", facts.region, facts.region in target.regions, policy.region_points),
        Reason(f"urgency_{facts.urgency or 'later'}", _urgency(policy)[facts.urgency or "later"]),
    ]
    if facts.inquiries >= policy.repeat_from:
        reasons.append(Reason("repeat", policy.repeat_points, facts.inquiries))
    points = sum(reason.points for reason in reasons)
    code = "A" if points >= policy.a_from else "B" if points >= policy.b_from else "C"
    return Grade(code, points, tuple(reasons))


def _matched(what: str, value: str | int | None, fits: bool, points: int) -> Reason:
    if value in ("", None):
        return Reason(f"{what}_unknown", 0)
    return Reason(f"{what}_fits", points, value) if fits else Reason(f"{what}_differs", 0, value)


def _urgency(policy: GradingPolicy) -> Mapping[str, int]:
    return {
        "month": policy.urgency_month_points,
        "quarter": policy.urgency_quarter_points,
        "half_year": policy.urgency_half_year_points,
        "later": policy.urgency_later_points,
    }
