"""Who owes what concerns a customer: the relations that duties may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhike.customers.public import managers_of
from zhike.events.customers import CustomerDeleted, CustomerReassigned
from zhike.foundation import approvals, obligations
from zhike.foundation.obligations.ports import owner_relation


@owner_relation("customer_manager")
def customer_manager(customer_ids: Sequence[int]) -> Mapping[int, int | None]:
    """The customer's owner."""
    return managers_of(customer_ids)


# Who takes over a customer takes over what is owed to it.
obligations.reassign_on(CustomerReassigned, relation="customer_manager")
obligations.cancel_on(CustomerDeleted)
approvals.call_off_on(CustomerDeleted)
