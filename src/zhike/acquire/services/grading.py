"""Leads are graded when they come in and whenever what is known of them changes; a person may overrule."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN
from zhike.acquire.policy import GradingPolicy, TargetIndustries, TargetRegions
from zhike.acquire.rules.grading import GRADES, Facts, grade, target_of
from zhike.acquire.services import rows
from zhike.acquire.services.rows import written
from zhike.customers.public import customer_hold, profile_of
from zhike.events.acquire import LeadGraded
from zhike.foundation import audit, outbox
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current

BY_RULE = "rule"


def graded(lead: Lead) -> str:
    """Write grade, points and reasons by the rule into the row, and its place in the queue. Returns the grade before.

    A grade given by hand stays; points and reasons go along with the facts all the same.
    """
    profile, in_force = profile_of(lead.customer_id), current()
    facts = Facts(profile.industry, profile.region, profile.staff_count, lead.urgency, lead.inquiries)
    target = target_of(in_force.get(TargetIndustries), in_force.get(TargetRegions))
    found = grade(facts, target, in_force.get(GradingPolicy))
    before = lead.grade
    lead.grade_points = found.points
    lead.grade_reasons = [asdict(reason) for reason in found.reasons]
    if not lead.is_graded_by_hand:
        lead.grade = found.code
    lead.queue_key = rows.queue_key(lead)
    return before


def told(viewer: Viewer, lead: Lead, before: str) -> None:
    """Tell the others if the grade is another one now."""
    if lead.grade != before:
        outbox.publish(
            LeadGraded(
                customer_id=lead.customer_id, lead_id=lead.pk, before=before, after=lead.grade,
                person_id=viewer.person_id,
            )
        )  # fmt: skip


@transaction.atomic
def leads_regrade(*, customer_id: int) -> None:
    """Grade the open lead of a customer anew: what is known of the customer has changed. Idempotent."""
    customer_hold(customer_id)
    viewer = system("the customer's profile changed")
    for lead in Lead.objects.select_for_update(of=("self",)).filter(
        customer_id=customer_id, state__in=OPEN, deleted_at=None
    ):
        known = (lead.grade, lead.grade_points, lead.grade_reasons)
        before = graded(lead)
        if (lead.grade, lead.grade_points, lead.grade_reasons) == known:
            continue
        lead.version += 1
        lead.updated_at = clock.now()
        lead.save(update_fields=["grade", "grade_points", "grade_reasons", "queue_key", "version", "updated_at"])
        after = {"grade": lead.grade, "points": lead.grade_points}
        audit.record(viewer, "lead.grade", kind="lead", object_id=lead.pk, object_uid=lead.uid, after=after)
        told(viewer, lead, before)


@transaction.atomic
def lead_grade(*, viewer: Viewer, uid: UUID, version: int, grade: str, reason: str) -> Lead:
    """Overrule the grade with a reason; ``rule`` gives it back to the rule.

    Raises: NotFound, Forbidden, Invalid, LeadClosed, LeadUnclaimed, Stale.
    """
    problems = {} if grade in (*GRADES, BY_RULE) else {"grade": "not_an_option"}
    if not reason.strip():
        problems["reason"] = "required"
    if problems:
        raise Invalid(fields=problems)
    lead = rows.mine(viewer, uid, version)
    before = lead.grade
    lead.is_graded_by_hand = grade != BY_RULE
    lead.grade_note = reason.strip()[:200] if lead.is_graded_by_hand else ""
    lead.grade = grade if lead.is_graded_by_hand else lead.grade
    graded(lead)
    written(viewer, lead, "lead.grade", {"grade": lead.grade}, before={"grade": before}, reason=reason.strip())
    told(viewer, lead, before)
    return lead
