"""What was said about a ticket: by the customer, to the customer, among colleagues."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids
from zhike.serve.models.ticket import Ticket


class MessageKind(models.TextChoices):
    """Who speaks to whom."""

    INBOUND = "inbound", _("from the customer")
    ANSWER = "answer", _("answer to the customer")
    NOTE = "note", _("internal note")


class TicketMessage(models.Model):
    """One message of the conversation; never changed. Notes are for colleagues only."""

    scope_path = "ticket__customer"

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "id"], name="message_of_ticket")]

    def __str__(self) -> str:
        return str(self.uid)
