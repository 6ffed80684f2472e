"""Subscriptions and how much they are used."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.ledger.models.product import Product


class Subscription(Record):
    """A running package of a customer."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", verbose_name=_("product"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    monthly_minor = models.BigIntegerField(_("monthly fee"), default=0)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-starts_on"], name="subscription_of_customer")]


class PackageUse(Record):
    """How much of what a package includes was used in a month: data, calls, minutes, seats. The newest figure counts.

    ``unit`` is what is counted, such as ``GB``; a package that includes several things has a row for each.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    package = models.CharField(_("package"), max_length=80)
    unit = models.CharField(_("unit"), max_length=20)
    period = models.DateField(_("month"))
    allowance = models.PositiveBigIntegerField(_("included"))
    used = models.PositiveBigIntegerField(_("used"), default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-period"], name="package_use_of_customer"),
            models.Index(fields=["-period", "-id"], name="package_use_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.package} {self.period:%Y-%m}"

    @property
    def percent(self) -> int:
        """The share used, in whole percent, rounded down."""
        return self.used * 100 // self.allowance if self.allowance else 0


class UsageDay(models.Model):
    """Logins and feature uses of a customer on one day. The largest table: no columns but these."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    day = models.DateField()
    feature_uses = models.IntegerField(default=0)
    logins = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "day"], name="usage_once_a_day")]
