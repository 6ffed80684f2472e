"""The act "write an e-mail" for any record of a customer: a ticket, a case, a contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhike.correspond.models import MessageState
from zhike.correspond.records import STATE_BADGES, VARIABLES
from zhike.correspond.selectors import messages_about, subject_of
from zhike.correspond.services.writing import About, message_write
from zhike.customers.public import contacts_listed, customer_uid_of
from zhike.foundation import messages
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import Act, Choice, Field, Kind
from zhike.foundation.ui import panels


class NotAllowedOut(Refusal):
    """The gate does not let the message out."""

    code = "message_not_allowed_out"
    sentence = gettext_noop("Not sent: %(reasons)s The message stays on record.")


def mail_act(model: type[Model], kind: str, number: Callable[[Any], str]) -> Act:
    """Write to the customer of a record, or to one of its contacts; the message belongs to the record.

    ``kind`` is the code of the records, ``number`` what people call one of them.
    """

    def run(
        *, viewer: Any, uid: UUID, version: int, subject: str = "", body: str = "", contact: str = "",
        template: UUID | None = None,
    ) -> Any:  # fmt: skip
        del version  # the record itself does not change
        row: Any = scope.one(viewer, model._default_manager.all(), uid=uid)
        message = message_write(
            viewer=viewer, customer=customer_uid_of(row.customer_id), subject=subject, body=body,
            contact=UUID(contact) if contact else None, template=template or None,
            about=About(kind, row.uid, number(row)),
        )  # fmt: skip
        if message.state == MessageState.REFUSED:
            raise NotAllowedOut(reasons=" ".join(messages.kept_words(message.reasons)))
        return row

    place = f"{kind}.side"
    panels.add(
        panels.Panel(place, "mail", _("Messages"), "correspond/_about.html", _about, area=Area.TIMELINE, order=70)
    )
    return Act(
        "write_mail", _("Write e-mail"), "mail-forward", run, fields=_fields, area=Area.TIMELINE,
        when=lambda _viewer, row: row.customer_id is not None, done=_("It leaves in a moment."),
    )  # fmt: skip


def _about(viewer: Any, row: Any) -> dict[str, Any] | None:
    """The messages that belong to a record."""
    found = [(message, subject_of(message), STATE_BADGES[message.state]) for message in messages_about(viewer, row.uid)]
    return {"messages": found} if found else None


def _fields(viewer: Any, row: Any) -> tuple[Field, ...]:
    people = tuple(Choice(str(one.uid), one.name) for one in contacts_listed(viewer, row.customer_id))
    return (
        Field("contact", _("Contact"), Kind.CHOICE, choices=people, name="contact",
              help=_("Who is written to; leave it empty to write to the customer's own address.")),
        Field("template", _("Template"), Kind.RELATION, relation="message-templates", relation_label="title",
              narrow="is_current=1", name="template", help=_("Fills what you leave empty, and decides the purpose.")),
        Field("subject", _("Subject"), max_length=200, name="subject"),
        Field("body", _("Text"), Kind.LONG_TEXT, name="body", help=VARIABLES),
    )  # fmt: skip
