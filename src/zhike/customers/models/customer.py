"""The customer: a firm or a natural person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record, Team
from zhike.foundation.records.custom.column import WithCustomFields

# The columns that decide who may see a row. An index that carries them lets a list walk in its order for any reach,
# several departments or a team included, without touching the table for the rows that it passes over.
REACH = ("owner", "team", "department", "ancestor_1", "ancestor_2", "ancestor_3")


def _listed(name: str, *fields: str, include: tuple[str, ...] = ()) -> models.Index:
    """An index that a list walks: without the recycle bin, so that the walk needs no look at the table."""
    alive = models.Q(deleted_at=None)
    carried = [column for column in include if column not in fields]
    return models.Index(fields=list(fields), name=f"customer_{name}", condition=alive, include=carried or None)


class CustomerKind(models.TextChoices):
    """A firm's name is plain; a natural person's values are kept in the vault."""

    FIRM = "firm", _("firm")
    PERSON = "person", _("person")


class Language(models.TextChoices):
    """In which language somebody is written to."""

    ZH = "zh", _("Chinese")
    EN = "en", _("English")


class Standing(models.TextChoices):
    """Whether the file has passed notice, consent and verification (B-30)."""

    PROVISIONAL = "provisional", _("provisional")
    FORMAL = "formal", _("formal")


class VerifiedBy(models.TextChoices):
    """By what a customer's identity was verified."""

    LICENCE = "licence", _("business licence seen")
    REGISTER = "register", _("company register looked up")
    ID_CARD = "id_card", _("identity card seen")
    CALLBACK = "callback", _("called back on the known number")
    CONTRACT = "contract", _("signed contract")


class Customer(WithCustomFields, Record):
    """One file per customer with a unique number (DATA-01).

    For a natural person ``name``, ``phone``, ``email`` and ``address`` hold the masked form; the full values
    are in the vault under this record's uid, and ``phone_blind`` finds them by equality. ``birthday_blind`` finds
    who has a birthday on a day of the year, without the year. ``name_key`` is the pinyin by which lists sort; for a
    person it is that of the surname alone, so that it tells no more than the masked name. ``ancestor_1..3`` copy
    the department's ancestors: "department and below" is one equality.
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
    birthday_is_lunar = models.BooleanField(_("birthday by the lunar calendar"), default=False)
    birthday_blind = models.BinaryField(null=True, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True, default="")
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
            _listed("newest", "-created_at", "-id", include=REACH),
            _listed("by_name", "name_key", "id", include=REACH),
            _listed("own_newest", "owner", "-created_at", "-id"),
            _listed("anc1_newest", "ancestor_1", "-created_at", "-id"),
            _listed("anc2_newest", "ancestor_2", "-created_at", "-id"),
            _listed("anc3_newest", "ancestor_3", "-created_at", "-id"),
            models.Index(fields=["name_normal"], name="customer_name_normal"),
            models.Index(
                fields=["-deleted_at", "-id"], name="customer_binned", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(fields=["credit_code"], name="customer_code", condition=~models.Q(credit_code="")),
            models.Index(fields=["phone_blind"], name="customer_phone", condition=models.Q(phone_blind__isnull=False)),
            models.Index(fields=["email_blind"], name="customer_email", condition=models.Q(email_blind__isnull=False)),
            models.Index(
                fields=["birthday_blind", "id"],
                name="customer_birthday",
                condition=models.Q(birthday_blind__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="customer_birthday_new",
                condition=models.Q(birthday_blind=None) & ~models.Q(birthday=""),
            ),
            models.Index(
                Lower("email"), name="customer_firm_email", condition=models.Q(kind="firm") & ~models.Q(email="")
            ),
            models.Index(fields=["external_id"], name="customer_external", condition=~models.Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.name
