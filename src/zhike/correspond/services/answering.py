"""For rooms whose records a customer writes about: the words that came in, and the answer by the same way."""

from __future__ import annotations

from uuid import UUID

from zhike.correspond.models import Direction, Message, MessageState
from zhike.correspond.services.writing import About, queued
from zhike.foundation.access.viewer import Viewer


def words_received(message_id: int) -> tuple[str, str]:
    """Subject and text of a message, for the room that the event of its arrival reached."""
    subject, body = Message.objects.values_list("subject", "body").get(pk=message_id)
    return subject, body


def answer_by_mail(*, viewer: Viewer, about: About, text: str) -> Message | None:
    """Answer the newest message that came in about a record, inside the caller's transaction.

    None when nobody wrote about it by mail. What the gate does not let out comes back refused, and stays on record.
    """
    heard = _newest(about.uid)
    if heard is None or heard.customer_id is None:
        return None
    subject = heard.subject if heard.subject.lower().startswith("re:") else f"Re: {heard.subject}"
    # Braces in the words of a person are braces, not variables.
    return queued(
        viewer=viewer, customer_id=heard.customer_id, contact_id=heard.contact_id, subject=subject[:200],
        body=text, about=about, answers=heard, is_verbatim=True,
    )  # fmt: skip


def _newest(uid: UUID) -> Message | None:
    rows = Message.objects.filter(about_uid=uid, direction=Direction.IN, state=MessageState.RECEIVED, deleted_at=None)
    return rows.exclude(is_machine_made=True).order_by("-id").first()
