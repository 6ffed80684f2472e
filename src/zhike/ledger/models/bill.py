"""Bills and the payments that settle them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record


class Bill(Record):
    """What a customer was charged for a month. Unpaid after ``due_on`` it is in arrears."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    period = models.DateField(_("month"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default="CNY")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-period"], name="bill_of_customer"),
            models.Index(fields=["due_on"], name="bill_open", condition=models.Q(paid_on=None)),
        ]


class Payment(Record):
    """Money received from a customer, for a bill if it names one."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    bill = models.ForeignKey(Bill, models.SET_NULL, null=True, blank=True, related_name="payments")
    paid_on = models.DateField(_("paid on"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-paid_on"], name="payment_of_customer")]
