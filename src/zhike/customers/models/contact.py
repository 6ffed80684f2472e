"""Contacts of a firm, with the part each plays in its decisions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.customers.models.customer import Customer, Language
from zhike.foundation.access.models import Record
from zhike.foundation.records.custom.column import WithCustomFields


class DecisionRole(models.TextChoices):
    """The contact's part in the decision chain (WIN-03)."""

    DECIDER = "decider", _("decision maker")
    INFLUENCER = "influencer", _("influencer")
    USER = "user", _("user")
    SIGNER = "signer", _("authorised signer")
    OTHER = "other", _("other")


class Contact(WithCustomFields, Record):
    """A person at a customer. Name, phone, e-mail and WeChat are masked here and whole in the vault."""

    scope_path = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=64)
    title = models.CharField(_("title"), max_length=60, blank=True)
    decision_role = models.CharField(
        _("decision role"), max_length=10, choices=DecisionRole.choices, default=DecisionRole.OTHER
    )
    concerns = models.TextField(_("concerns"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_blind = models.BinaryField(null=True, editable=False)
    email = models.CharField(_("e-mail"), max_length=120, blank=True)
    email_blind = models.BinaryField(null=True, editable=False)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    birthday = models.CharField(_("birthday"), max_length=10, blank=True)
    birthday_is_lunar = models.BooleanField(_("birthday by the lunar calendar"), default=False)
    birthday_blind = models.BinaryField(null=True, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True, default="")
    is_primary = models.BooleanField(_("primary contact"), default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "id"], name="contact_of_customer"),
            models.Index(fields=["-created_at", "-id"], name="contact_newest"),
            models.Index(
                fields=["-deleted_at", "-id"], name="contact_binned", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(fields=["phone_blind"], name="contact_phone", condition=models.Q(phone_blind__isnull=False)),
            models.Index(fields=["email_blind"], name="contact_email", condition=models.Q(email_blind__isnull=False)),
            models.Index(
                fields=["birthday_blind", "id"],
                name="contact_birthday",
                condition=models.Q(birthday_blind__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="contact_birthday_new",
                condition=models.Q(birthday_blind=None) & ~models.Q(birthday=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name
