"""One lead, held for a change: seen, in the right state, in the version that was read; and written back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN
from zhike.acquire.rules.grading import GRADES
from zhike.acquire.services.refusals import LeadClosed, LeadUnclaimed
from zhike.customers.public import customer_hold
from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale

_CLOSED_RANK = 9
_RANK = 10**13  # more than the milliseconds since 1970 for some centuries


def held(viewer: Viewer, uid: UUID, version: int, states: Collection[str] = OPEN) -> Lead:
    """The open lead, held until the transaction ends. Raises: NotFound, Forbidden, LeadClosed, Stale."""
    lead = seen(viewer, uid, states)
    if lead.version != version:
        raise Stale(version=lead.version)
    return lead


def seen(viewer: Viewer, uid: UUID, states: Collection[str] = OPEN) -> Lead:
    """The same in whatever version: for acts whose own refusal says more than that somebody was faster."""
    viewer.require(Area.LEADS, Level.EDIT)
    customer_hold(scope.one(viewer, Lead.objects.all(), uid=uid).customer_id)
    lead = scope.one(viewer, Lead.objects.select_for_update(of=("self",)), uid=uid)
    if lead.state not in states:
        raise LeadClosed(state=lead.state)
    return lead


def mine(viewer: Viewer, uid: UUID, version: int) -> Lead:
    """An open lead that is the viewer's to work on, or of somebody whom the viewer leads.

    Raises: NotFound, Forbidden, LeadClosed, LeadUnclaimed, Stale.
    """
    lead = seen(viewer, uid)
    if lead.owner_id is None:
        raise LeadUnclaimed
    if lead.owner_id != viewer.person_id and not viewer.may(Area.LEADS, Level.APPROVE):
        raise Forbidden(area=str(Area.LEADS), level="owner")
    if lead.version != version:
        raise Stale(version=lead.version)
    return lead


def queue_key(lead: Lead) -> int:
    """Where the lead stands in the order of work: open ones by grade, then oldest first (D4-18)."""
    rank = GRADES.index(lead.grade) + 1 if lead.state in OPEN else _CLOSED_RANK
    return rank * _RANK + round(lead.created_at.timestamp() * 1000)


def owned_by(lead: Lead, owner_id: int | None) -> None:
    """Give the lead an owner and the owner's department; without owner it stays in the pool of its department.

    Raises: Invalid (no such person).
    """
    owner = Person.objects.filter(pk=owner_id, is_active=True).first() if owner_id else None
    if owner_id and owner is None:
        raise Invalid(fields={"owner": "no_such_person"})
    lead.owner = owner
    if owner is not None:
        lead.department_id = owner.department_id
    place = Department.objects.filter(pk=lead.department_id).first()
    for level in (1, 2, 3):
        setattr(lead, f"ancestor_{level}", getattr(place, f"ancestor_{level}_id") if place else None)


def saved(viewer: Viewer, lead: Lead) -> None:
    """Save a change with its place in the queue. Every change by people is an update of the lead."""
    now = clock.now()
    lead.queue_key = queue_key(lead)
    lead.version += 1
    lead.updated_at = lead.touched_at = now
    lead.is_quiet = False
    lead.updated_by_id = viewer.person_id
    lead.save()


def written(
    viewer: Viewer, lead: Lead, act: str, after: dict[str, Any], *, before: Any = None, reason: str = ""
) -> None:
    """Save a change together with its audit."""
    saved(viewer, lead)
    audit.record(
        viewer, act, kind="lead", object_id=lead.pk, object_uid=lead.uid, before=before, after=after, reason=reason
    )  # fmt: skip
