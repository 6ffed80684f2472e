"""A customer's request for service."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class TicketClass(models.TextChoices):
    """The three classes of SERV-02."""

    TECHNICAL = "technical", _("technical")
    COMMERCIAL = "commercial", _("commercial")
    EXPERIENCE = "experience", _("experience")


class Ticket(Record):
    """A request as a fact. The service clocks build on it."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    number = models.CharField(_("ticket number"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200)
    content = models.TextField(_("content"), blank=True)
    channel = models.CharField(_("channel"), max_length=12, default="phone")
    ticket_class = models.CharField(_("class"), max_length=12, choices=TicketClass.choices, blank=True)
    opened_at = models.DateTimeField(_("received"), default=clock.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    solution = models.TextField(_("solution"), blank=True)
    satisfaction = models.FloatField(_("satisfaction"), null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-opened_at"], name="ticket_of_customer"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_newest"),
        ]

    def __str__(self) -> str:
        return self.number
