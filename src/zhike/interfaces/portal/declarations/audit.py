"""Words of the log about accounts of the customer portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "portal_account",
    _("Portal account"),
    records="portal_accounts",
    actions={
        "portal.invite": _("Invited a customer to the portal"),
        "portal.link": _("Issued a link to the portal"),
        "portal.password_set": _("Customer set a password for the portal"),
        "portal.signed_in": _("Customer signed in to the portal"),
        "portal.locked": _("Let a login of the portal rest after wrong passwords"),
        "portal.close": _("Closed a portal account"),
    },
)
