"""Words of the log about reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "report",
    _("Report"),
    actions={
        "report.draft": _("Drafted a report"),
        "report.refresh": _("Drew the data of a draft anew"),
        "report.complete": _("Completed a draft of a report"),
        "report.submit": _("Submitted a report for approval"),
        "report.return": _("Returned a report"),
        "report.publish": _("Published a report"),
        "report.reopen": _("Began a new edition of a report"),
        "report.export": _("Exported a report"),
    },
)
