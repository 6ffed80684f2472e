"""Which open leads would be graded otherwise by other numbers. Reads only; the rule is the one that grades them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN
from zhike.acquire.policy import GradingPolicy, TargetIndustries, TargetRegions
from zhike.acquire.rules.grading import Facts, grade, target_of
from zhike.foundation.policies.load import PolicySet

_FACTS = ("customer__industry", "customer__region", "customer__staff_count", "urgency", "inquiries")
PIECE = 5_000


@dataclass(frozen=True)
class Move:
    """One lead whose grade by the rule would be another one."""

    lead_id: int
    before: str
    after: str


def moved(before: PolicySet, after: PolicySet, among: QuerySet[Lead] | None = None) -> tuple[list[Move], int]:
    """The leads that would move in the order of work, and how many were looked at. Grades given by hand stay."""
    leads = Lead.objects.filter(deleted_at=None) if among is None else among
    rows = leads.filter(state__in=OPEN, is_graded_by_hand=False).order_by("queue_key", "id")
    now, then = _judge(before), _judge(after)
    moves, count = [], 0
    for pk, *facts in rows.values_list("pk", *_FACTS).iterator(chunk_size=PIECE):
        count += 1
        was, new = now(Facts(*facts)), then(Facts(*facts))
        if was != new:
            moves.append(Move(pk, was, new))
    return moves, count


def _judge(policies: PolicySet) -> Callable[[Facts], str]:
    target = target_of(policies.get(TargetIndustries), policies.get(TargetRegions))
    numbers = policies.get(GradingPolicy)
    return lambda facts: grade(facts, target, numbers).code


def pairs_of(moves: list[Move]) -> list[tuple[tuple[str, str], int]]:
    """How many go from which grade to which, the largest first."""
    return Counter((move.before, move.after) for move in moves).most_common()
