"""Greetings on birthdays and holidays, and the days on which customers are greeted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Record


class Calendar(models.TextChoices):
    """By which calendar a day comes back."""

    SOLAR = "solar", pgettext_lazy("calendar", "solar")
    LUNAR = "lunar", pgettext_lazy("calendar", "lunar")


class GreetingDay(Record):
    """A holiday on which customers are greeted: the usual ones, and the enterprise's own.

    The 30th of a lunar month is the last day of a short one, so the 30th of the 12th is New Year's Eve in every year.
    """

    scope_path = None

    title = models.CharField(_("name in Chinese"), max_length=40)
    title_en = models.CharField(_("name in English"), max_length=60)
    calendar = models.CharField(_("calendar"), max_length=5, choices=Calendar.choices, default=Calendar.SOLAR)
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day of the month"))
    is_on = models.BooleanField(_("customers are greeted"), default=True)
    template = models.CharField(_("template"), max_length=40, default="holiday")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month", "day", "id"], name="greeting_day_in_year")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calendar", "month", "day"], condition=models.Q(deleted_at=None), name="one_greeting_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Occasion(models.TextChoices):
    """Why somebody is greeted."""

    BIRTHDAY = "birthday", _("birthday")
    HOLIDAY = "holiday", _("holiday")


class GreetingState(models.TextChoices):
    """Where a greeting stands."""

    PLANNED = "planned", pgettext_lazy("greeting", "planned")
    TAKEN_OUT = "taken_out", pgettext_lazy("greeting", "taken out")
    SENT = "sent", pgettext_lazy("greeting", "written")
    REFUSED = "refused", pgettext_lazy("greeting", "not sent")
    CALL = "call", pgettext_lazy("greeting", "to be given by phone")
    GREETED = "greeted", pgettext_lazy("greeting", "given")
    DROPPED = "dropped", pgettext_lazy("greeting", "not given")


class Greeting(Record):
    """One person, or firm, greeted on one day; ``key`` names both, so that nobody is greeted twice on a day.

    ``reasons`` are codes of the rule or of the gate. ``message_uid`` is the message that was written, let out or not.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        "customers.Contact", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    on = models.DateField(_("date"))
    occasion = models.CharField(_("occasion"), max_length=8, choices=Occasion.choices)
    holiday = models.ForeignKey(GreetingDay, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=60, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=GreetingState.choices, default=GreetingState.PLANNED)
    reasons = models.JSONField(default=list, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    message_uid = models.UUIDField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-on", "-id"], name="greeting_by_day"),
            models.Index(fields=["on", "id"], name="greeting_to_give", condition=models.Q(state="planned")),
        ]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} {self.on:%Y-%m-%d}"
