"""Who owes what concerns a customer: the relations that duties may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhike.customers.models import CustomerState
from zhike.customers.policy import CalendarPolicy
from zhike.customers.public import managers_of
from zhike.events.customers import CustomerDeleted, CustomerReassigned
from zhike.foundation import approvals, obligations
from zhike.foundation.obligations.ports import calendar_of, owner_relation
from zhike.foundation.policies import current


@owner_relation("customer_manager")
def customer_manager(customer_ids: Sequence[int]) -> Mapping[int, int | None]:
    """The customer's owner."""
    return managers_of(customer_ids)


@calendar_of
def calendar_of_tier(customer_id: int) -> str:
    """Round the clock for the tiers that the policy names, working time for all others."""
    tiers = {"high": ("high",), "high_core": ("high", "core")}[current().get(CalendarPolicy).round_the_clock]
    is_served = CustomerState.objects.filter(pk=customer_id, tier__in=tiers).exists()
    return "elapsed" if is_served else "working"


# Who takes over a customer takes over what is owed to it.
obligations.reassign_on(CustomerReassigned, relation="customer_manager")
obligations.cancel_on(CustomerDeleted)
approvals.call_off_on(CustomerDeleted)
