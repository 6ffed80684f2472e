"""Who outside hears of what happens here, and each time that something was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Department, Record
from zhike.foundation.kit import clock


class WebhookState(models.TextChoices):
    """Whether a subscription is served."""

    NEW = "new", _("not switched on yet")
    ON = "on", _("on")
    OFF = "off", _("off")
    FAILED = "failed", _("switched off: it failed for too long")


class Receiver(models.TextChoices):
    """What stands at the address: another system, or the robot of a group."""

    SYSTEM = "system", _("another system")
    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")
    FEISHU = "feishu", _("Feishu group robot")


class Webhook(Record):
    """A subscription: which events go to which address. The secrets are sealed; nobody reads them again.

    The address of a robot is a secret, too: ``url`` shows it masked, ``address`` keeps it sealed. ``audience`` narrows
    what a robot tells to news of one department and those below it.
    """

    scope_path = None

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("receiver"), max_length=8, choices=Receiver.choices, default=Receiver.SYSTEM)
    url = models.CharField(_("address"), max_length=500)
    address = models.TextField(blank=True, default="", editable=False)
    audience = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="+")
    events = models.TextField(_("events"), blank=True, default="")
    state = models.CharField(_("state"), max_length=6, choices=WebhookState.choices, default=WebhookState.NEW)
    secret = models.TextField(blank=True, default="", editable=False)
    secret_before = models.TextField(blank=True, default="", editable=False)
    secret_before_until = models.DateTimeField(null=True, editable=False)
    secret_at = models.DateTimeField(_("secret since"), null=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    sent_at = models.DateTimeField(_("last delivered"), null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at", "-id"], name="webhook_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_robot(self) -> bool:
        """Whether people read what is sent."""
        return self.kind != Receiver.SYSTEM

    @property
    def is_ready(self) -> bool:
        """Whether it can sign. The key of a WeCom robot stands in its address; there is nothing else to sign with."""
        return bool(self.secret) or self.kind == Receiver.WECOM

    @property
    def event_names(self) -> tuple[str, ...]:
        """The events that are sent, by name."""
        return tuple(self.events.split())


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", pgettext_lazy("delivery", "waiting")
    SENDING = "sending", pgettext_lazy("delivery", "being sent")
    SENT = "sent", pgettext_lazy("delivery", "taken")
    PARKED = "parked", _("parked")


class WebhookDelivery(Record):
    """One message to one subscription. ``message_id`` stays the same over all tries: the receiver knows it again."""

    scope_path = None

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(_("message"), max_length=60)
    event = models.CharField(_("event"), max_length=80)
    body = models.TextField()
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    duration_ms = models.PositiveIntegerField(_("took"), null=True)
    error = models.CharField(_("fault"), max_length=60, blank=True, default="")
    at = models.DateTimeField(_("happened"), default=clock.now)
    done_at = models.DateTimeField(_("delivered"), null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "message_id"], name="one_delivery_per_message")
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="webhook_delivery_newest"),
            models.Index(fields=["next_at", "id"], condition=models.Q(state="waiting"), name="webhook_delivery_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="sending"), name="webhook_delivery_held"),
        ]

    def __str__(self) -> str:
        return self.message_id
