"""Words of the log about consent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "consent",
    _("Consent"),
    records="consents",
    actions={
        "consent.given": _("Recorded a customer's consent"),
        "consent.withdrawn": _("Recorded that a customer took consent back"),
    },
)
words.declare(
    "consent_text",
    _("Consent text"),
    records="consent-texts",
    actions={"consent_text.publish": _("Published a consent text")},
)
