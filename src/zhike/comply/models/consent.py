"""Consents given and withdrawn, and what follows from them for each use."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.comply.models.text import Channel, ConsentText, Purpose, Scoped
from zhike.foundation.access.models import Person, Record
from zhike.foundation.kit import clock


class Act(models.TextChoices):
    """What the customer said."""

    GIVEN = "given", _("consent given")
    WITHDRAWN = "withdrawn", _("consent withdrawn")


class How(models.TextChoices):
    """In which form it was said. A spoken word needs a witness."""

    FORM = "form", _("form filled in")
    SPOKEN = "spoken", _("spoken before a witness")
    SIGNED = "signed", _("signed on paper")


class Consent(Record, Scoped):
    """One act of a customer or a contact, never changed: 客户授权记录 (SEC-03).

    Keeps the edition of the text, the time, the channel, the scope, how it was said, and who wrote it down
    (``created_by``; nobody when the customer did it on a form or in the portal).
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        "customers.Contact", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    act = models.CharField(_("act"), max_length=9, choices=Act.choices)
    text = models.ForeignKey(ConsentText, models.PROTECT, null=True, related_name="+", verbose_name=_("notice text"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    how = models.CharField(_("how"), max_length=6, choices=How.choices)
    witness = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("witness")
    )
    said_at = models.DateTimeField(_("time"), default=clock.now)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-said_at", "-id"], name="consent_newest"),
            models.Index(fields=["customer", "-said_at", "-id"], name="consent_of_customer"),
        ]


class ConsentUse(models.Model):
    """Whether one use of a customer's data is allowed now: what the newest act about it said.

    One row per customer and purpose, and per contact who spoke for himself. No row: never asked.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    contact = models.ForeignKey("customers.Contact", models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=9, choices=Purpose.choices)
    is_allowed = models.BooleanField()
    said_at = models.DateTimeField()
    consent = models.ForeignKey(Consent, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "purpose"], name="one_use_per_customer", condition=models.Q(contact=None)
            ),
            models.UniqueConstraint(
                fields=["contact", "purpose"], name="one_use_per_contact", condition=models.Q(contact__isnull=False)
            ),
        ]
