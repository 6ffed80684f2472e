"""Taking in what customers write: once, to the right customer and record, and never as a loop."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from zhike.correspond.models import Direction, Message, MessageState
from zhike.correspond.models.message import Channel
from zhike.correspond.models.stop import StopFor
from zhike.correspond.policy import ReceivingPolicy
from zhike.correspond.rules.incoming import Incoming, read
from zhike.correspond.services.sending import failed
from zhike.correspond.services.stop import stopped
from zhike.correspond.services.writing import new_thread
from zhike.customers.public import mail_person, numbers_take, whose_mail
from zhike.events.correspond import MessageReceived
from zhike.foundation import audit, outbox
from zhike.foundation.access.viewer import system
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock, ids, masking
from zhike.foundation.messages.mail import accounts, fetching
from zhike.foundation.policies import current

POST = system("messages come in")
TOO_LARGE = "too_large"


def is_ready() -> bool:
    """Whether this installation knows a mailbox."""
    return accounts.imap_account() is not None or accounts.mail_folder() is not None


def messages_fetch() -> dict[str, int]:
    """Look into the mailbox and take in what is new; returns how many came to which end. Raises NotFetched."""
    policy = current().get(ReceivingPolicy)
    limits = {"most": policy.batch_count, "largest": policy.message_most_kib * 1024}
    found: list[Iterable[fetching.Fetched]] = []
    if (account := accounts.imap_account()) is not None:
        found.append(fetching.fetched(account, **limits))
    if (folder := accounts.mail_folder()) is not None:
        found.append(fetching.found_in(folder, **limits))
    counts: dict[str, int] = {}
    for mailbox in found:
        for mail in mailbox:
            end = message_receive(mail.content, is_whole=mail.is_whole)
            mail.is_taken = True
            counts[end] = counts.get(end, 0) + 1
    return counts


def message_receive(content: bytes, *, is_whole: bool = True) -> str:
    """Take in one message, in one transaction; says what became of it.

    ``known`` (it was here before), ``loop``, ``bounce``, ``report``, ``unassigned``, ``set_aside`` or ``received``.
    """
    incoming = read(content, current().get(ReceivingPolicy), is_whole=is_whole)
    try:
        with transaction.atomic():
            return _taken(incoming, is_whole=is_whole)
    except IntegrityError:
        if _is_known(incoming):
            return "known"  # another worker took it in at this moment
        raise


def _taken(incoming: Incoming, *, is_whole: bool) -> str:
    if _is_known(incoming):
        return "known"
    if _is_ours(incoming):
        return "loop"
    if incoming.is_report:
        return _reported(incoming)
    origin = _origin(incoming)
    message = _row(incoming, origin, is_whole=is_whole)
    message.save(force_insert=True)
    if message.key_uid == message.uid:
        vault.store({message.uid: {"email": incoming.address, "name": incoming.name}})
    audit.record(
        POST, "message.receive", kind="message", object_id=message.pk, object_uid=message.uid,
        after={"customer_id": message.customer_id, "contact_id": message.contact_id, "state": str(message.state),
               "is_machine_made": message.is_machine_made, "attachments": len(message.attachments)},
    )  # fmt: skip
    if incoming.is_unsubscribing and origin is not None and message.customer_id is not None:
        stopped(POST, message.customer_id, origin.contact_id, StopFor.MARKETING, Channel.EMAIL, "unsubscribe")
    if message.customer_id is not None:
        told(message, opens_request=not (message.is_machine_made or incoming.is_unsubscribing))
    return str(message.state)


def told(message: Message, *, opens_request: bool) -> None:
    """Tell the others that a customer wrote. ``opens_request`` says whether it may become a request of its own."""
    outbox.publish(
        MessageReceived(
            customer_id=message.customer_id, message_id=message.pk, message_uid=str(message.uid),
            contact_id=message.contact_id, channel=message.channel, subject=masking.text(message.subject),
            about_kind=message.about_kind, about_uid=str(message.about_uid or ""),
            is_machine_made=message.is_machine_made, opens_request=opens_request, at=message.at,
        )
    )  # fmt: skip


def _is_known(incoming: Incoming) -> bool:
    known = Message.objects.filter(direction=Direction.IN, mail_id=incoming.mail_id)
    return bool(incoming.mail_id) and known.exists()


def _is_ours(incoming: Incoming) -> bool:
    """Something that we sent ourselves: it came round in a circle."""
    ours = accounts.sender_address().lower()
    if ours and (incoming.address == ours or ours in incoming.loops):
        return True
    sent = Message.objects.filter(direction=Direction.OUT, mail_id=incoming.mail_id)
    return bool(incoming.mail_id) and sent.exists()


def _reported(incoming: Incoming) -> str:
    """A delivery report: what came back is marked, and who wrote it hears of it."""
    marked = 0
    for bounce in incoming.bounces:
        rows = Message.objects.select_for_update(of=("self",))
        message = rows.filter(direction=Direction.OUT, mail_id=bounce.mail_id, state=MessageState.SENT).first()
        if message is not None:
            failed(message, MessageState.BOUNCED, bounce.code)
            marked += 1
    return "bounce" if marked else "report"


def _origin(incoming: Incoming) -> Message | None:
    """The message that this one answers: by the ids it names, else by the token in its subject."""
    if incoming.answers:
        named = {row.mail_id: row for row in Message.objects.filter(mail_id__in=incoming.answers, deleted_at=None)}
        for mail_id in incoming.answers:
            if mail_id in named:
                return named[mail_id]
    if not incoming.token:
        return None
    return Message.objects.filter(thread=incoming.token, deleted_at=None).order_by("-id").first()


def _row(incoming: Incoming, origin: Message | None, *, is_whole: bool) -> Message:
    uid, now = ids.uid(), clock.now()
    customer_id, contact_id = _whose(incoming, origin)
    is_known_person = customer_id is not None and (customer_id, contact_id) in whose_mail(incoming.address)
    person = mail_person(customer_id, contact_id) if customer_id is not None and is_known_person else None
    return Message(
        uid=uid, number=f"XX{numbers_take('message')[0]:07d}", customer_id=customer_id, contact_id=contact_id,
        direction=Direction.IN, channel=Channel.EMAIL, subject=incoming.subject or "–", body=incoming.text,
        address=(person.masked_email if person else masking.masked("email", incoming.address))[:120],
        key_uid=person.key if person else uid, mail_id=incoming.mail_id,
        answers_id=incoming.answers[0][:200] if incoming.answers else "",
        thread=origin.thread if origin and origin.thread else new_thread(),
        about_kind=origin.about_kind if origin else "", about_uid=origin.about_uid if origin else None,
        state=_state(incoming, customer_id), at=_at(incoming, now), error="" if is_whole else TOO_LARGE,
        is_machine_made=incoming.is_machine_made,
        attachments=[dataclasses.asdict(one) for one in incoming.attachments],
    )  # fmt: skip


def _at(incoming: Incoming, now: dt.datetime) -> dt.datetime:
    """When it was written, by the sender's clock; now where that clock is plainly wrong: duties run from then."""
    trusted = dt.timedelta(days=current().get(ReceivingPolicy).date_trusted_days)
    return incoming.at if incoming.at is not None and now - trusted <= incoming.at <= now else now


def _whose(incoming: Incoming, origin: Message | None) -> tuple[int | None, int | None]:
    """Customer and contact: by the address if it is one customer's, within what is answered if anything is."""
    found = whose_mail(incoming.address)
    if origin is not None and origin.customer_id is not None:
        mine = [contact for customer, contact in found if customer == origin.customer_id]
        return origin.customer_id, mine[0] if mine else None
    customers = {customer for customer, _contact in found}
    return found[0] if len(customers) == 1 else (None, None)


def _state(incoming: Incoming, customer_id: int | None) -> MessageState:
    if customer_id is not None:
        return MessageState.RECEIVED
    return MessageState.SET_ASIDE if incoming.is_machine_made else MessageState.UNASSIGNED
