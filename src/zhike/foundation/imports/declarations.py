"""Words of the log about imports, and the page of imports in the rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "import",
    _("Import"),
    actions={
        "import.stage": _("Brought in a file"),
        "import.run": _("Wrote an import"),
        "import.revert": _("Reverted an import"),
        "import.discard": _("Discarded a file"),
        "import.download": _("Downloaded rejected rows or the report of an import"),
    },
)
