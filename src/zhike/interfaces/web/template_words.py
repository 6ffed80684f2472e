"""What the industry templates are called."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS = {
    "b2b": (
        gettext_lazy("General B2B"),
        gettext_lazy("Firms that order again and again; the shipped values stand."),
    ),
    "saas": (
        gettext_lazy("SaaS"),
        gettext_lazy("Renewed by contract, judged by the use of functions; orders are yearly."),
    ),
    "telecom": (
        gettext_lazy("Telecom"),
        gettext_lazy("Monthly bills, time as a customer, plans and arrears; persons and firms."),
    ),
    "retail": (
        gettext_lazy("Retail and finance"),
        gettext_lazy("Small orders, often; many persons."),
    ),
}


def name_of(template: str | None) -> str:
    """The template in words; without one the shipped values are in force."""
    return str(WORDS[template][0]) if template in WORDS else _("none: the shipped values")
