"""Attachments: which record each belongs to, under whose key it is sealed, and what is known of it in plain."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class Attachment(models.Model):
    """One file on disk. ``sealed`` holds its key and name under the key of ``subject``, the customer it is about.

    Erasing the customer, or deleting the attachment, takes the key; what is left on disk nobody can read.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    code = models.CharField(max_length=40)
    record_uid = models.UUIDField()
    subject = models.UUIDField()
    sealed = models.TextField(blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["record_uid", "code", "-id"], name="attachment_of_record"),
            models.Index(fields=["subject"], name="attachment_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.uid}"
