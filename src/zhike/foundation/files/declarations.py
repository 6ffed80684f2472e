"""Words of the log about attachments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "attachment",
    _("Attachment"),
    actions={
        "attachment.add": _("Attached a file"),
        "attachment.open": _("Opened an attachment"),
        "attachment.remove": _("Removed an attachment"),
    },
)
