"""The history of measures: one row per customer and night, for trends and back-tests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.insight.models.night import NightRun


class MeasureHistory(models.Model):
    """The measures of a customer as of one night; the same night run again replaces them."""

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    run = models.ForeignKey(NightRun, models.CASCADE, related_name="+")
    as_of = models.DateField()
    tier = models.CharField(max_length=8, blank=True)
    lifecycle = models.CharField(max_length=12, blank=True)
    health = models.FloatField(null=True)
    risk = models.CharField(max_length=6, blank=True)
    warned = models.BooleanField(default=False)
    clv_fitted_minor = models.BigIntegerField(null=True)
    spend_12m_minor = models.BigIntegerField(null=True)
    # Nothing where the night did not keep it: then nobody can say who came into a row since.
    strategy_row = models.CharField(max_length=12, null=True)
    model_version = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "as_of"], name="one_measure_per_customer_and_night")
        ]
        indexes: ClassVar = [models.Index(fields=["as_of"], name="history_by_night")]
