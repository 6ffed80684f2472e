"""Words of the log about the calendar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "calendar.day",
    _("Calendar day"),
    actions={
        "calendar.day_set": _("Set a day as working or free"),
        "calendar.year_confirm": _("Confirmed the holidays of a year"),
    },
)
