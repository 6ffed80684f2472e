"""The worker's part: what is queued leaves, is tried again, or is given up. Nothing is handed over twice by itself."""

from __future__ import annotations

import datetime as dt
import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.db import transaction
from django.db.models import F

from zhike.correspond import standing
from zhike.correspond.models import Message, MessageState
from zhike.correspond.models.template import Purpose
from zhike.correspond.policy import SendingPolicy
from zhike.correspond.rules.backoff import wait_minutes
from zhike.correspond.rules.templates import filled
from zhike.customers.public import MailPerson, mail_person
from zhike.events.correspond import MessageFailed, MessageRefused, MessageSent
from zhike.foundation import audit, messages, outbox
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock, masking
from zhike.foundation.messages.mail import accounts, smtp
from zhike.foundation.policies import current

MAIL = system("messages leave")
IN_DOUBT = "in_doubt"


def is_anything_due() -> bool:
    """Whether a message waits to leave, or was left behind by a worker that died."""
    now = clock.now()
    waiting = Message.objects.filter(state=MessageState.QUEUED, next_at__lte=now)
    left = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=now)
    return waiting.exists() or left.exists()


def is_ready() -> bool:
    """Whether this installation can send: it knows a server and what the messages come from."""
    return accounts.smtp_account() is not None and bool(accounts.sender_address())


def messages_send() -> dict[str, int]:
    """Send what is due, the oldest first; returns how many ended in which state. Does nothing without a mail server."""
    counts: dict[str, int] = {}
    _take_over()
    account = accounts.smtp_account()
    if account is None or not is_ready():
        return counts
    due = Message.objects.filter(state=MessageState.QUEUED, next_at__lte=clock.now(), deleted_at=None)
    numbers = list(due.order_by("next_at", "id").values_list("pk", flat=True)[: _policy().batch_count])
    if not numbers:
        return counts
    try:
        with smtp.session(account) as server:
            for number in numbers:
                state = _one(server, number)
                counts[state] = counts.get(state, 0) + 1
    except smtp.NotSent as fault:
        # No connection: nobody's fault but the server's. All that is due waits as if it had been tried.
        for number in numbers:
            if _claimed(number):
                _again(Message.objects.get(pk=number), fault)
        counts["unreachable"] = len(numbers)
    return counts


def _policy() -> SendingPolicy:
    return current().get(SendingPolicy)


def _claimed(number: int) -> bool:
    """Take a message for this worker, or learn that another was quicker. A conditional UPDATE, as for the outbox."""
    lease = clock.now() + dt.timedelta(minutes=_policy().lease_minutes)
    mine = Message.objects.filter(pk=number, state=MessageState.QUEUED, next_at__lte=clock.now())
    claim = {"state": MessageState.SENDING, "lease_until": lease, "handed_at": None}
    return mine.update(**claim, tries=F("tries") + 1, version=F("version") + 1) == 1


def _one(server: smtplib.SMTP, number: int) -> str:
    if not _claimed(number):
        return "taken"
    message = Message.objects.get(pk=number)
    person = mail_person(message.customer_id or 0, message.contact_id)
    if person is None or not _still_allowed(message):
        return str(message.state)
    try:
        smtp.hand_over(
            server,
            accounts.sender_address(),
            person.email,
            composed(message, person).as_bytes(),
            lambda: _handing(message),
        )
    except smtp.InDoubt:
        _ended(message, MessageState.FAILED, IN_DOUBT)
    except smtp.NotSent as fault:
        _refused_by_server(message, fault)
    else:
        _sent(message)
    return str(message.state)


def _handing(message: Message) -> None:
    """Note, outside any transaction, that from now on the words may arrive."""
    message.handed_at = clock.now()
    Message.objects.filter(pk=message.pk).update(handed_at=message.handed_at)


def composed(message: Message, person: MailPerson) -> EmailMessage:
    """The message as it leaves, with the names of people in it. The token in the subject leads the answer back."""
    names = {"name": person.name, "customer": person.customer_name}
    made = EmailMessage(policy=SMTP)
    made["From"] = accounts.sender()
    made["To"] = person.email
    made["Subject"] = f"{filled(message.subject, names)} [ZK-{message.thread}]".replace("\n", " ").replace("\r", " ")
    made["Date"] = format_datetime(message.at)
    made["Message-ID"] = message.mail_id
    if message.answers_id:
        made["In-Reply-To"] = made["References"] = message.answers_id
    made["X-Loop"] = accounts.sender_address()
    if message.is_automatic:
        made["Auto-Submitted"] = "auto-generated"
    if message.purpose == Purpose.MARKETING:
        made["List-Unsubscribe"] = f"<mailto:{accounts.sender_address()}?subject=unsubscribe%20ZK-{message.thread}>"
    made.set_content(filled(message.body, names))
    return made


