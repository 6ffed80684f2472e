"""Who has a lead: claimed from the pool, given back, assigned by the sales lead."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from zhike.acquire.models import Claim, Lead
from zhike.acquire.policy import PoolPolicy
from zhike.acquire.services import rows
from zhike.acquire.services.refusals import ClaimLimit, LeadTaken
from zhike.customers.public import customer_hand_over
from zhike.events.acquire import LeadClaimed
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import named
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale
from zhike.foundation.policies import current

CLAIMERS = ("sales_specialist", "sales_lead")


@transaction.atomic
def lead_claim(*, viewer: Viewer, uid: UUID, version: int) -> Lead:
    """Take a lead from the pool: the lead and its provisional customer are the viewer's from now on.

    Raises: NotFound, Forbidden, LeadClosed, LeadTaken, ClaimLimit, Stale.
    """
    if viewer.person_id is None or not viewer.holds(*CLAIMERS):
        raise Forbidden(area=str(Area.LEADS), level="claim")
    # The person's own row first: two claims of one person count each other.
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=viewer.person_id)
    lead = rows.seen(viewer, uid)
    if lead.owner_id is not None:
        raise LeadTaken(owner=lead.owner.name if lead.owner else "")
    if lead.version != version:
        raise Stale(version=lead.version)
    limit = current().get(PoolPolicy).claims_per_day
    today = Claim.objects.filter(person_id=viewer.person_id, at__gte=clock.start_of(clock.today())).count()
    if today >= limit:
        raise ClaimLimit(limit=limit)
    Claim.objects.create(lead=lead, person_id=viewer.person_id)
    _hand_over(viewer, lead, viewer.person_id, "lead.claim")
    return lead


@transaction.atomic
def lead_give_back(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Lead:
    """Put a lead back into the pool of the department, with a reason.

    Raises: NotFound, Forbidden, Invalid, LeadClosed, LeadUnclaimed, Stale.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    lead = rows.mine(viewer, uid, version)
    _hand_over(viewer, lead, None, "lead.give_back", reason.strip())
    return lead


@transaction.atomic
def lead_assign(*, viewer: Viewer, uid: UUID, version: int, owner: int) -> Lead:
    """Give a lead to somebody who handles leads; for who leads sales. To the same person nothing happens.

    Raises: NotFound, Forbidden, Invalid (no such person), PostsLackWork, LeadClosed, Stale.
    """
    viewer.require(Area.LEADS, Level.APPROVE)
    lead = rows.held(viewer, uid, version)
    if lead.owner_id == owner:
        return lead
    named(owner, Area.LEADS)
    _hand_over(viewer, lead, owner, "lead.assign")
    return lead


def _hand_over(viewer: Viewer, lead: Lead, owner_id: int | None, act: str, reason: str = "") -> None:
    before = lead.owner_id
    rows.owned_by(lead, owner_id)
    customer_hand_over(
        viewer=viewer, customer_id=lead.customer_id, from_owner_id=before, to_owner_id=owner_id,
        department_id=lead.department_id,
    )  # fmt: skip
    rows.saved(viewer, lead)
    audit.record(
        viewer, act, kind="lead", object_id=lead.pk, object_uid=lead.uid, before={"owner_id": before},
        after={"owner_id": owner_id}, reason=reason,
    )  # fmt: skip
    outbox.publish(
        LeadClaimed(
            customer_id=lead.customer_id, lead_id=lead.pk, lead_uid=str(lead.uid), owner_before=before,
            owner_after=owner_id, person_id=viewer.person_id,
        )
    )  # fmt: skip
