"""遗忘提醒: own customers with whom nobody has been in contact for too long, each silence with the list behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from zhike.customers.models import CustomerState
from zhike.customers.policy import ForgottenPolicy
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records import periods

DAYS, MONTHS = "days", "months"


@dataclass(frozen=True)
class Silence:
    """How many own customers have heard nothing for longer than ``length`` ``unit``, and the conditions of the list."""

    length: int
    unit: str
    count: int
    where: str


def forgotten(viewer: Viewer) -> list[Silence]:
    """The silences of the policy, shortest first. Who was never contacted counts from the day of the file.

    Lost customers are left out: whether they are approached again is decided elsewhere.
    """
    policy = current().get(ForgottenPolicy)
    steps = {
        (policy.first_days, DAYS), (policy.second_days, DAYS), (policy.third_days, DAYS),
        (policy.fourth_months, MONTHS), (policy.fifth_months, MONTHS),
    }  # fmt: skip
    today = clock.today()
    ordered = sorted(steps, key=lambda step: periods.shifted(today, -step[0], step[1]), reverse=True)
    mine = CustomerState.objects.filter(owner_id=viewer.person_id, deleted_at=None).exclude(lifecycle="lost")
    counted = mine.aggregate(**{f"n{i}": Count("pk", filter=_silent(today, step)) for i, step in enumerate(ordered)})
    return [Silence(*step, counted[f"n{i}"], _where(step)) for i, step in enumerate(ordered)]


def _silent(today: dt.date, step: tuple[int, str]) -> Q:
    limit = clock.start_of(periods.shifted(today, -step[0], step[1]))
    return Q(last_contact_at__lt=limit) | Q(last_contact_at=None, created_at__lt=limit)


def _where(step: tuple[int, str]) -> str:
    long = f"ago({step[0]}, {step[1]})"
    never = f"all(last_contact_at.empty(), created_at.{long})"
    return f"all(owner.is(me), lifecycle.is_not(lost), any(last_contact_at.{long}, {never}))"
