"""The contract with a customer: parties, value and dates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record


class Contract(Record):
    """A contract as a fact. Drafting, legal review and signing build on it."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    number = models.CharField(_("contract number"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    value_minor = models.BigIntegerField(_("value"), default=0)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-starts_on"], name="contract_of_customer"),
            models.Index(fields=["ends_on"], name="contract_ending"),
        ]

    def __str__(self) -> str:
        return self.number
