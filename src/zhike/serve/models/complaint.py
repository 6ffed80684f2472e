"""A customer's complaint."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Department, Person, Record
from zhike.foundation.kit import clock
from zhike.foundation.kit.ordering import KnownFirstIndex
from zhike.foundation.records.custom.column import WithCustomFields


class ComplaintCause(models.TextChoices):
    """Causes as the customer names them."""

    PRICE = "price", _("price")
    SLOW_RESPONSE = "slow_response", _("slow response")
    QUALITY = "quality", _("quality")
    SERVICE = "service", _("service")
    OTHER = "other", _("other")


class ComplaintForm(models.TextChoices):
    """How a complaint was brought forward (COMP-01)."""

    SPOKEN = "spoken", _("spoken")
    WRITTEN = "written", _("written")
    ONLINE = "online", _("online")


class ComplaintState(models.TextChoices):
    """The way of a complaint, in order."""

    RECEIVED = "received", _("taken in")
    DISPATCHED = "dispatched", _("dispatched")
    INVESTIGATED = "investigated", _("investigated")
    RESOLVED = "resolved", _("solution ready")
    ANSWERED = "answered", _("answered")
    ACCEPTED = "accepted", _("accepted by the customer")
    CLOSED = "closed", _("closed")
    CALLED_BACK = "called_back", _("called back")


class Opinion(models.TextChoices):
    """What the customer says to the solution."""

    ACCEPTED = "accepted", _("accepted")
    NOT_ACCEPTED = "not_accepted", _("not accepted")


OVER_STATES = (ComplaintState.CLOSED.value, ComplaintState.CALLED_BACK.value)


class Complaint(WithCustomFields, Record):
    """A complaint, from intake to the callback.

    ``promised_at`` was computed once, at intake, and told to the customer: no later change of policy moves it.
    ``cause`` is what the customer names; ``finding`` what the investigation found.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        "customers.Contact", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    number = models.CharField(_("complaint number"), max_length=40)
    content = models.TextField(_("content"))
    form = models.CharField(_("form"), max_length=8, default="spoken", choices=ComplaintForm.choices)
    channel = models.CharField(_("channel"), max_length=12, default="phone")
    state = models.CharField(_("state"), max_length=12, choices=ComplaintState.choices, default=ComplaintState.RECEIVED)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    promise_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    is_promise_told = models.BooleanField(default=False)
    cause = models.CharField(_("cause"), max_length=16, choices=ComplaintCause.choices, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    responsible_department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    investigated_at = models.DateTimeField(null=True, blank=True)
    finding = models.TextField(blank=True, default="")
    responsible_party = models.CharField(max_length=120, blank=True, default="")
    effect_scope = models.TextField(blank=True, default="")
    resolved_at = models.DateTimeField(null=True, blank=True)
    solution = models.TextField(_("solution"), blank=True)
    basis = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField(max_length=12, choices=Opinion.choices, blank=True, default="")
    opinion_text = models.TextField(blank=True, default="")
    opinion_at = models.DateTimeField(null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    lessons = models.TextField(blank=True, default="")
    called_back_at = models.DateTimeField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    callback_note = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-received_at"], name="complaint_of_customer"),
            models.Index(fields=["-received_at", "-id"], name="complaint_newest"),
            KnownFirstIndex(
                models.F("promised_at").desc(nulls_last=True), models.F("id").desc(), name="complaint_by_promise"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether the complaint is not closed yet."""
        return self.state not in OVER_STATES
