"""Consent given and withdrawn; the use follows in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.comply.models import Act, Channel, Consent, ConsentText, ConsentUse, How, Purpose
from zhike.comply.models.text import columns_of
from zhike.comply.rules import use
from zhike.comply.selectors import text_row
from zhike.customers.public import contact_get, customer_get
from zhike.events.comply import ConsentGiven, ConsentWithdrawn
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.people import is_active_person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.kit.refusals import Invalid, NotFound

_LOCK_SPACE = 0x7A6E


@transaction.atomic
def consent_record(
    *,
    viewer: Viewer,
    customer_uid: UUID,
    channel: str,
    how: str,
    purposes: Collection[str] | None = None,
    text_uid: UUID | None = None,
    language: str = "zh",
    contact_uid: UUID | None = None,
    witness_id: int | None = None,
    said_at: dt.datetime | None = None,
) -> Consent:
    """Write down that the customer was told the text and consents to ``purposes`` (all that the text asks for if None).

    The text is ``text_uid`` or the one in force at ``said_at`` for channel and language. The system records for a
    public form or the portal. Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.CONSENT, Level.EDIT)
    at = said_at or clock.now()
    customer, contact_id = _whose(viewer, customer_uid, contact_uid)
    text = text_row(channel, language, at) if text_uid is None else ConsentText.objects.filter(uid=text_uid).first()
    chosen = (text.purposes if text else frozenset()) if purposes is None else frozenset(purposes)
    problems = _faults(viewer, channel, how, chosen, at, witness_id)
    if text is None or text.in_force_from > at:
        problems["text"] = "not_an_option"
    elif not chosen <= text.purposes:
        problems["purposes"] = "not_an_option"
    if problems:
        raise Invalid(fields=problems)
    return _written(
        viewer, customer, contact_id, Act.GIVEN, chosen, at,
        text=text, channel=channel, how=how, witness_id=witness_id,
    )  # fmt: skip


@transaction.atomic
def consent_withdraw(
    *,
    viewer: Viewer,
    customer_uid: UUID,
    channel: str,
    how: str = How.FORM,
    purposes: Collection[str] | None = None,
    contact_uid: UUID | None = None,
    witness_id: int | None = None,
    said_at: dt.datetime | None = None,
    reason: str = "",
) -> Consent:
    """Write down that the customer forbids ``purposes`` (all if None): from this transaction on they are refused.

    It needs no consent before it: who was never asked may forbid a use, too. Withdrawing is as easy as consenting:
    no witness is needed. Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.CONSENT, Level.EDIT)
    at = said_at or clock.now()
    customer, contact_id = _whose(viewer, customer_uid, contact_uid)
    chosen = frozenset(Purpose.values if purposes is None else purposes)
    problems = _faults(viewer, channel, how, chosen, at, witness_id, needs_witness=False)
    if len(reason.strip()) > Consent._meta.get_field("reason").max_length:  # type: ignore[operator]
        problems["reason"] = "too_long"
    if problems:
        raise Invalid(fields=problems)
    return _written(
        viewer, customer, contact_id, Act.WITHDRAWN, chosen, at,
        channel=channel, how=how, witness_id=witness_id, reason=reason.strip(),
    )  # fmt: skip


def _whose(viewer: Viewer, customer_uid: UUID, contact_uid: UUID | None) -> tuple[Any, int | None]:
    customer = customer_get(viewer, customer_uid)
    contact = contact_get(viewer, contact_uid) if contact_uid else None
    if contact is not None and contact.customer_id != customer.pk:
        raise NotFound(uid=str(contact_uid))
    return customer, contact.pk if contact else None


def _faults(
    viewer: Viewer, channel: str, how: str, purposes: Collection[str], at: dt.datetime, witness_id: int | None,
    *, needs_witness: bool = True,
) -> dict[str, str]:  # fmt: skip
    problems: dict[str, str] = {}
    if channel not in Channel.values or channel == Channel.ANY:
        problems["channel"] = "not_an_option"
    if how not in How.values:
        problems["how"] = "not_an_option"
    if not purposes:
        problems["purposes"] = "required"
    elif not set(purposes) <= set(Purpose.values):
        problems["purposes"] = "not_an_option"
    if at > clock.now() + dt.timedelta(minutes=1):
        problems["said_at"] = "in_future"
    if how == How.SPOKEN and needs_witness and witness_id is None:
        problems["witness"] = "required"
    elif witness_id is not None and (witness_id == viewer.person_id or not is_active_person(witness_id)):
        problems["witness"] = "no_such_person"
    return problems


def _written(
    viewer: Viewer, customer: Any, contact_id: int | None, act: Act, purposes: frozenset[str], at: dt.datetime,
    **said: Any,
) -> Consent:  # fmt: skip
    # Two acts of one customer come one after the other, so that the later word is known.
    serial.hold(_LOCK_SPACE, [str(customer.pk)])
    consent = Consent.objects.create(
        customer_id=customer.pk, contact_id=contact_id, act=act, said_at=at, owner_id=customer.owner_id,
        department_id=customer.department_id, created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
        **columns_of(purposes), **said,
    )  # fmt: skip
    changed = _uses_set(consent, purposes)
    audit.record(
        viewer, f"consent.{act}", kind="consent", object_id=consent.pk, object_uid=consent.uid,
        after={"customer_id": customer.pk, "contact_id": contact_id, "purposes": sorted(purposes), "how": consent.how,
               "channel": consent.channel, "said_at": at.isoformat(), "witness_id": consent.witness_id,
               "text_id": consent.text_id, "took_effect": sorted(changed)},
        reason=consent.reason,
    )  # fmt: skip
    news = ConsentGiven if act == Act.GIVEN else ConsentWithdrawn
    outbox.publish(
        news(
            customer_id=customer.pk, consent_id=consent.pk, consent_uid=str(consent.uid), contact_id=contact_id,
            purposes=tuple(sorted(purposes)), channel=consent.channel, person_id=viewer.person_id, said_at=at,
        )
    )  # fmt: skip
    return consent


def _uses_set(consent: Consent, purposes: frozenset[str]) -> set[str]:
    """Let each use follow the latest word; the purposes that this act decided."""
    new = use.Said(consent.act == Act.GIVEN, consent.said_at)
    mine = ConsentUse.objects.filter(customer_id=consent.customer_id, contact_id=consent.contact_id)
    standing = {row.purpose: row for row in mine.filter(purpose__in=purposes)}
    decided = set()
    for purpose in sorted(purposes):
        row = standing.get(purpose)
        if not use.replaces(use.Said(row.is_allowed, row.said_at) if row else None, new):
            continue
        row = row or ConsentUse(customer_id=consent.customer_id, contact_id=consent.contact_id, purpose=purpose)
        row.is_allowed, row.said_at, row.consent = new.is_allowed, new.at, consent
        row.save()
        decided.add(purpose)
    return decided
