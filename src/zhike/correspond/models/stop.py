"""What a customer does not want to get."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.correspond.models.message import Channel
from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class StopFor(models.TextChoices):
    """What is unwanted: advertising only, or everything on this way."""

    MARKETING = "marketing", _("marketing messages")
    ALL = "all", _("everything")


class Stop(Record):
    """That a customer, or one contact of it, wants no messages of a kind on a channel. Lifted, it stays as a record."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        "customers.Contact", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    what = models.CharField(_("unwanted"), max_length=9, choices=StopFor.choices, default=StopFor.MARKETING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    since = models.DateTimeField(_("since"), default=clock.now)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-since", "-id"], name="stop_newest"),
            models.Index(fields=["customer", "channel"], name="stop_in_force", condition=models.Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.uid)
