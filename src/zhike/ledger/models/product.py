"""The catalogue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record


class Product(Record):
    """Something the enterprise sells. Reference data: every member of staff may see it."""

    scope_path = None

    code = models.CharField(_("product code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    category = models.CharField(_("category"), max_length=40, blank=True)
    price_minor = models.BigIntegerField(_("list price"), default=0)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name
