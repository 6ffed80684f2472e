"""Words of the log about backups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "backup",
    _("Backup"),
    actions={
        "backup.made": _("Made a backup"),
        "backup.drilled": _("Proved a backup by a drill"),
        "backup.restored": _("Restored from a backup"),
    },
)
