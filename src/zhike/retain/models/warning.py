"""A churn warning: proposed by the night, published or dismissed by a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Person, Record
from zhike.retain.models.case import RetentionCase


class WarningState(models.TextChoices):
    """Proposed → published → closed, or proposed → dismissed / withdrawn."""

    PROPOSED = "proposed", _("proposed")
    PUBLISHED = "published", _("published")
    DISMISSED = "dismissed", _("dismissed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CONTACTED = "contacted", _("contacted")
    CLOSED = "closed", _("closed with its case")


class Risk(models.TextChoices):
    """The three levels of RET-07."""

    HIGH = "high", _("high risk")
    MEDIUM = "medium", _("medium risk")
    LOW = "low", _("low risk")


class Warning(Record):
    """One warning of a customer, with the evidence as it stood when it was proposed.

    At most one warning per customer is open at a time: a later night refreshes a proposal instead of adding
    another. ``contact_due_at`` is computed once, at publication, from the policy then in force.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=10, choices=WarningState.choices, default=WarningState.PROPOSED)
    risk = models.CharField(_("risk"), max_length=6, choices=Risk.choices)
    main_cause = models.CharField(_("main cause"), max_length=40)
    signals = models.JSONField(_("signals"), default=list)
    tier = models.CharField(_("tier"), max_length=8, blank=True)
    health = models.FloatField(_("health"), null=True)
    value_at_stake_minor = models.BigIntegerField(_("value at stake"), null=True)
    currency = models.CharField(max_length=3, default="CNY")
    proposed_on = models.DateField(_("proposed on"))
    run_id = models.BigIntegerField(null=True)
    model_version = models.CharField(max_length=80, blank=True)
    route = models.CharField(_("led by"), max_length=24, blank=True)
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    contact_due_at = models.DateTimeField(_("contact due"), null=True)
    contacted_at = models.DateTimeField(_("contacted"), null=True)
    case = models.ForeignKey(RetentionCase, models.SET_NULL, null=True, related_name="warnings")
    dismissed_reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-proposed_on", "-id"], name="warning_by_state"),
            models.Index(fields=["customer", "-id"], name="warning_of_customer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"],
                name="one_open_warning_per_customer",
                condition=models.Q(state__in=["proposed", "published"]),
            )
        ]
