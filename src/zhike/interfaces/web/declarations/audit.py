"""Words of the log about sign-in. Who signs in is a member of staff: the kind is named where staff are kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "calendar_feed",
    _("Calendar address"),
    actions={
        "calendar.make": _("Made a calendar address"),
        "calendar.end": _("Ended a calendar address"),
        "calendar.read": _("Read a calendar (noted once a day)"),
    },
)
words.declare(
    "company_identity",
    _("Connected account"),
    actions={
        "account.identity_bound": _("Connected an account for company sign-in"),
        "account.identity_ended": _("Disconnected an account for company sign-in"),
    },
)
words.declare(
    "account",
    _("Account"),
    actions={
        "account.signed_in": _("Signed in"),
        "account.signed_in_by_company": _("Signed in by company sign-in"),
        "account.company_refused": _("Was refused at company sign-in"),
        "account.signed_in_by_link": _("Signed in by a one-time link"),
        "account.signed_out": _("Signed out"),
        "account.sign_in_failed": _("Failed to sign in"),
        "account.password_changed": _("Changed the own password"),
        "account.link_issued": _("Issued a one-time sign-in link"),
    },
)
