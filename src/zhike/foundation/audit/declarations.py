"""Words of the log about itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "audit",
    _("Audit log"),
    actions={
        "audit.reveal": _("Opened the personal values of an entry"),
        "audit.export": _("Exported the audit log"),
        "audit.restored": _("Restored the audit log from a backup"),
    },
)
