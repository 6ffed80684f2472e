"""Approaching a lost customer again once the cooling period is over, and what was answered (RET-14)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import interaction_log
from zhike.events.retain import LostCustomerApproached
from zhike.foundation import outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.retain.models import RetentionCase
from zhike.retain.models.case import Answer
from zhike.retain.rules.case import may_approach
from zhike.retain.services import standing
from zhike.retain.services.interview import KINDS

TOO_EARLY = _("The customer may be approached from a later day on. Enter when this talk took place.")
NO_DAY = _("Enter a day after today on which the customer may be approached again.")


class NotToApproach(Refusal):
    """Nobody is to approach this customer: it cools down, a new case is open, or the answer was no."""

    code = "not_to_approach"
    sentence = _(
        "This customer is not to be approached now. The page of the case says from which day, or what was said."
    )


@transaction.atomic
def case_approach(
    *,
    viewer: Viewer,
    uid: UUID,
    version: int,
    talked_at: dt.datetime,
    kind: str,
    answer: str,
    words: str,
    again_on: dt.date | None = None,
    contact: str = "",
) -> RetentionCase:
    """Write down the talk with a lost customer: the case leaves the list, or is there again from ``again_on`` on.

    The talk is an interaction of the customer. ``contact`` is the uid of one of the customer's contacts, or empty.
    Raises: NotFound, Forbidden, Invalid, Stale, CaseNotReady, NotToApproach.
    """
    case = standing.case_for(viewer, uid, version, "approach")
    if not may_approach(case.recontact_on, clock.today()):
        raise NotToApproach(state=case.state)
    _refuse_faults(case, talked_at, kind, answer, words, again_on)
    interaction_log(
        viewer=standing.acting(viewer), customer_uid=case.customer.uid, kind=kind, at=talked_at,
        feedback=words.strip(), contact_uid=UUID(contact) if contact else None,
    )  # fmt: skip
    case.approached_at, case.approach_answer = talked_at, answer
    case.recontact_on = again_on if answer == Answer.LATER else None
    standing.save(case, viewer)
    standing.noted(viewer, "approach", case, answer=answer)
    outbox.publish(LostCustomerApproached(**standing.about(case, viewer), answer=answer, again_on=case.recontact_on))
    return case


def _refuse_faults(
    case: RetentionCase, talked_at: dt.datetime | None, kind: str, answer: str, words: str, again_on: dt.date | None
) -> None:
    problems = {}
    if talked_at is None:
        problems["talked_at"] = "required"
    elif case.recontact_on is not None and clock.local(talked_at).date() < case.recontact_on:
        problems["talked_at"] = TOO_EARLY
    if kind not in KINDS:
        problems["kind"] = "not_an_option"
    if answer not in Answer.values:
        problems["answer"] = "not_an_option"
    if not (words or "").strip():
        problems["words"] = "required"
    if answer == Answer.LATER and (again_on is None or again_on <= clock.today()):
        problems["again_on"] = NO_DAY
    if problems:
        raise Invalid(fields=problems)
