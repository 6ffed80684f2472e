"""A customer's request for service."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Person, Record
from zhike.foundation.kit import clock
from zhike.foundation.kit.ordering import KnownFirstIndex
from zhike.foundation.records.custom.column import WithCustomFields


class TicketClass(models.TextChoices):
    """The three classes of SERV-02."""

    TECHNICAL = "technical", _("technical")
    COMMERCIAL = "commercial", _("commercial")
    EXPERIENCE = "experience", _("experience")


class TicketState(models.TextChoices):
    """The way of a ticket, in order."""

    NEW = "new", _("to be classified")
    CLASSIFIED = "classified", _("classified")
    IN_PROGRESS = "in_progress", _("in progress")
    SOLVED = "solved", _("solved")
    CLOSED = "closed", _("closed")


class Channel(models.TextChoices):
    """Where a request came in: all channels make one kind of ticket (SERV-01)."""

    PHONE = "phone", _("phone")
    WEB = "web", _("website")
    EMAIL = "email", _("e-mail")
    APP = "app", _("app")
    CHAT = "chat", _("online chat")
    WECHAT = "wechat", _("WeChat")
    SOCIAL = "social", _("social media")
    COUNTER = "counter", _("counter")


OPEN_STATES = (TicketState.NEW.value, TicketState.CLASSIFIED.value, TicketState.IN_PROGRESS.value)


class Ticket(WithCustomFields, Record):
    """A request for service, from receipt until the customer has what was asked for.

    ``first_contact`` took it first and stays answerable until the customer has an answer; ``handler`` works on it now.
    ``awaits_answer`` is true while the customer waits for a word; ``answer_by`` is when the customer may expect it.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        "customers.Contact", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    number = models.CharField(_("ticket number"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200)
    content = models.TextField(_("content"), blank=True)
    channel = models.CharField(_("channel"), max_length=12, default="phone")
    state = models.CharField(_("state"), max_length=12, choices=TicketState.choices, default=TicketState.NEW)
    ticket_class = models.CharField(_("class"), max_length=12, choices=TicketClass.choices, blank=True)
    proposed_class = models.CharField(max_length=12, blank=True, default="")
    proposed_because = models.CharField(max_length=200, blank=True, default="")
    first_contact = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    awaits_answer = models.BooleanField(default=False)
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(_("received"), default=clock.now)
    classified_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    solution = models.TextField(_("solution"), blank=True)
    article = models.ForeignKey(
        "serve.Article", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    satisfaction = models.FloatField(_("satisfaction"), null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-opened_at"], name="ticket_of_customer"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_newest"),
            KnownFirstIndex(
                models.F("answer_by").desc(nulls_last=True), models.F("id").desc(), name="ticket_by_answer"
            ),
            models.Index(fields=["opened_at", "id"], name="ticket_queue", condition=models.Q(state__in=OPEN_STATES)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something for the customer."""
        return self.state in OPEN_STATES
