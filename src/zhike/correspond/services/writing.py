"""Writing to a customer: through the gate into the queue, or refused with the reasons. One path for all."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.correspond.models import Direction, Message, MessageState, Template
from zhike.correspond.models.message import Channel
from zhike.correspond.models.template import Purpose
from zhike.correspond.rules.templates import filled, missing_in, unknown_in
from zhike.correspond.services import faults
from zhike.customers.public import MailPerson, contact_get, customer_get, mail_person, numbers_take
from zhike.events.correspond import MessageQueued, MessageRefused
from zhike.foundation import audit, messages, outbox
from zhike.foundation.access import directory
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, ids, masking, serial
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.messages.mail import accounts

_LOCK_SPACE = 0x7A71
_SUBJECT_MOST = 200
_BODY_MOST = 20_000


@dataclass(frozen=True)
class About:
    """The record that a message belongs to: a ticket, a case, a contract. ``number`` is what people call it."""

    kind: str
    uid: UUID
    number: str = ""


@transaction.atomic
def message_write(
    *,
    viewer: Viewer,
    customer: UUID,
    subject: str = "",
    body: str = "",
    contact: UUID | None = None,
    purpose: str = Purpose.SERVICE,
    template: UUID | None = None,
    about: About | None = None,
    answers: Message | None = None,
) -> Message:
    """Write to a customer or one of its contacts. Words left empty come from ``template``.

    What the gate does not let out comes back in the state ``refused`` with its reasons, and stays on record.
    Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.TIMELINE, Level.EDIT)
    found = customer_get(viewer, customer)
    whom = contact_get(viewer, contact) if contact else None
    if whom is not None and whom.customer_id != found.pk:
        raise NotFound(uid=str(contact))
    used = _template(template)
    return queued(
        viewer=viewer, customer_id=found.pk, contact_id=whom.pk if whom else None,
        subject=subject.strip() or (used.subject if used else ""), body=body.strip() or (used.body if used else ""),
        purpose=used.purpose if used else purpose, template=used, about=about, answers=answers,
    )  # fmt: skip


@transaction.atomic
def queued(
    *,
    viewer: Viewer,
    customer_id: int,
    contact_id: int | None,
    subject: str,
    body: str,
    purpose: str = Purpose.SERVICE,
    template: Template | None = None,
    about: About | None = None,
    answers: Message | None = None,
    is_automatic: bool = False,
    key: str = "",
    values: Mapping[str, str] | None = None,
    is_verbatim: bool = False,
) -> Message:
    """The same by number, for rooms and jobs that have checked whom they may write to.

    ``key`` names the occasion of an automatic message; without one the words themselves tell what is the same.
    ``is_verbatim``: what stands in braces is no variable.
    Raises: NotFound (no such customer or contact), Invalid.
    """
    # Two messages to one customer come one after the other, so that the cap counts both.
    serial.hold(_LOCK_SPACE, [str(customer_id)])
    person = mail_person(customer_id, contact_id)
    if person is None:
        raise NotFound(customer=str(customer_id))
    ready = _plain_values(viewer, about) | dict(values or {})
    if not person.is_person:
        ready |= {"name": person.name}
    if person.customer_name == person.masked_customer_name:
        ready |= {"customer": person.customer_name}
    if not is_verbatim:
        _refuse_faults(subject, body, purpose, ready | {"name": person.name, "customer": person.customer_name})
        subject, body = filled(subject, ready), filled(body, ready)
    key = key or _digest(subject, body)
    asked = messages.Ask(customer_id, contact_id, Channel.EMAIL.value, purpose, is_automatic, key)
    verdict = messages.may_send([asked])[0]
    message = _row(viewer, person, subject, body, about, answers)
    message.purpose, message.template, message.is_automatic, message.key = purpose, template, is_automatic, key
    message.state = MessageState.QUEUED if verdict.is_allowed else MessageState.REFUSED
    message.reasons = messages.kept(verdict)
    message.next_at = verdict.not_before or message.at
    message.save(force_insert=True)
    _told(viewer, message, verdict)
    return message


