"""All customers of one owner pass to another: when somebody leaves."""

from __future__ import annotations

from django.db.models import F

from zhike.customers.models import Customer, CustomerState
from zhike.events.customers import CustomerReassigned
from zhike.foundation import audit, outbox
from zhike.foundation.access.estates import ANCESTORS
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import named
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

_PIECE = 2_000


def customers_owned(person_id: int) -> int:
    """How many customers a person owns, in the recycle bin too: they come back with an owner."""
    return Customer.objects.filter(owner_id=person_id).count()


def customers_hand_over(viewer: Viewer, before: int, after: int) -> int:
    """Give every customer of ``before`` to ``after``, whose department they join; returns how many.

    Runs inside the transaction of whoever closes the account, who has checked the permission: IT closes accounts
    without seeing customers. Who takes over has to see them. One audit entry and one piece of events for 2,000
    customers, a line on each timeline. Raises: PostsLackWork.
    """
    receiver = named(after, Area.PROFILE, Level.BASIC, field="receiver")
    place = {"owner_id": after, "department_id": receiver.department_id}
    place |= {name: getattr(receiver.department, f"{name}_id", None) for name in ANCESTORS}
    digest = audit.digest_of({"owner_before": before, "owner_after": after})
    passed = 0
    while pairs := list(
        Customer.objects.filter(owner_id=before).order_by("pk").values_list("pk", "deleted_at")[:_PIECE]
    ):
        ids = [pk for pk, _deleted in pairs]
        Customer.objects.filter(pk__in=ids).update(
            version=F("version") + 1, updated_at=clock.now(), updated_by_id=viewer.person_id, **place
        )
        CustomerState.objects.filter(pk__in=ids).update(**place)
        audit.record(
            viewer, "customer.reassign", kind="customer", batch=[(pk, digest) for pk in ids],
            before={"owner_id": before}, after={"owner_id": after},
        )  # fmt: skip
        outbox.publish(
            *(
                CustomerReassigned(customer_id=pk, owner_before=before, owner_after=after)
                for pk, deleted in pairs
                if deleted is None
            )
        )
        passed += len(ids)
    return passed
