"""What the course of a relation changes in the file: cooperation begins, somebody else takes over."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from zhike.customers.models import Customer, CustomerState
from zhike.customers.services.customer import assign, state_scope
from zhike.events.customers import CustomerChanged, CustomerReassigned
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import rows


@transaction.atomic
def cooperation_begin(*, viewer: Viewer, customer_id: int, on: dt.date) -> bool:
    """Note since when the customer is one by contract; False where that is known already.

    The room that signs has checked that the viewer may; a later contract changes nothing. Raises: NotFound.
    """
    customer = _locked(customer_id)
    if customer.cooperation_since is not None:
        return False
    customer.cooperation_since = on
    rows.renewed(viewer, customer)
    audit.record(
        viewer, "customer.cooperation_begin", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        after={"cooperation_since": on.isoformat()},
    )  # fmt: skip
    outbox.publish(CustomerChanged(customer_id=customer.pk, fields=("cooperation_since",)))
    return True


@transaction.atomic
def customer_take_over(*, viewer: Viewer, customer_id: int, reason: str) -> Customer:
    """Make the viewer the owner: the answer of who was asked to take the customer over and does not own it yet.

    The room that asks has checked that the viewer was asked. Raises: Forbidden, NotFound.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = _locked(customer_id)
    before = customer.owner_id
    if before == viewer.person_id:
        return customer
    assign(customer, viewer.person_id)
    rows.renewed(viewer, customer)
    CustomerState.objects.filter(pk=customer.pk).update(**state_scope(customer))
    audit.record(
        viewer, "customer.take_over", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        before={"owner_id": before}, after={"owner_id": viewer.person_id}, reason=reason,
    )  # fmt: skip
    outbox.publish(CustomerReassigned(customer_id=customer.pk, owner_before=before, owner_after=viewer.person_id))
    return customer


def _locked(customer_id: int) -> Customer:
    customer = (
        Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=customer_id, deleted_at=None).first()
    )
    if customer is None:
        raise NotFound(customer=str(customer_id))
    return customer
