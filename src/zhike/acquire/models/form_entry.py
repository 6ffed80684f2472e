"""What the public form remembers of who sent it, to keep spam out: nothing about the person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.kit import clock


class FormEntry(models.Model):
    """One form that was sent: its token, used once, and a keyed hash of the network address. Kept for a day or so."""

    nonce = models.CharField(max_length=40, unique=True)
    address_blind = models.BinaryField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["address_blind", "at"], name="form_entry_address"),
            models.Index(fields=["at"], name="form_entry_at"),
        ]
