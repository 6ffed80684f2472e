"""The follow-up record of a deal (WIN-07): feedback, change in needs and the next action with its date."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import interaction_log
from zhike.events.win import FollowUpRecorded
from zhike.foundation import messages, outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records.rows import locked, saved
from zhike.win.models import Opportunity
from zhike.win.services.opportunity import require_open
from zhike.win.services.sellers import require_seller


@transaction.atomic
def opportunity_follow_up(
    *, viewer: Viewer, uid: UUID, version: int, kind: str, feedback: str, change_in_needs: str, next_action: str,
    next_on: dt.date | None, at: dt.datetime | None = None,
) -> Opportunity:  # fmt: skip
    """Write down a talk about the deal: all of feedback, change in needs and next action with date are required.

    It is an interaction of the customer like any other; the team is told at once.
    Raises: Forbidden, NotFound, Stale, Invalid (each field that is missing), OpportunityClosed.
    """
    require_seller(viewer)
    deal = locked(viewer, Opportunity, uid, version)
    require_open(deal)
    said = {"feedback": feedback, "change_in_needs": change_in_needs, "next_action": next_action}
    problems = {name: "required" for name, text in said.items() if not (text or "").strip()}
    if next_on is None:
        problems["next_on"] = "required"
    elif next_on < clock.today():
        problems["next_on"] = _("The next action lies in the past. Enter a day from today on.")
    if problems or next_on is None:
        raise Invalid(fields=problems)
    contact = deal.contact if deal.contact is not None and deal.contact.deleted_at is None else None
    made = interaction_log(
        viewer=viewer, customer_uid=deal.customer.uid, kind=kind, at=at, next_on=next_on,
        contact_uid=contact.uid if contact is not None else None, **said,
    )  # fmt: skip
    deal.followed_up_at, deal.next_action, deal.next_on = made.at, made.next_action, next_on
    saved(viewer, deal, "opportunity.follow_up", interaction_id=made.pk, next_on=next_on)
    happened = FollowUpRecorded(
        customer_id=deal.customer_id, opportunity_id=deal.pk, opportunity_uid=str(deal.uid), interaction_id=made.pk,
        next_on=next_on, person_id=viewer.person_id,
    )  # fmt: skip
    outbox.publish(happened)
    _tell(viewer, deal, str(happened.uid))
    return deal


def _tell(viewer: Viewer, deal: Opportunity, about: str) -> None:
    """The owner, the owner's superior and the customer's team hear of it at once; who wrote it knows already."""
    people = messages.colleagues_of(deal.owner_id, team_id=deal.customer.team_id)
    words = {
        "title": deal.title, "by": viewer.name, "next_action": deal.next_action,
        "next_on": deal.next_on.isoformat() if deal.next_on else "",
    }  # fmt: skip
    link = f"/opportunities/{deal.uid}/"
    messages.tell(people - {viewer.person_id}, "deal.follow_up", words, link=link, about=about)
