"""Words of the log about lists. The kind of an export is the list it came from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "records",
    _("Lists"),
    actions={
        "records.exported": _("Exported a list"),
        "records.bulk_changed": _("Changed many records"),
        "records.undone": _("Took back a change"),
        "records.first_view": _("Chose the first view of a post"),
    },
)
