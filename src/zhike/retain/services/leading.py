"""Who leads a case: the post that value and risk name, and of its holders the one whose customer it is nearest to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from zhike.customers.public import teammates_of
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.naming import able
from zhike.foundation.access.people import holders_of
from zhike.retain.models import RetentionCase
from zhike.retain.policy import RoutePolicy
from zhike.retain.rules.case import OPEN
from zhike.retain.rules.warning import route_of


class Lead(NamedTuple):
    """Who leads, the post for which, and why: ``high_value``, ``mild_risk``, ``other``, or ``nobody_else``."""

    person_id: int | None
    route: str
    reason: str


def lead_of(*, customer_id: int, manager_id: int | None, tier: str, risk: str, policy: RoutePolicy) -> Lead:
    """The lead by RET-10: high value first, then medium and low risk, then the customer manager.

    Where nobody holds the post, the customer's manager leads (``nobody_else``). A manager whose posts do not include
    the work on churn cannot lead: the sales lead does.
    """
    route = route_of(tier or None, risk, policy)
    reason = "high_value" if tier == "high" else "mild_risk" if risk in ("medium", "low") else "other"
    manager = manager_id if manager_id in able(Area.HEALTH) else None
    person = manager if route == "customer_manager" else _holder(route, customer_id, manager_id)
    if person is not None:
        return Lead(person, route, reason)
    return Lead(manager or sales_lead_of(manager_id), route, "nobody_else")


def sales_lead_of(manager_id: int | None) -> int | None:
    """The sales lead of the department of the customer's manager, else of the departments above; then anybody."""
    found = holders_of("sales_lead")
    by_department: dict[int | None, int] = {}
    for person in found:
        by_department.setdefault(person.department_id, person.pk)
    for department_id in _upwards(manager_id):
        if department_id in by_department:
            return by_department[department_id]
    return found[0].pk if found else None


def _holder(route: str, customer_id: int, manager_id: int | None) -> int | None:
    if route == "sales_lead":
        return sales_lead_of(manager_id)
    return success_manager_of(customer_id, manager_id, RetentionCase.objects.filter(state__in=OPEN))


def success_manager_of(customer_id: int, manager_id: int | None, owed: QuerySet[Any]) -> int | None:
    """The success manager who looks after the customer, alone or in a team; else who has the fewest of ``owed``."""
    holders = [person.pk for person in holders_of("success_manager")]
    near = [manager_id, *teammates_of(customer_id)]
    return next((person for person in near if person in holders), None) or _least_loaded(holders, owed)


def _upwards(manager_id: int | None) -> Iterable[int]:
    """The department of the manager and those above it, nearest first."""
    here = Person.objects.filter(pk=manager_id).values_list("department_id", flat=True).first()
    while here is not None:
        yield here
        here = Department.objects.filter(pk=here).values_list("parent_id", flat=True).first()


def _least_loaded(holders: list[int], owed: QuerySet[Any]) -> int | None:
    load = Counter(owed.filter(owner_id__in=holders).values_list("owner_id", flat=True))
    return min(holders, key=lambda person: (load[person], holders.index(person)), default=None)
