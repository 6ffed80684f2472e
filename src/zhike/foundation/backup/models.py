"""What backups were made, and which of them a drill has proved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.kit import clock, ids


class Backup(models.Model):
    """A backup file that was finished. The file is elsewhere and may be gone; this row says that it was made."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    name = models.CharField(max_length=120)  # of the file, without its folder
    made_at = models.DateTimeField(default=clock.now)
    seconds = models.FloatField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)  # SHA-256 of the file, in hexadecimal text
    row_count = models.BigIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    version = models.CharField(max_length=40)
    drilled_at = models.DateTimeField(null=True)
    drill_problem = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-made_at"], name="backup_newest")]
