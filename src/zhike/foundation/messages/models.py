"""Notices as rows."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock


class Notice(models.Model):
    """That a person was told of something: a code and data, from which the sentence is made where it is read.

    ``about`` names what happened; of one thing a person is told once.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    words = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True, default="")
    about = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "code", "about"], name="one_notice_per_thing"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="notice_of_person"),
            models.Index(fields=["person"], condition=Q(seen_at=None), name="notice_new"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.about}"


class Rhythm(models.TextChoices):
    """When notices come by mail."""

    OFF = "off", _("not by mail")
    SOON = "soon", _("at once")
    DAILY = "daily", _("once a day")


class StaffMail(models.Model):
    """That a member of staff wants notices by mail, and up to which moment they were mailed."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=5, choices=Rhythm.choices, default=Rhythm.OFF)
    mailed_until = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.person_id} {self.rhythm}"


class StaffPush(models.Model):
    """That a member of staff wants notices in the service they sign in by, and up to which moment they were told.

    ``service`` is the code of that service, empty for none. ``error`` is the last fault, empty once something arrived.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    service = models.CharField(max_length=40, blank=True, default="")
    told_until = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=~Q(service=""), name="staff_push_due"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.service}"
