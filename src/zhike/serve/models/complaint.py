"""A customer's complaint."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class ComplaintCause(models.TextChoices):
    """Causes as the customer names them."""

    PRICE = "price", _("price")
    SLOW_RESPONSE = "slow_response", _("slow response")
    QUALITY = "quality", _("quality")
    SERVICE = "service", _("service")
    OTHER = "other", _("other")


class Complaint(Record):
    """A complaint as a fact. Investigation, promise and callback build on it."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    number = models.CharField(_("complaint number"), max_length=40)
    content = models.TextField(_("content"))
    form = models.CharField(
        _("form"),
        max_length=8,
        default="spoken",
        choices=[("spoken", _("spoken")), ("written", _("written")), ("online", _("online"))],
    )
    received_at = models.DateTimeField(_("received"), default=clock.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=16, choices=ComplaintCause.choices, blank=True)
    solution = models.TextField(_("solution"), blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-received_at"], name="complaint_of_customer"),
            models.Index(fields=["-received_at", "-id"], name="complaint_newest"),
        ]

    def __str__(self) -> str:
        return self.number
