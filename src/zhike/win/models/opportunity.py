"""The opportunity: a deal on its way from the first interest to a signed contract."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock
from zhike.foundation.kit.ordering import KnownFirstIndex
from zhike.foundation.records.custom.column import WithCustomFields


class Stage(models.TextChoices):
    """The way of a deal (WIN-01)."""

    POTENTIAL = "potential", pgettext_lazy("stage", "Potential")
    INTENT = "intent", pgettext_lazy("stage", "Intent")
    SOLUTION = "solution", pgettext_lazy("stage", "Solution")
    NEGOTIATION = "negotiation", pgettext_lazy("stage", "Negotiation")
    WON = "won", pgettext_lazy("stage", "Signed")
    LOST = "lost", pgettext_lazy("stage", "Not won")


CLOSED = (Stage.WON, Stage.LOST)


class LossReason(models.TextChoices):
    """Why a deal was not won."""

    PRICE = "price", _("price")
    COMPETITOR = "competitor", _("chose a competitor")
    BUDGET = "budget", _("no budget")
    NO_NEED = "no_need", _("need fell away")
    TIMING = "timing", _("postponed")
    FIT = "fit", _("our offer does not fit")
    NO_ANSWER = "no_answer", _("no answer any more")
    OTHER = "other", _("something else")


class Opportunity(WithCustomFields, Record):
    """A deal with a customer. ``lead_uid`` names the lead it came from; ``next_on`` is what was agreed last."""

    # Who sees the customer sees its deals; who won a deal goes on seeing it when the customer has another owner.
    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    title = models.CharField(_("title"), max_length=120)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.POTENTIAL)
    opened_at = models.DateTimeField(_("opened"), default=clock.now, editable=False)
    stage_since = models.DateTimeField(_("in this stage since"), default=clock.now)
    amount_minor = models.BigIntegerField(_("amount"), default=0)
    currency = models.CharField(max_length=3, default="CNY")
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    contact = models.ForeignKey(
        "customers.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    explicit_needs = models.TextField(_("explicit needs"), blank=True)
    lead_uid = models.UUIDField(null=True, blank=True, editable=False)
    next_action = models.CharField(_("next action"), max_length=200, blank=True, default="")
    next_on = models.DateField(_("next date"), null=True, blank=True)
    followed_up_at = models.DateTimeField(_("last follow-up"), null=True, blank=True)
    loss_reason = models.CharField(_("loss reason"), max_length=12, choices=LossReason.choices, blank=True, default="")
    loss_note = models.CharField(_("what happened"), max_length=400, blank=True, default="")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-opened_at"], name="opportunity_of_customer"),
            models.Index(fields=["-opened_at", "-id"], name="opportunity_newest"),
            models.Index(fields=["stage", "-opened_at", "-id"], name="opportunity_by_stage"),
            KnownFirstIndex(
                models.F("expected_on").desc(nulls_last=True), models.F("id").desc(), name="opportunity_expected"
            ),
            KnownFirstIndex(
                models.F("next_on").desc(nulls_last=True), models.F("id").desc(), name="opportunity_by_next"
            ),
            models.Index(fields=["owner", "next_on"], name="opportunity_next", condition=models.Q(closed_at=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lead_uid"], condition=models.Q(lead_uid__isnull=False), name="one_opportunity_per_lead"
            ),
            models.CheckConstraint(
                condition=~models.Q(stage="lost") | ~models.Q(loss_reason=""), name="lost_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether the deal is still on its way."""
        return self.stage not in CLOSED
