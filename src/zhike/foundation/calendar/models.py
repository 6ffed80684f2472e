"""The editable calendar: days that are not what their weekday says, and years that are settled."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock


class CalendarYear(models.Model):
    """A year, and whether its holidays are settled. ``revision`` rises with every change of one of its days."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    confirmed = models.BooleanField(_("confirmed"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True, default="")
    revision = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)


class CalendarDay(models.Model):
    """A day that is worked although it is a weekend, or free although it is not, or has a name.

    Days without a row are worked from Monday to Friday. ``edited`` days are kept when the year is seeded anew.
    """

    date = models.DateField(_("date"), primary_key=True)
    is_workday = models.BooleanField(_("working day"))
    label = models.CharField(_("name"), max_length=80, blank=True, default="")
    confirmed = models.BooleanField(_("confirmed"), default=False)
    edited = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering: ClassVar = ["date"]
