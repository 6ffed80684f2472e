"""Words of the log about the sample company."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "sample",
    _("Sample company"),
    actions={
        "sample.ask": _("Asked for the sample company to be loaded or taken out"),
        "sample.remove": _("Took the sample company out"),
    },
)
