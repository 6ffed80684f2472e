"""The public form: who may not be a person is turned away, without asking a third party; the rest is taken in."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from zhike.acquire.models import FormEntry, Lead
from zhike.acquire.models.lead import Channel
from zhike.acquire.policy import FormPolicy
from zhike.acquire.services.taking import inquiry_take
from zhike.comply.public import consent_record, contacts_may_use, may_use
from zhike.customers.public import contact_uid_of, customer_uid_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.policies import current

_SALT = "zhike.acquire.form"
_DAY = dt.timedelta(days=1)


class TooFast(Refusal):
    """Sent sooner than anybody can fill it in."""

    code = "form_too_fast"
    status = 422
    sentence = _("That was quick. Please look over what you entered and send it again.")


class FormExpired(Refusal):
    """The form's token is too old, used, or not ours."""

    code = "form_expired"
    status = 422
    sentence = _("This page had been open for long, or was sent before. Nothing is lost: please send it again.")


class TooMany(Refusal):
    """The limits of the window are reached."""

    code = "form_too_many"
    status = 429
    sentence = _("Too many inquiries are coming in just now. Please try again later, or call us.")


@dataclass(frozen=True)
class Inquiry:
    """What a prospect sent: fields of the file, of the person at a firm, and of the lead."""

    kind: str
    values: Mapping[str, Any]
    contact: Mapping[str, Any] | None
    need: str
    urgency: str
    source: str
    details: str = ""


def form_token() -> str:
    """A signed token for one form: says when it was opened, and can be used once."""
    return signing.dumps({"at": clock.now().timestamp(), "nonce": secrets.token_urlsafe(16)}, salt=_SALT)


def inquiry_receive(
    *,
    inquiry: Inquiry,
    token: str,
    address: str,
    consents: Collection[str] = (),
    text_uid: UUID | None = None,
    language: str = "zh",
) -> Lead:
    """Take in what somebody sent by the public form, with the consent to the text that was shown.

    The same happens whether they are known or not. Raises: TooFast, FormExpired, TooMany, Invalid.
    """
    policy = current().get(FormPolicy)
    nonce = _opened(token, policy)
    blind = vault.blind("network_address", address or "unknown")
    viewer = replace(system("public form"), address=address)
    with transaction.atomic():
        _admit(nonce, blind, policy)
        lead, contact_id = inquiry_take(
            viewer=viewer, kind=inquiry.kind, need=inquiry.need, urgency=inquiry.urgency, source=inquiry.source,
            channel=Channel.FORM, values=inquiry.values, contact=inquiry.contact, details=inquiry.details,
        )  # fmt: skip
        _consent(viewer, lead, contact_id, consents, text_uid, language)
        return lead


def _consent(
    viewer: Viewer, lead: Lead, contact_id: int | None, consents: Collection[str], text_uid: UUID | None, language: str
) -> None:  # fmt: skip
    """Record the consent; a firm's is that of the person who asked this time, who may be another one than at first.

    Nobody has verified who sent the form: it speaks only in files that the form itself opened, and a withdrawal that
    stands is not undone by it.
    """
    if not _opened_by_form(lead):
        return
    if contact_id is not None:
        asked = {contact_id: lead.customer_id}
        allowed = {p for p in consents if contacts_may_use(asked, p)[contact_id].reason != "withdrawn"}
    else:
        allowed = {p for p in consents if may_use([lead.customer_id], p)[lead.customer_id].reason != "withdrawn"}
    if not allowed:
        return
    consent_record(
        viewer=viewer, customer_uid=customer_uid_of(lead.customer_id), channel="form", how="form", purposes=allowed,
        text_uid=text_uid, language=language, contact_uid=None if contact_id is None else contact_uid_of(contact_id),
    )  # fmt: skip


def _opened_by_form(lead: Lead) -> bool:
    """Whether the file is provisional and came by the form: opened by nobody of ours, loaded from nowhere."""
    file = lead.customer
    if file.standing != "provisional" or file.created_by_id is not None or file.external_id or file.origin != "live":
        return False
    first = Lead.objects.filter(customer_id=lead.customer_id).order_by("id").first()
    return first is not None and first.channel == Channel.FORM


def _opened(token: str, policy: FormPolicy) -> str:
    """The nonce of a token that is ours and of the right age."""
    try:
        said = signing.loads(token, salt=_SALT)
        age = clock.now().timestamp() - float(said["at"])
        nonce = str(said["nonce"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise FormExpired from None
    if age < policy.seconds_min:
        raise TooFast
    if age > dt.timedelta(hours=policy.token_hours).total_seconds():
        raise FormExpired
    return nonce


def _admit(nonce: str, blind: bytes, policy: FormPolicy) -> None:
    """Count this form against the limits of the window, and its token as used."""
    now = clock.now()
    FormEntry.objects.filter(at__lt=now - _DAY - dt.timedelta(hours=policy.token_hours)).delete()
    lately = FormEntry.objects.filter(at__gt=now - dt.timedelta(minutes=policy.window_minutes))
    if lately.filter(address_blind=blind).count() >= policy.per_address or lately.count() >= policy.in_all:
        raise TooMany
    try:
        with transaction.atomic():
            FormEntry.objects.create(nonce=nonce, address_blind=blind, at=now)
    except IntegrityError:
        raise FormExpired from None
