"""Reminders of arrears and package use on other pages: notices, and the panels of the bill and of the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.foundation.access.matrix import Area
from zhike.foundation.messages import notice_words
from zhike.foundation.ui import panels
from zhike.serve import greetings, reminders

Words = Mapping[str, Any]


def _customer(words: Words) -> str:
    against = [greetings.reason_words(one) for one in words.get("reasons", ())]
    if not against:
        return _("The customer was written to.")
    return _("The customer was not written to: %(reasons)s") % {"reasons": " ".join(against)}


@notice_words("bill.arrears", "receipt")
def _arrears(words: Words, _language: str) -> tuple[str, str]:
    title = _("Bill of %(month)s in arrears for %(days)s days: %(amount)s open")
    return title % {name: words.get(name, "") for name in ("month", "days", "amount")}, _customer(words)


@notice_words("package.use", "gauge")
def _use(words: Words, _language: str) -> tuple[str, str]:
    title = _("%(package)s: %(percent)s%% used in %(month)s")
    return title % {name: words.get(name, "") for name in ("package", "percent", "month")}, _customer(words)


for _place, _context in (("bills.main", reminders.of_bill), ("package-uses.main", reminders.of_use)):
    panels.add(
        panels.Panel(_place, "reminders", gettext_lazy("Reminders"), "serve/_reminders.html", _context, Area.ORDERS,
                     order=10)
    )  # fmt: skip
