"""What was said and done with a customer: calls, visits, e-mails, notes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.customers.models.contact import Contact
from zhike.customers.models.customer import Customer
from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock
from zhike.foundation.kit.ordering import KnownFirstIndex


class InteractionKind(models.TextChoices):
    """The channel of an interaction."""

    CALL = "call", _("call")
    VISIT = "visit", _("visit")
    EMAIL = "email", _("e-mail message")
    WECHAT = "wechat", _("WeChat")
    MEETING = "meeting", _("meeting")
    CHAT = "chat", _("online chat")
    INQUIRY = "inquiry", _("inquiry")
    NOTE = "note", _("note")


class Interaction(Record):
    """One contact, one entry (一事一录): never overwritten, made at the time it happened."""

    scope_path = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions", verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=InteractionKind.choices)
    direction = models.CharField(
        _("direction"), max_length=3, default="out", choices=[("in", _("incoming")), ("out", _("outgoing"))]
    )
    at = models.DateTimeField(_("time"), default=clock.now)
    feedback = models.TextField(_("customer feedback"), blank=True)
    change_in_needs = models.TextField(_("change in needs"), blank=True)
    next_action = models.CharField(_("next action"), max_length=200, blank=True)
    next_on = models.DateField(_("next date"), null=True, blank=True)
    mentions = models.CharField(_("mentions"), max_length=20, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"], name="interaction_of_customer"),
            models.Index(fields=["-at", "-id"], name="interaction_newest"),
            KnownFirstIndex(
                models.F("next_on").desc(nulls_last=True), models.F("id").desc(), name="interaction_by_next"
            ),
            models.Index(
                fields=["owner", "next_on"],
                name="interaction_next",
                condition=models.Q(next_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
