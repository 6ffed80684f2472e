"""Opening a retention case with the published warning, offering it to the sales lead, taking it over."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import customer_hold
from zhike.events.retain import RetentionCaseOffered, RetentionCaseOpened, RetentionLeadChanged
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Refusal
from zhike.foundation.policies import current
from zhike.retain.models import RetentionCase, Warning
from zhike.retain.policy import RoutePolicy
from zhike.retain.rules.case import OPEN
from zhike.retain.rules.playbook import playbook
from zhike.retain.services import standing
from zhike.retain.services.leading import lead_of, sales_lead_of

OFFERING = system("the contact with a warned customer is overdue")


class NotOffered(Refusal):
    """The case is not on offer: it was contacted in time, or somebody took it over."""

    code = "not_offered"
    sentence = _("This case is not on offer any more. Its page says who leads it.")


def case_for_warning(*, viewer: Viewer, warning: Warning, at: dt.datetime) -> RetentionCase:
    """The open case of a warned customer, or a new one, led by whom value and risk name.

    Called while the warning is published, in that transaction; a second warning joins the case that is open.
    """
    case = RetentionCase.objects.select_for_update(of=("self",)).filter(
        customer_id=warning.customer_id, state__in=OPEN
    ).first()  # fmt: skip
    if case is not None:
        case.contact_due_at = warning.contact_due_at
        standing.save(case, viewer)
        return case
    lead = lead_of(
        customer_id=warning.customer_id, manager_id=warning.owner_id, tier=warning.tier, risk=warning.risk,
        policy=current(at).get(RoutePolicy),
    )  # fmt: skip
    department = Person.objects.filter(pk=lead.person_id).values_list("department_id", flat=True).first()
    case = standing.new(
        RetentionCase, viewer, customer_id=warning.customer_id, owner_id=lead.person_id, department_id=department,
        risk=warning.risk, tier=warning.tier, main_cause=warning.main_cause, currency=warning.currency,
        cause=playbook().cause_of(warning.main_cause).code,
        value_at_stake_minor=warning.value_at_stake_minor, route=lead.route, lead_reason=lead.reason,
        opened_at=at, contact_due_at=warning.contact_due_at,
    )  # fmt: skip
    # Whom we talk with again is not on the list of those to approach any more.
    RetentionCase.objects.filter(customer_id=case.customer_id, recontact_on__isnull=False).update(recontact_on=None)
    standing.noted(viewer, "open", case, lead_id=lead.person_id, route=lead.route)
    outbox.publish(
        RetentionCaseOpened(
            customer_id=case.customer_id, retention_case_id=case.pk, case_uid=str(case.uid), lead_id=lead.person_id,
            route=lead.route, reason=lead.reason, person_id=viewer.person_id, at=at,
        )
    )  # fmt: skip
    return case


@transaction.atomic
def case_offer(*, customer_id: int) -> None:
    """Offer the case of a customer nobody has contacted to the sales lead of the owner's department (B-18).

    Twice changes nothing; neither does it where that sales lead leads the case anyhow.
    """
    customer_hold(customer_id)
    waiting = RetentionCase.objects.select_for_update(of=("self",)).select_related("customer")
    case = waiting.filter(customer_id=customer_id, state="contact", offered_at=None).first()
    if case is None:
        return
    lead = sales_lead_of(case.customer.owner_id)
    if lead is None or lead == case.owner_id:
        return
    case.offered_to_id, case.offered_at = lead, clock.now()
    standing.save(case, OFFERING)
    standing.noted(OFFERING, "offer", case, offered_to=lead)
    outbox.publish(
        RetentionCaseOffered(
            customer_id=case.customer_id, retention_case_id=case.pk, case_uid=str(case.uid), offered_to=lead
        )
    )


@transaction.atomic
def case_take(*, viewer: Viewer, uid: UUID, version: int) -> RetentionCase:
    """Lead a case that is on offer. A sales lead may.

    Raises: NotFound, Forbidden, Stale, CaseClosed, NotOffered.
    """
    viewer.require(Area.HEALTH, Level.EDIT)
    if not viewer.holds("sales_lead"):
        raise Forbidden(area="health", level="lead")
    case = standing.case_for(viewer, uid, version, "save")
    if case.offered_at is None or case.owner_id == viewer.person_id:
        raise NotOffered(state=case.state)
    before = case.owner_id
    case.owner_id, case.department_id = viewer.person_id, viewer.department_id
    case.lead_reason, case.route, case.offered_to_id, case.offered_at = "taken", "sales_lead", None, None
    standing.save(case, viewer)
    standing.noted(viewer, "take", case, before=before, lead_id=viewer.person_id)
    outbox.publish(
        RetentionLeadChanged(
            customer_id=case.customer_id, retention_case_id=case.pk, case_uid=str(case.uid), before=before,
            lead_id=viewer.person_id,
        )
    )  # fmt: skip
    return case
