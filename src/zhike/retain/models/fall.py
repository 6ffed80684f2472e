"""A fall of health below the limit, whose cause a person confirms or corrects."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Record


class FallState(models.TextChoices):
    """Whether somebody has looked at it."""

    OPEN = "open", pgettext_lazy("fall", "cause to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("fall", "cause confirmed")


class HealthFall(Record):
    """A customer's health went below the limit in a night; ``owner`` says why (B-23).

    While one is open another night refreshes it. ``cause`` is what the night thinks, ``confirmed_cause`` what a person
    says. Who owes it sees it, and so does who looks after the customer.
    """

    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=10, choices=FallState.choices, default=FallState.OPEN)
    health = models.FloatField(_("health"))
    health_limit = models.FloatField(_("limit"))
    cause = models.CharField(_("cause found"), max_length=40, blank=True)
    fell_at = models.DateTimeField(_("fell"))
    confirmed_cause = models.CharField(_("cause confirmed"), max_length=40, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-fell_at", "-id"], name="fall_newest"),
            models.Index(fields=["customer", "-id"], name="fall_of_customer"),
            models.Index(fields=["owner", "state"], name="fall_by_owner"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], name="one_open_fall_per_customer", condition=models.Q(state="open")
            )
        ]
