"""Words of the log about churn warnings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "warning",
    _("Churn warning"),
    records="warnings",
    actions={
        "warning.propose": _("Proposed churn warnings for decision"),
        "warning.publish": _("Published a churn warning"),
        "warning.dismiss": _("Dismissed a proposed churn warning"),
    },
)
