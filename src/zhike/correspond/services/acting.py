"""What a person does with one message: takes it back, sends it again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.correspond.models import Message, MessageState
from zhike.customers.public import mail_person
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records.rows import locked, saved

AGAIN = (MessageState.FAILED, MessageState.BOUNCED)


class NotQueued(Refusal):
    """The message is no longer waiting."""

    code = "message_not_queued"
    sentence = _("This message does not wait any more: it has left, or it was taken back before.")


class NotFailed(Refusal):
    """Only what did not arrive is sent again."""

    code = "message_not_failed"
    sentence = _("Only a message that failed or bounced can be sent again. Write a new one instead.")


@transaction.atomic
def message_cancel(*, viewer: Viewer, uid: UUID, version: int) -> Message:
    """Take a message back that has not left. Raises: NotFound, Forbidden, Stale, NotQueued."""
    viewer.require(Area.TIMELINE, Level.EDIT)
    message = locked(viewer, Message, uid, version)
    # The worker claims by this very condition: whoever is first, the other learns it.
    taken = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED).update(state=MessageState.CANCELLED)
    if not taken:
        raise NotQueued(state=message.state)
    message.state = MessageState.CANCELLED
    saved(viewer, message, "message.cancel", state=message.state)
    return message


@transaction.atomic
def message_again(*, viewer: Viewer, uid: UUID, version: int) -> Message:
    """Send once more what did not arrive, under the same message id, to the address as it is now.

    The gate judges again before it leaves. Raises: NotFound, Forbidden, Stale, NotFailed, Invalid.
    """
    viewer.require(Area.TIMELINE, Level.EDIT)
    message = locked(viewer, Message, uid, version)
    if message.state not in AGAIN:
        raise NotFailed(state=message.state)
    person = mail_person(message.customer_id or 0, message.contact_id)
    if person is None or not person.email:
        raise Invalid(fields={"address": "required"})
    message.state, message.next_at, message.tries, message.handed_at = MessageState.QUEUED, clock.now(), 0, None
    message.address, message.error = person.masked_email[:120], ""
    saved(viewer, message, "message.again", state=message.state)
    return message
