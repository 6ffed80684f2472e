"""Tokens with which programs call in the name of a member of staff."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class ApiToken(models.Model):
    """A key for one program: what its person may do, or less, until a day.

    The key itself is shown once and not kept: ``digest`` is its SHA-256, ``start`` its first characters, by which
    people know it. ``areas`` narrows to these areas of matrix A3; empty for all that the person has.
    """

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(_("for which program"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(max_length=12, editable=False)
    reads_only = models.BooleanField(_("reads only"), default=True)
    areas = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_on = models.DateField(_("good until"))
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-id"], name="token_of_person")]

    def __str__(self) -> str:
        return self.name


class RepeatableCall(models.Model):
    """A call that carried an ``Idempotency-Key``, and its answer, kept for a program that lost it.

    ``key`` and ``asked`` are SHA-256 of the key and of method, address and body. The answer is what the caller was
    shown: personal values in it are masked.
    """

    scope_path = None

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, editable=False)
    asked = models.CharField(max_length=64, editable=False)
    status = models.PositiveSmallIntegerField(default=0, editable=False)
    location = models.CharField(max_length=200, blank=True, editable=False)
    body = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="one_call_per_person_and_key")]

    def __str__(self) -> str:
        return self.key[:8]
