"""Opportunities: opened, changed, moved along their stages, lost, won. One function per mutation."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_noop as _

from zhike.customers.public import contact_cards, customer_get, last_talks
from zhike.events.win import OpportunityLost, OpportunityMoved, OpportunityOpened, OpportunityWon
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import able, named
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.obligations import GateClosed
from zhike.foundation.policies import current
from zhike.foundation.records.rows import given_to, locked, noted, saved
from zhike.win import words
from zhike.win.models import Contract, Opportunity
from zhike.win.models.contract import IN_FORCE
from zhike.win.models.opportunity import LossReason, Stage
from zhike.win.policy import PipelinePolicy
from zhike.win.rules import stages
from zhike.win.services.sellers import SELLERS, require_seller

WRITTEN = ("title", "explicit_needs", "amount_minor", "expected_on")


class OpportunityClosed(Refusal):
    """The deal is over."""

    code = "opportunity_closed"
    sentence = _("This opportunity is closed. Open a new one, or move a lost one back to a stage with a reason.")


@transaction.atomic
def opportunity_create(*, viewer: Viewer, customer: UUID, title: str, **values: Any) -> Opportunity:
    """Open a deal by hand. Raises: Forbidden, NotFound, Invalid."""
    require_seller(viewer)
    found = customer_get(viewer, customer)
    deal = Opportunity(customer=found, created_by_id=viewer.person_id, updated_by_id=viewer.person_id)
    given_to(deal, _seller(values.pop("owner", None) or viewer.person_id, found))
    _write(deal, {"title": title, **values})
    return _opened(viewer, deal, lead_id=None)


@transaction.atomic
def opportunity_from_lead(
    *, customer_id: int, lead_id: int, lead_uid: UUID, owner_id: int | None, person_id: int | None, title: str
) -> Opportunity | None:
    """Open the deal of a converted lead, once; None when it stands already. Who owns the lead owns it."""
    if Opportunity.objects.filter(lead_uid=lead_uid).exists():
        return None
    deal = Opportunity(
        customer_id=customer_id, lead_uid=lead_uid, title=title.strip()[:120] or "–", created_by_id=person_id,
        updated_by_id=person_id,
    )  # fmt: skip
    given_to(deal, owner_id if Person.objects.filter(pk=owner_id, is_active=True).exists() else None)
    return _opened(system("lead converted"), deal, lead_id=lead_id, person_id=person_id)


@transaction.atomic
def opportunity_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Opportunity:
    """Change what is known of a deal. Raises: Forbidden, NotFound, Stale, Invalid, OpportunityClosed."""
    require_seller(viewer)
    deal = locked(viewer, Opportunity, uid, version)
    if not deal.is_open:
        raise OpportunityClosed(stage=deal.stage)
    _write(deal, changes)
    saved(viewer, deal, "opportunity.update", **{k: v for k, v in changes.items() if k in WRITTEN})
    return deal


@transaction.atomic
def opportunity_assign(*, viewer: Viewer, uid: UUID, version: int, owner: int) -> Opportunity:
    """Give the deal to another seller, who sees the customer.

    Raises: Forbidden, NotFound, Stale, Invalid, PostsLackWork, BeyondReach.
    """
    require_seller(viewer)
    deal = locked(viewer, Opportunity, uid, version)
    before = deal.owner_id
    given_to(deal, _seller(owner, deal.customer))
    saved(viewer, deal, "opportunity.assign", owner_before=before, owner_id=owner)
    return deal


@transaction.atomic
def opportunity_move(
    *, viewer: Viewer, uid: UUID, version: int, stage: str, reason: str = "", loss_reason: str = ""
) -> Opportunity:
    """Bring the deal to ``stage``. Forward only through the gates, back only with a reason, lost only with its cause.

    Raises: Forbidden, NotFound, Stale, Invalid, GateClosed (names all that is missing), OpportunityClosed.
    """
    require_seller(viewer)
    deal = locked(viewer, Opportunity, uid, version)
    if stage not in Stage.values:
        raise Invalid(fields={"stage": "not_an_option"})
    if deal.stage == Stage.WON:
        raise OpportunityClosed(stage=deal.stage)
    if stage == deal.stage:
        return deal
    if stage == Stage.LOST:
        return _lose(viewer, deal, loss_reason, reason.strip())
    if stages.is_back(deal.stage, stage) and not reason.strip():
        raise Invalid(fields={"reason": "required"})
    if missing := stages.missing_for(stage, deal_of(deal)):
        raise GateClosed(gate=f"WIN-01 {stage}", missing=[words.STAGE[code] for code in missing])
    before = deal.stage
    _enter(deal, stage)
    deal.loss_reason, deal.loss_note = "", ""
    saved(viewer, deal, "opportunity.move", reason=reason, before=before, stage=stage)
    outbox.publish(
        OpportunityMoved(**_facts(deal, viewer.person_id), before=before, after=stage, reason=reason.strip()[:200])
    )
    return deal


def opportunity_win(*, viewer: Viewer, opportunity_id: int, contract_id: int) -> None:
    """Close the deal by its signed contract, inside the transaction of the signature."""
    deal = Opportunity.objects.select_for_update(of=("self",)).get(pk=opportunity_id)
    if deal.stage == Stage.WON:
        return
    before = deal.stage
    _enter(deal, Stage.WON)
    deal.loss_reason, deal.loss_note = "", ""
    saved(viewer, deal, "opportunity.win", before=before, contract_id=contract_id)
    outbox.publish(OpportunityWon(**_facts(deal, viewer.person_id), contract_id=contract_id))


def opportunities_follow(*, customer_id: int, owner_before: int | None, owner_after: int | None) -> int:
    """Open deals and unsigned contracts of the owner before go along with the customer to the owner after.

    They stay where the owner after does not sell.
    """
    if owner_after is not None and owner_after not in able(Area.DEALS, holding=SELLERS):
        return 0
    place = Person.objects.filter(pk=owner_after).values_list("department_id", flat=True).first()
    moved = 0
    for rows in (
        Opportunity.objects.filter(closed_at=None),
        Contract.objects.filter(status__in=["draft", "review", "returned", "approved"]),
    ):
        for row in rows.filter(customer=customer_id, owner=owner_before).select_for_update(of=("self",)):
            row.owner_id, row.department_id = owner_after, place
            saved(system("the customer has another owner"), row, f"{row._meta.model_name}.assign", owner_id=owner_after)
            moved += 1
    return moved


def _seller(person_id: int | None, customer: Model) -> int:
    return named(person_id, Area.DEALS, about=customer, holding=SELLERS).pk


def deal_of(deal: Opportunity) -> stages.Deal:
    """What of the deal decides about its stages."""
    since = deal.opened_at - dt.timedelta(days=current().get(PipelinePolicy).first_talk_days)
    signed = Contract.objects.filter(opportunity=deal, status__in=IN_FORCE, deleted_at=None)
    return stages.Deal(
        has_talk=deal.followed_up_at is not None or bool(last_talks([deal.customer_id], since=since)),
        has_needs=bool(deal.explicit_needs.strip()),
        has_contact=deal.contact_id is not None or deal.customer.kind == "person",
        has_amount=deal.amount_minor > 0,
        has_date=deal.expected_on is not None,
        has_signed_contract=signed.exists(),
    )


def _opened(viewer: Viewer, deal: Opportunity, *, lead_id: int | None, person_id: int | None = None) -> Opportunity:
    deal.save(force_insert=True)
    noted(viewer, deal, "opportunity.open", customer_id=deal.customer_id, title=deal.title, lead_id=lead_id)
    outbox.publish(OpportunityOpened(**_facts(deal, viewer.person_id or person_id), lead_id=lead_id))
    return deal


def _write(deal: Opportunity, values: dict[str, Any]) -> None:
    """Take over what was given. Raises Invalid naming each field that cannot be accepted."""
    problems = {}
    if "title" in values and not str(values["title"] or "").strip():
        problems["title"] = "required"
    if (values.get("amount_minor") or 0) < 0:
        problems["amount"] = "too_small"
    if "contact" in values:
        cards = {card.uid: card.id for card in contact_cards(deal.customer_id)}
        contact = values["contact"]
        if contact and UUID(str(contact)) not in cards:
            problems["contact"] = _("Choose a contact of this customer.")
        else:
            deal.contact_id = cards[UUID(str(contact))] if contact else None
    if problems:
        raise Invalid(fields=problems)
    for name in WRITTEN:
        if name in values:
            value = values[name]
            setattr(deal, name, (value or 0) if name == "amount_minor" else value.strip() if name == "title" else value)


def _lose(viewer: Viewer, deal: Opportunity, loss_reason: str, note: str) -> Opportunity:
    if loss_reason not in LossReason.values:
        raise Invalid(fields={"loss_reason": "required"})
    if loss_reason == LossReason.OTHER and not note:
        raise Invalid(fields={"reason": "required"})
    if not deal.is_open:
        raise OpportunityClosed(stage=deal.stage)
    before = deal.stage
    _enter(deal, Stage.LOST)
    deal.loss_reason, deal.loss_note = loss_reason, note[:400]
    saved(viewer, deal, "opportunity.lose", reason=note, before=before, loss_reason=loss_reason)
    outbox.publish(OpportunityLost(**_facts(deal, viewer.person_id), before=before, reason=loss_reason))
    return deal


def _enter(deal: Opportunity, stage: str) -> None:
    deal.stage, deal.stage_since = stage, clock.now()
    deal.closed_at = deal.stage_since if not deal.is_open else None


def _facts(deal: Opportunity, person_id: int | None) -> dict[str, Any]:
    return {
        "customer_id": deal.customer_id, "opportunity_id": deal.pk, "opportunity_uid": str(deal.uid),
        "person_id": person_id,
    }  # fmt: skip


def require_open(deal: Opportunity) -> None:
    """Raise OpportunityClosed unless the deal is on its way."""
    if not deal.is_open:
        raise OpportunityClosed(stage=deal.stage)
