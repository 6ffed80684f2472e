"""What the correspondence with customers tells the others."""

from __future__ import annotations

from zhike.foundation.outbox.event import Event, event


@event("correspond.MessageQueued")
class MessageQueued(Event):
    """A message passed the gate and waits to leave; nobody wrote it where ``person_id`` is empty."""

    customer_id: int
    message_id: int
    message_uid: str
    channel: str
    purpose: str
    is_automatic: bool
    subject: str
    about_kind: str
    about_uid: str
    person_id: int | None


@event("correspond.MessageRefused")
class MessageRefused(Event):
    """The gate did not let a message out: ``reasons`` are codes, each with what fills its sentence."""

    customer_id: int
    message_id: int
    message_uid: str
    channel: str
    purpose: str
    subject: str
    reasons: tuple[str, ...]
    person_id: int | None


@event("correspond.MessageSent")
class MessageSent(Event):
    """The server of the channel took a message over."""

    customer_id: int
    message_id: int
    message_uid: str
    channel: str
    purpose: str


@event("correspond.MessageFailed")
class MessageFailed(Event):
    """A message did not arrive: ``is_bounced`` where the other side sent it back, else it could not be handed over."""

    customer_id: int
    message_id: int
    message_uid: str
    channel: str
    subject: str
    is_bounced: bool
    person_id: int | None


@event("correspond.MessageReceived")
class MessageReceived(Event):
    """A customer wrote. ``about_kind`` and ``about_uid`` name what the message answers, where that is known.

    ``opens_request``: a person waits for an answer, and nobody has made a record of it yet.
    """

    customer_id: int
    message_id: int
    message_uid: str
    contact_id: int | None
    channel: str
    subject: str
    about_kind: str
    about_uid: str
    is_machine_made: bool
    opens_request: bool


@event("correspond.SendingStopped")
class SendingStopped(Event):
    """A customer wants no messages of a kind on a channel any more."""

    customer_id: int
    stop_uid: str
    contact_id: int | None
    channel: str
    what: str
    person_id: int | None


@event("correspond.SendingAllowed")
class SendingAllowed(Event):
    """A customer takes messages of a kind on a channel again."""

    customer_id: int
    stop_uid: str
    contact_id: int | None
    channel: str
    what: str
    person_id: int | None


@event("correspond.TemplatePublished")
class TemplatePublished(Event):
    """A new edition of a template is in use."""

    template_uid: str
    code: str
    language: str
    edition: int

    @property
    def key(self) -> str:
        return f"template:{self.code}:{self.language}"