def _still_allowed(message: Message) -> bool:
    """Ask the gate once more: consent may have been withdrawn, and the night may have come, while it waited."""
    asked = messages.Ask(
        message.customer_id or 0, message.contact_id, message.channel, message.purpose, message.is_automatic
    )
    if message.is_automatic and not standing.holds(message.key, message.about_uid):
        _refused(message, messages.Verdict((standing.NO_LONGER,)))
        return False
    verdict = messages.may_send([asked])[0]
    # The cap counted this message when it was written; it does not count against itself.
    reasons = tuple(reason for reason in verdict.reasons if reason.code != "cap_reached")
    if reasons:
        _refused(message, messages.Verdict(reasons))
        return False
    if verdict.not_before is not None:
        message.state, message.next_at, message.tries = MessageState.QUEUED, verdict.not_before, message.tries - 1
        _kept(message)
        return False
    return True


def _refused_by_server(message: Message, fault: smtp.NotSent) -> None:
    if fault.is_final:
        _ended(message, MessageState.BOUNCED if fault.is_addressee else MessageState.FAILED, f"smtp_{fault.code}")
    else:
        _again(message, fault)


def _again(message: Message, fault: smtp.NotSent) -> None:
    wait = wait_minutes(message.tries, _policy())
    code = f"smtp_{fault.code}" if fault.code else "unreachable"
    if wait is None:
        _ended(message, MessageState.FAILED, code)
        return
    message.state, message.error = MessageState.QUEUED, code
    message.next_at = clock.now() + dt.timedelta(minutes=wait)
    message.handed_at = None
    _kept(message)


def _kept(message: Message) -> None:
    message.lease_until = None
    message.version += 1
    message.updated_at = clock.now()
    message.save()


@transaction.atomic
def _sent(message: Message) -> None:
    message.state, message.sent_at, message.error = MessageState.SENT, clock.now(), ""
    _kept(message)
    _noted(message, "message.sent")
    outbox.publish(
        MessageSent(
            customer_id=message.customer_id, message_id=message.pk, message_uid=str(message.uid),
            channel=message.channel, purpose=message.purpose, at=message.sent_at,
        )
    )  # fmt: skip


@transaction.atomic
def _refused(message: Message, verdict: messages.Verdict) -> None:
    message.state, message.reasons = MessageState.REFUSED, messages.kept(verdict)
    _kept(message)
    codes = tuple(reason.code for reason in verdict.reasons)
    _noted(message, "message.refuse", reasons=list(codes))
    outbox.publish(
        MessageRefused(
            customer_id=message.customer_id, message_id=message.pk, message_uid=str(message.uid),
            channel=message.channel, purpose=message.purpose, subject=masking.text(message.subject), reasons=codes,
            person_id=message.created_by_id,
        )
    )  # fmt: skip


@transaction.atomic
def _ended(message: Message, state: MessageState, error: str) -> None:
    failed(message, state, error)


def failed(message: Message, state: MessageState, error: str) -> None:
    """Give a message up, inside the caller's transaction: it bounced, or could not be handed over."""
    message.state, message.error = state, error[:200]
    _kept(message)
    _noted(message, "message.failed", state=str(state), error=error)
    outbox.publish(
        MessageFailed(
            customer_id=message.customer_id, message_id=message.pk, message_uid=str(message.uid),
            channel=message.channel, subject=masking.text(message.subject),
            is_bounced=state == MessageState.BOUNCED, person_id=message.created_by_id,
        )
    )  # fmt: skip


def _noted(message: Message, action: str, **after: object) -> None:
    audit.record(MAIL, action, kind="message", object_id=message.pk, object_uid=message.uid, after=after)


def _take_over() -> None:
    """What a dead worker held: back into the queue if the server never saw the words, else in doubt."""
    left = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=clock.now())
    for number in left.values_list("pk", flat=True):
        with transaction.atomic():
            message = left.select_for_update(of=("self",)).filter(pk=number).first()
            if message is not None and message.handed_at is None:
                message.state = MessageState.QUEUED
                _kept(message)
            elif message is not None:
                failed(message, MessageState.FAILED, IN_DOUBT)
