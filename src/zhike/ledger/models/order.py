"""Orders and their lines."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.ledger.models.product import Product


class OrderStatus(models.TextChoices):
    """Only ``done`` orders count as purchases; returns reduce spend."""

    DONE = "done", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    RETURNED = "returned", _("returned")


class Order(Record):
    """One order of a customer. The amount is in minor units of ``currency``, negative for a return."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    number = models.CharField(_("order number"), max_length=40)
    ordered_on = models.DateField(_("ordered on"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default="CNY")
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus.choices, default=OrderStatus.DONE)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-ordered_on", "-id"], name="order_of_customer"),
            models.Index(fields=["-ordered_on", "-id"], name="order_newest"),
            models.Index(fields=["number"], name="order_number"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One product within an order."""

    scope_path = "order__customer"

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3, default=1)
    amount_minor = models.BigIntegerField()
