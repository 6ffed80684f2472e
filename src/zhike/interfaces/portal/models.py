"""Accounts of customers in the portal."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record


class PortalState(models.TextChoices):
    """Whether somebody can sign in with the account."""

    INVITED = "invited", _("invited")
    ACTIVE = "active", _("in use")
    CLOSED = "closed", _("closed")


class PortalAccount(Record):
    """The account of one person of a customer. ``name`` is masked; the values are in the vault under the person's uid.

    ``phone_blind`` and ``email_blind`` find it at sign-in. ``link_number`` makes earlier invitations worthless;
    ``session_number`` ends all sessions when it rises.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        "customers.Contact", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    name = models.CharField(_("name"), max_length=64)
    state = models.CharField(_("state"), max_length=8, choices=PortalState.choices, default=PortalState.INVITED)
    phone_blind = models.BinaryField(null=True, editable=False)
    email_blind = models.BinaryField(null=True, editable=False)
    password = models.CharField(max_length=160, default=UNUSABLE_PASSWORD_PREFIX, editable=False)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    link_number = models.PositiveIntegerField(default=0, editable=False)
    session_number = models.PositiveIntegerField(default=0, editable=False)
    last_seen_at = models.DateTimeField(_("last sign-in"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contact"],
                condition=models.Q(deleted_at=None, contact__isnull=False, state__in=["invited", "active"]),
                name="one_portal_account_per_contact",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(deleted_at=None, contact__isnull=True, state__in=["invited", "active"]),
                name="one_portal_account_per_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-created_at"], name="portal_of_customer"),
            models.Index(fields=["-created_at", "-id"], name="portal_newest"),
            models.Index(fields=["phone_blind"], name="portal_phone", condition=models.Q(phone_blind__isnull=False)),
            models.Index(fields=["email_blind"], name="portal_email", condition=models.Q(email_blind__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class FailedSignIn(models.Model):
    """Wrong passwords for one login name as it was typed, whether or not an account has it: both are treated alike.

    ``login_blind`` is a keyed hash. A row is forgotten some time after its last failure.
    """

    login_blind = models.BinaryField(unique=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(editable=False, db_index=True)
    locked_until = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.failures}"
