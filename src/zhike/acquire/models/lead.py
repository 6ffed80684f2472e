"""A lead: somebody who may become a customer, from the first inquiry to the hand-over to sales."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person, Record
from zhike.foundation.kit import clock
from zhike.foundation.records.custom.column import WithCustomFields

REACH = ("owner", "department", "ancestor_1", "ancestor_2", "ancestor_3")
OPEN = ("new", "contacted", "followed")


class LeadState(models.TextChoices):
    """New → contacted → followed up → converted; dropped at any time before."""

    NEW = "new", pgettext_lazy("lead", "new")
    CONTACTED = "contacted", pgettext_lazy("lead", "contacted")
    FOLLOWED = "followed", pgettext_lazy("lead", "followed up")
    CONVERTED = "converted", pgettext_lazy("lead", "converted")
    DROPPED = "dropped", pgettext_lazy("lead", "dropped")


class LeadGrade(models.TextChoices):
    """A 高意向, B 中等意向, C 低意向 (ACQ-05)."""

    A = "A", _("A high intent")
    B = "B", _("B medium intent")
    C = "C", _("C low intent")


class Urgency(models.TextChoices):
    """How soon the need is to be met."""

    MONTH = "month", _("within a month")
    QUARTER = "quarter", _("within three months")
    HALF_YEAR = "half_year", _("within half a year")
    LATER = "later", _("later, or just looking")


class Source(models.TextChoices):
    """How somebody heard of us."""

    SEARCH = "search", _("web search")
    REFERRAL = "referral", _("recommended by somebody")
    EXHIBITION = "exhibition", _("exhibition or forum")
    SOCIAL = "social", pgettext_lazy("source", "social media")
    PORTAL = "portal", _("trade portal or shop")
    CONTENT = "content", _("white paper or case study")
    CAMPAIGN = "campaign", _("campaign or advertisement")
    CALL = "call", _("a call or visit of ours")
    OTHER = "other", pgettext_lazy("source", "other")


class Channel(models.TextChoices):
    """By which way an inquiry came in."""

    FORM = "form", _("public form")
    HAND = "hand", _("entered by hand")


class ContactChannel(models.TextChoices):
    """How the first contact was made (ACQ-07)."""

    CALL = "call", _("phone call")
    EMAIL = "email", _("e-mail message")
    VISIT = "visit", _("visit")


class DropReason(models.TextChoices):
    """Why a lead is not followed any longer."""

    NO_NEED = "no_need", _("no need")
    NO_BUDGET = "no_budget", _("no budget")
    NO_FIT = "no_fit", _("our offer does not fit")
    COMPETITOR = "competitor", _("chose somebody else")
    NOT_REACHED = "not_reached", _("cannot be reached")
    NOT_GENUINE = "not_genuine", _("not a genuine inquiry")
    NO_GO = "no_go", _("no deep follow-up after the first contact")


class Lead(WithCustomFields, Record):
    """One lead on one customer file. It copies nothing of the customer: name, numbers and profile stand there.

    At most one lead of a customer is open at a time: who asks again joins it (``inquiries``). ``queue_key`` puts
    leads into the order of work: open before closed, A before B before C, then oldest first (D4-18). Rows without
    owner are the pool, of their department or of everybody. ``touched_at`` is the last progress; ``is_quiet`` says
    that none came for as long as the policy allows (ACQ-08).
    """

    scope_path = ""
    carries_ancestors = True
    pool = True

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey("customers.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=LeadState.choices, default=LeadState.NEW)
    need = models.CharField(_("need"), max_length=200)
    details = models.TextField(_("details"), blank=True)
    urgency = models.CharField(_("urgency"), max_length=9, choices=Urgency.choices, default=Urgency.LATER)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.OTHER)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel.choices, default=Channel.HAND)
    inquiries = models.PositiveIntegerField(_("inquiries"), default=1)
    last_inquiry_at = models.DateTimeField(_("last inquiry"), default=clock.now)
    grade = models.CharField(_("grade"), max_length=1, choices=LeadGrade.choices, default=LeadGrade.C)
    grade_points = models.PositiveSmallIntegerField(_("points"), default=0)
    grade_reasons = models.JSONField(default=list)
    is_graded_by_hand = models.BooleanField(default=False)
    grade_note = models.CharField(_("reason of the grade"), max_length=200, blank=True)
    queue_key = models.BigIntegerField(editable=False)
    touched_at = models.DateTimeField(_("last update"), default=clock.now)
    is_quiet = models.BooleanField(_("without an update"), default=False)
    contacted_at = models.DateTimeField(_("first contact"), null=True)
    contact_channel = models.CharField(
        _("channel of contact"), max_length=5, choices=ContactChannel.choices, blank=True
    )
    contact_message = models.TextField(_("message given"), blank=True)
    contact_interests = models.TextField(_("points of interest"), blank=True)
    contact_doubts = models.TextField(_("doubts"), blank=True)
    contact_promises = models.JSONField(default=list)
    is_go = models.BooleanField(_("deep follow-up"), null=True)
    go_reason = models.CharField(_("reason of the decision"), max_length=200, blank=True)
    drop_reason = models.CharField(_("reason of dropping"), max_length=11, choices=DropReason.choices, blank=True)
    drop_note = models.CharField(_("note on dropping"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    ancestor_1 = models.BigIntegerField(null=True, editable=False)
    ancestor_2 = models.BigIntegerField(null=True, editable=False)
    ancestor_3 = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["queue_key", "id"], name="lead_queue", condition=models.Q(deleted_at=None),
                include=(*REACH, "state", "customer"),
            ),
            models.Index(
                fields=["owner", "queue_key", "id"], name="lead_own_queue", condition=models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["-created_at", "-id"], name="lead_newest", condition=models.Q(deleted_at=None), include=REACH
            ),
            models.Index(fields=["customer", "-id"], name="lead_of_customer"),
            models.Index(
                fields=["touched_at"], name="lead_touched", condition=models.Q(state__in=OPEN, is_quiet=False)
            ),
        ]  # fmt: skip
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"],
                name="one_open_lead_per_customer",
                condition=models.Q(state__in=OPEN, deleted_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.need


class Claim(models.Model):
    """That somebody took a lead from the pool: counts for the daily limit, also after it was given back."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="claims")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="claim_of_person")]
