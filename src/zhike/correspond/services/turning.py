"""What a person makes of a message that came in: it belongs to a customer, becomes a ticket or a lead, or is set aside.

Tickets and leads live downstream: their rooms fill the port ``turns_into`` at start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.correspond.models import Direction, Message, MessageState
from zhike.correspond.services.receiving import told
from zhike.correspond.services.writing import About
from zhike.customers.public import contact_get, customer_get
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.records import Field
from zhike.foundation.records.rows import locked, saved

OPEN = (MessageState.UNASSIGNED, MessageState.RECEIVED, MessageState.SET_ASIDE)


class NotIncoming(Refusal):
    """The message did not come from a customer, or belongs to a record already."""

    code = "message_not_open"
    sentence = _("This message belongs to a record already, or it did not come from a customer.")


@dataclass(frozen=True)
class Letter:
    """A message as the room sees it that makes something of it. ``address`` is whole: for the file, not to show."""

    customer_id: int | None
    contact_id: int | None
    subject: str
    text: str
    name: str
    address: str
    at: Any


@dataclass(frozen=True)
class Turn:
    """What a room makes of a message: ``run(viewer, letter, answers)`` returns customer, contact and the record."""

    run: Callable[[Viewer, Letter, Mapping[str, Any]], tuple[int, int | None, About]]
    fields: Callable[[], Sequence[Field]]


_TURNS: dict[str, Turn] = {}


def turns_into(kind: str, turn: Turn) -> None:
    """Let a room make records of ``kind`` of messages."""
    _TURNS[kind] = turn


def fields_of(kind: str) -> Sequence[Field]:
    """What the room asks besides the message."""
    return _TURNS[kind].fields() if kind in _TURNS else ()


def can_turn(kind: str, message: Message) -> bool:
    """Whether a message may still become a record."""
    return kind in _TURNS and _is_open(message)


def _is_open(message: Message) -> bool:
    return message.direction == Direction.IN and message.state in OPEN and message.about_uid is None


@transaction.atomic
def message_turn(*, viewer: Viewer, uid: UUID, version: int, kind: str, answers: Mapping[str, Any]) -> Message:
    """Make a record of a message; it belongs to that record from now on. Raises what the room raises, and:
    NotFound, Forbidden, Stale, NotIncoming, Invalid."""  # fmt: skip
    viewer.require(Area.TIMELINE, Level.EDIT)
    message = locked(viewer, Message, uid, version)
    if not can_turn(kind, message):
        raise NotIncoming(state=message.state)
    customer_id, contact_id = message.customer_id, message.contact_id
    if answers.get("customer"):
        customer_id, contact_id = _chosen(viewer, answers["customer"], answers.get("contact"))
    letter = Letter(customer_id, contact_id, message.subject, message.body, *_sender_of(message), message.at)
    customer_id, contact_id, about = _TURNS[kind].run(viewer, letter, answers)
    message.customer_id, message.contact_id, message.state = customer_id, contact_id, MessageState.RECEIVED
    message.about_kind, message.about_uid = about.kind, about.uid
    saved(viewer, message, "message.turn", customer_id=customer_id, about_kind=about.kind)
    told(message, opens_request=False)
    return message


@transaction.atomic
def message_assign(*, viewer: Viewer, uid: UUID, version: int, customer: UUID, contact: UUID | None = None) -> Message:
    """Say whose message it is. Raises: NotFound, Forbidden, Stale, NotIncoming."""
    viewer.require(Area.TIMELINE, Level.EDIT)
    message = locked(viewer, Message, uid, version)
    if not _is_open(message) or message.customer_id is not None:
        raise NotIncoming(state=message.state)
    message.customer_id, message.contact_id = _chosen(viewer, customer, contact)
    message.state = MessageState.RECEIVED
    saved(viewer, message, "message.assign", customer_id=message.customer_id, contact_id=message.contact_id)
    told(message, opens_request=False)
    return message


@transaction.atomic
def message_set_aside(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Message:
    """Put a message away that is nobody's: advertising, a mistake. Raises: NotFound, Forbidden, Stale, NotIncoming,
    Invalid."""  # fmt: skip
    viewer.require(Area.TIMELINE, Level.EDIT)
    message = locked(viewer, Message, uid, version)
    if message.state != MessageState.UNASSIGNED:
        raise NotIncoming(state=message.state)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    message.state = MessageState.SET_ASIDE
    saved(viewer, message, "message.set_aside", reason=reason.strip()[:200], state=message.state)
    return message


@transaction.atomic
def message_belongs(message_id: int, about: About) -> None:
    """Note which record a message became, for the room that made it by itself."""
    Message.objects.filter(pk=message_id).update(about_kind=about.kind, about_uid=about.uid)


def _chosen(viewer: Viewer, customer: UUID, contact: UUID | None) -> tuple[int, int | None]:
    found = customer_get(viewer, customer)
    whom = contact_get(viewer, contact) if contact else None
    if whom is not None and whom.customer_id != found.pk:
        raise NotFound(uid=str(contact))
    return found.pk, whom.pk if whom else None


def _sender_of(message: Message) -> tuple[str, str]:
    key = message.key_uid or message.uid
    kept = vault.open_values([key], ("name", "email")).get(key, {})
    return kept.get("name", ""), kept.get("email", "")
