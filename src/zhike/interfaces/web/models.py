"""What the web keeps: one-time links that were used, and secret addresses of calendars."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class UsedLink(models.Model):
    """That a one-time sign-in link was followed; it works only once."""

    link = models.UUIDField(unique=True)
    used_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.link)


class CalendarFeed(models.Model):
    """The secret address under which a person's own calendar reads their duties: one at a time, kept as a digest."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(ended_at=None), name="one_calendar_each")
        ]

    def __str__(self) -> str:
        return str(self.uid)


class CompanyIdentity(models.Model):
    """Who a member of staff is at a service of company sign-in: ``subject`` within ``issuer``. Ended ones stay."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    service = models.CharField(max_length=40)
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(ended_at=None), name="one_person_an_identity"
            ),
            models.UniqueConstraint(
                fields=["person", "issuer"], condition=models.Q(ended_at=None), name="one_identity_a_service"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
