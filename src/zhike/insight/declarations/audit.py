"""Words of the log about the nights."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "night",
    _("Night"),
    actions={"night.start": _("Started the night's work"), "night.again": _("Started the night's work again")},
)
