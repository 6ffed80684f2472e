"""What the web keeps: one-time links that were used."""

from __future__ import annotations

from django.db import models

from zhike.foundation.kit import clock


class UsedLink(models.Model):
    """That a one-time sign-in link was followed; it works only once."""

    link = models.UUIDField(unique=True)
    used_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.link)
