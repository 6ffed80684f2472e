"""The contract with a customer: parties, clauses, value and dates, from the draft to its end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock
from zhike.foundation.kit.ordering import KnownFirstIndex
from zhike.foundation.records.custom.column import WithCustomFields
from zhike.win.models.opportunity import Opportunity


class ContractStatus(models.TextChoices):
    """Where a contract stands (WIN-09)."""

    DRAFT = "draft", pgettext_lazy("contract", "Draft")
    REVIEW = "review", pgettext_lazy("contract", "Legal review")
    RETURNED = "returned", pgettext_lazy("contract", "Returned")
    APPROVED = "approved", pgettext_lazy("contract", "Approved")
    SIGNED = "signed", pgettext_lazy("contract", "Signed")
    ACTIVE = "active", pgettext_lazy("contract", "Active")
    ENDED = "ended", pgettext_lazy("contract", "Ended")
    CANCELLED = "cancelled", pgettext_lazy("contract", "Cancelled")


UNSIGNED = (ContractStatus.DRAFT, ContractStatus.REVIEW, ContractStatus.RETURNED, ContractStatus.APPROVED)
IN_FORCE = (ContractStatus.SIGNED, ContractStatus.ACTIVE)


class Authority(models.TextChoices):
    """By what the person who signs for the customer may sign (WIN-11)."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("legal representative")
    POWER_OF_ATTORNEY = "power_of_attorney", _("power of attorney")
    BOARD_RESOLUTION = "board_resolution", _("board resolution")
    IN_PERSON = "in_person", _("signs for himself or herself")


class Contract(WithCustomFields, Record):
    """A contract. What is loaded as a fact is signed; what is written here goes through draft, review and signature.

    ``clauses`` is a list of ``{"heading", "text"}``; every saved state of it is kept as a :class:`ClausesVersion`.
    """

    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, blank=True, related_name="contracts", verbose_name=_("opportunity")
    )
    number = models.CharField(_("contract number"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=ContractStatus.choices, default=ContractStatus.SIGNED)
    our_party = models.CharField(_("our party"), max_length=120, blank=True, default="")
    customer_party = models.CharField(_("customer's party"), max_length=120, blank=True, default="")
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    renewal_on = models.DateField(_("renewal on"), null=True, blank=True)
    value_minor = models.BigIntegerField(_("value"), default=0)
    currency = models.CharField(max_length=3, default="CNY")
    clauses = models.JSONField(default=list, blank=True)
    clauses_version = models.PositiveIntegerField(default=0)
    signer = models.ForeignKey(
        "customers.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("signed by")
    )
    authority = models.CharField(
        _("authority to sign"), max_length=20, choices=Authority.choices, blank=True, default=""
    )
    authority_reference = models.CharField(_("proof of authority"), max_length=80, blank=True, default="")
    is_sealed = models.BooleanField(_("signed and sealed"), default=False)
    ended_reason = models.CharField(_("why it ended"), max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="one_contract_per_number", condition=~models.Q(number="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-starts_on"], name="contract_of_customer"),
            models.Index(fields=["ends_on"], name="contract_ending"),
            KnownFirstIndex(models.F("ends_on").desc(nulls_last=True), models.F("id").desc(), name="contract_by_end"),
            models.Index(
                fields=["status", "starts_on"],
                name="contract_to_turn",
                condition=models.Q(status__in=["signed", "active"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_signed(self) -> bool:
        """Whether both sides are bound."""
        return self.status not in (*UNSIGNED, ContractStatus.CANCELLED)


class ClausesVersion(models.Model):
    """The clauses as they stood after one change: kept for ever, never rewritten."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    clauses = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("access.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "number"], name="one_clauses_version")]

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.number}"


class Review(models.Model):
    """The opinion of legal on one state of the clauses (审核意见): compliance, data security, intellectual property."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="reviews")
    clauses_version = models.PositiveIntegerField()
    outcome = models.CharField(
        max_length=8,
        choices=[("approved", pgettext_lazy("review", "approved")), ("returned", pgettext_lazy("review", "returned"))],
    )
    compliance = models.TextField()
    data_security = models.TextField()
    intellectual_property = models.TextField()
    reason = models.CharField(max_length=400, blank=True, default="")
    is_void = models.BooleanField(default=False)  # the contract was changed afterwards
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("access.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contract", "-at"], name="review_of_contract")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.outcome}"
