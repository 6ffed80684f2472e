"""Messages that leave for a customer or come from one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.correspond.models.template import Purpose, Template
from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class Direction(models.TextChoices):
    """From whom to whom."""

    OUT = "out", _("to the customer")
    IN = "in", _("from the customer")


class Channel(models.TextChoices):
    """By which way. Each has an adapter."""

    EMAIL = "email", _("e-mail")


class MessageState(models.TextChoices):
    """Where a message stands: the first six on their way out, the others on their way in."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("bounced")
    FAILED = "failed", _("failed")
    REFUSED = "refused", _("not allowed out")
    CANCELLED = "cancelled", _("cancelled")
    UNASSIGNED = "unassigned", _("to be assigned")
    RECEIVED = "received", pgettext_lazy("message", "received")
    SET_ASIDE = "set_aside", pgettext_lazy("message", "set aside")


COUNTED = (MessageState.QUEUED.value, MessageState.SENDING.value, MessageState.SENT.value)


class Message(Record):
    """One message. Its words are free text; the names of natural persons in it stand as variables until it leaves.

    ``address`` is masked, the full one is in the vault under ``key_uid``: of the contact, of the customer, or of the
    message itself while nobody knows whose it is. ``mail_id`` is fixed before anything leaves, so that a message that
    is handed over twice is still one. ``handed_at`` is when the server was given the words: a worker that dies after
    that leaves in doubt whether they arrived, and nobody sends them again but a person.
    """

    scope_path = "customer"

    number = models.CharField(_("message number"), max_length=40, unique=True)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        "customers.Contact", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    purpose = models.CharField(_("purpose"), max_length=9, choices=Purpose.choices, default=Purpose.SERVICE)
    is_automatic = models.BooleanField(_("automatic"), default=False)
    template = models.ForeignKey(Template, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    key_uid = models.UUIDField(null=True, editable=False)
    mail_id = models.CharField(max_length=200, blank=True, default="", editable=False)
    answers_id = models.CharField(max_length=200, blank=True, default="", editable=False)
    thread = models.CharField(max_length=16, blank=True, default="", editable=False)
    about_kind = models.CharField(max_length=40, blank=True, default="", editable=False)
    about_uid = models.UUIDField(null=True, editable=False)
    key = models.CharField(max_length=64, blank=True, default="", editable=False)
    state = models.CharField(_("state"), max_length=10, choices=MessageState.choices)
    reasons = models.JSONField(default=list, editable=False)
    at = models.DateTimeField(_("time"), default=clock.now)
    next_at = models.DateTimeField(default=clock.now, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    handed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True, default="")
    is_machine_made = models.BooleanField(_("written by a machine"), default=False)
    attachments = models.JSONField(default=list, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="mail_newest"),
            models.Index(fields=["customer", "-at"], name="mail_of_customer"),
            models.Index(fields=["next_at", "id"], name="mail_to_send", condition=models.Q(state="queued")),
            models.Index(fields=["lease_until"], name="mail_in_hand", condition=models.Q(state="sending")),
            models.Index(fields=["thread"], name="mail_thread", condition=~models.Q(thread="")),
            models.Index(fields=["key"], name="mail_key", condition=~models.Q(key="")),
            models.Index(fields=["about_uid", "id"], name="mail_about", condition=models.Q(about_uid__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["direction", "mail_id"], condition=~models.Q(mail_id=""), name="one_row_per_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.number
