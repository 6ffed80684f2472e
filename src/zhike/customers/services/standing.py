"""A provisional file becomes formal when the gate B-30 opens."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.models import Customer
from zhike.customers.models.customer import Standing, VerifiedBy
from zhike.events.customers import CustomerMadeFormal
from zhike.foundation import audit, obligations, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records import rows

GATE = "B-30"


class AlreadyFormal(Refusal):
    """The file is formal already."""

    code = "already_formal"
    sentence = _("This file is formal already. Nothing needs to be done.")


@transaction.atomic
def customer_formalise(*, viewer: Viewer, uid: UUID, verified_by: str) -> Customer:
    """Make a provisional file formal; the viewer states by what the identity was verified.

    Raises: NotFound, Forbidden, Invalid (no such way of verifying), GateClosed (notice and consent, or the
    verification, are missing), AlreadyFormal.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = rows.locked(viewer, Customer, uid, None)
    if customer.standing == Standing.FORMAL:
        raise AlreadyFormal(number=customer.number)
    if verified_by and verified_by not in VerifiedBy.values:
        raise Invalid(fields={"verified_by": "not_an_option"})
    obligations.require_open(GATE, customer_id=customer.pk, verified_by=verified_by)
    customer.standing = Standing.FORMAL
    rows.renewed(viewer, customer)
    audit.record(
        viewer, "customer.formalise", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        before={"standing": "provisional"}, after={"standing": "formal", "verified_by": verified_by},
    )  # fmt: skip
    outbox.publish(CustomerMadeFormal(customer_id=customer.pk, verified_by=verified_by, person_id=viewer.person_id))
    return customer


def formal_missing(customer: Customer) -> list[str]:
    """What is missing before the file can be made formal, besides the verification that is stated with it; in words."""
    lacking = obligations.missing(GATE, customer_id=customer.pk, verified_by="stated")
    return [obligations.words_of(code) for code in lacking]