def _template(uid: UUID | None) -> Template | None:
    if uid is None:
        return None
    found = Template.objects.filter(uid=uid, is_current=True, deleted_at=None).first()
    if found is None:
        raise Invalid(fields={"template": "not_an_option"})
    return found


def _plain_values(viewer: Viewer, about: About | None) -> dict[str, str]:
    found = {
        "sender": "" if viewer.is_system else viewer.name, "enterprise": directory.enterprise(),
        "number": about.number if about else "", "date": clock.today().isoformat(),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _refuse_faults(subject: str, body: str, purpose: str, values: Mapping[str, str]) -> None:
    problems: dict[str, str] = {}
    for field, text, most in (("subject", subject, _SUBJECT_MOST), ("body", body, _BODY_MOST)):
        if not text.strip():
            problems[field] = "required"
        elif len(text) > most:
            problems[field] = "too_long"
        elif unknown_in(text):
            problems[field] = faults.UNKNOWN_VARIABLE
        elif missing_in(text, values):
            problems[field] = faults.WITHOUT_VALUE
    if "\n" in subject or "\r" in subject:
        problems["subject"] = faults.ONE_LINE
    if purpose not in Purpose.values:
        problems["purpose"] = "not_an_option"
    if problems:
        raise Invalid(fields=problems)


def _row(
    viewer: Viewer, person: MailPerson, subject: str, body: str, about: About | None, answers: Message | None
) -> Message:
    uid, now = ids.uid(), clock.now()
    return Message(
        uid=uid, number=f"XX{numbers_take('message')[0]:07d}", customer_id=person.customer_id,
        contact_id=person.contact_id, direction=Direction.OUT, channel=Channel.EMAIL, subject=subject, body=body,
        address=person.masked_email[:120], key_uid=person.key, mail_id=f"<{uid}@{accounts.sender_domain()}>",
        answers_id=answers.mail_id if answers else "", thread=(answers.thread if answers else "") or new_thread(),
        about_kind=about.kind if about else "", about_uid=about.uid if about else None, at=now,
        owner_id=viewer.person_id, department_id=viewer.department_id, created_by_id=viewer.person_id,
        updated_by_id=viewer.person_id,
    )  # fmt: skip


def new_thread() -> str:
    """A token by which an answer finds its way back: 8 letters and digits that nobody guesses soon."""
    return base64.b32encode(secrets.token_bytes(5)).decode("ascii")


def _digest(*texts: str) -> str:
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()


def _told(viewer: Viewer, message: Message, verdict: messages.Verdict) -> None:
    after: dict[str, Any] = {
        "customer_id": message.customer_id, "contact_id": message.contact_id, "channel": message.channel,
        "purpose": message.purpose, "is_automatic": message.is_automatic, "words": message.key,
        "reasons": [reason.code for reason in verdict.reasons],
    }  # fmt: skip
    audit.record(
        viewer, "message.write" if verdict.is_allowed else "message.refuse", kind="message", object_id=message.pk,
        object_uid=message.uid, after=after,
    )  # fmt: skip
    about = {
        "customer_id": message.customer_id, "message_id": message.pk, "message_uid": str(message.uid),
        "channel": message.channel, "purpose": message.purpose, "subject": masking.text(message.subject),
        "person_id": viewer.person_id, "at": message.at,
    }  # fmt: skip
    if verdict.is_allowed:
        outbox.publish(
            MessageQueued(
                **about, is_automatic=message.is_automatic, about_kind=message.about_kind,
                about_uid=str(message.about_uid or ""),
            )
        )  # fmt: skip
    else:
        outbox.publish(MessageRefused(**about, reasons=tuple(reason.code for reason in verdict.reasons)))
