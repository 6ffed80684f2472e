"""The customer: a firm or a natural person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record, Team


class CustomerKind(models.TextChoices):
    """A firm's name is plain; a natural person's values are kept in the vault."""

    FIRM = "firm", _("firm")
    PERSON = "person", _("person")


class Standing(models.TextChoices):
    """Whether the file has passed notice, consent and verification (B-30)."""

    PROVISIONAL = "provisional", _("provisional")
    FORMAL = "formal", _("formal")


class Customer(Record):
    """One file per customer with a unique number (DATA-01).

    For a natural person ``name``, ``phone``, ``email`` and ``address`` hold the masked form; the full values
    are in the vault under this record's uid, and ``phone_blind`` finds them by equality. ``name_key`` is the
    pinyin by which lists sort; for a person it is that of the surname alone, so that it tells no more than
    the masked name. ``ancestor_1..3`` copy the department's ancestors: "department and below" is one equality.
    """

    scope_path = ""
    carries_ancestors = True

    number = models.CharField(_("customer number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=6, choices=CustomerKind.choices)
    standing = models.CharField(_("file status"), max_length=12, choices=Standing.choices, default=Standing.PROVISIONAL)
    name = models.CharField(_("name"), max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    name_normal = models.CharField(max_length=120, editable=False, default="")
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    industry = models.CharField(_("industry"), max_length=8, blank=True)
    staff_count = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    revenue_minor = models.BigIntegerField(_("yearly revenue"), null=True, blank=True)
    region = models.CharField(_("region"), max_length=6, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_blind = models.BinaryField(null=True, editable=False)
    email = models.CharField(_("e-mail"), max_length=120, blank=True)
    email_blind = models.BinaryField(null=True, editable=False)
    id_number = models.CharField(_("ID number"), max_length=32, blank=True)
    id_number_blind = models.BinaryField(null=True, editable=False)
    birthday = models.CharField(_("birthday"), max_length=10, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    core_needs = models.TextField(_("core needs"), blank=True)
    preferences = models.TextField(_("preferences"), blank=True)
    prefers_custom = models.BooleanField(_("prefers customised service"), null=True, blank=True)
    cooperation_since = models.DateField(_("cooperation since"), null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    ancestor_1 = models.BigIntegerField(null=True, editable=False)
    ancestor_2 = models.BigIntegerField(null=True, editable=False)
    ancestor_3 = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["name_key", "id"], name="customer_by_name"),
            models.Index(fields=["owner", "-created_at", "-id"], name="customer_own_newest"),
            models.Index(fields=["department", "-created_at", "-id"], name="customer_dept_newest"),
            models.Index(fields=["department", "name_key", "id"], name="customer_dept_by_name"),
            models.Index(fields=["ancestor_1", "-created_at", "-id"], name="customer_anc1_newest"),
            models.Index(fields=["ancestor_2", "-created_at", "-id"], name="customer_anc2_newest"),
            models.Index(fields=["name_normal"], name="customer_name_normal"),
            models.Index(fields=["credit_code"], name="customer_code", condition=~models.Q(credit_code="")),
            models.Index(fields=["phone_blind"], name="customer_phone", condition=models.Q(phone_blind__isnull=False)),
            models.Index(fields=["external_id"], name="customer_external", condition=~models.Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.name
